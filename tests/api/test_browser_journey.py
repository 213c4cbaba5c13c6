"""The whole journey of one accident over the three faces: a caller, a dispatcher and a surveyor, each with a browser."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pages import COUNT_SOUNDS, DESK, PATIENCE_MS, PHONE, Complaints, OpenPage, SignIn, staying, stored
from pictures import picture
from playwright.sync_api import Page, expect
from service import signed_in

pytestmark = pytest.mark.browser

WORDS, PLACE, PLATE = "两车追尾,左前门凹陷", "天河区黄埔大道西与猎德大道交叉口", "粤A12345"
CALLER = {"longitude": 113.3282, "latitude": 23.1276, "accuracy": 25}
START = {"longitude": 113.3240, "latitude": 23.1230}
GUANGZHOU = timezone(timedelta(hours=8))
FIX_MS = 5200  # on the way the phone keeps a position each five seconds
CASE = "fetch('/v1/cases/' + location.pathname.split('/').pop()).then((r) => r.json())"
UNTIL_AT = f"""async (lon) => {{  // the one who comes, once at this longitude
    for (let n = 0; n < 2400; n += 1) {{
        const [one] = await {CASE}.then((found) => found.coming);
        if (one?.eta && one.position && Math.abs(one.position.lon - lon) < 1e-4) return one;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }}
    return null;
}}"""
IS_THERE = stored("gz-phone", "fixes", "(fixes, lon) => fixes.some(({ fix }) => Math.abs(fix.lon - lon) < 1e-4)")
CLOCKS = timedelta(seconds=2)  # a busy machine measures the skew of a phone no better
NO_NETWORK = "net::ERR_INTERNET_DISCONNECTED"


def photo(seed: int) -> Any:
    """A photograph as a camera's file."""
    return {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(1600, 1200), seed=seed)}


def on_phone(place: dict[str, float]) -> dict[str, Any]:
    """A phone that is somewhere."""
    return {"viewport": PHONE, "has_touch": True, "geolocation": place, "permissions": ["geolocation"]}


def report(caller: Page) -> str:
    """Words, place, plate, a photograph, nobody hurt; the number that is given, and the page of the case."""
    caller.locator("input[name=injured][value=no]").check(force=True)
    expect(caller.get_by_test_id("emergency")).to_be_hidden()
    caller.get_by_test_id("locate").click()
    expect(caller.get_by_test_id("locate-state")).to_contain_text("25 m", timeout=PATIENCE_MS)
    caller.get_by_test_id("place").fill(PLACE)
    expect(caller.get_by_test_id("found")).to_contain_text("猎德大道", timeout=PATIENCE_MS)
    caller.get_by_test_id("text").fill(WORDS)
    caller.get_by_label("车牌").fill(PLATE)
    caller.get_by_label("您的手机").fill("13800001234")
    caller.get_by_test_id("photo-input").set_input_files(photo(1))
    with staying(caller, "**/case/*"):
        caller.get_by_test_id("send").click()
        number = caller.get_by_test_id("case-number").inner_text()
    caller.wait_for_url("**/case/*")
    return number


def be_called(desk: Page) -> None:
    """The console calls, by sound and in its title."""
    expect(desk.get_by_test_id("call")).to_contain_text("新案件:", timeout=PATIENCE_MS)
    assert desk.evaluate("window.notes") > 0
    expect(desk).to_have_title(re.compile("^【!】新案件"), timeout=PATIENCE_MS)


def send_by_keyboard(desk: Page, number: str) -> None:
    """Two keys send the nearest."""
    expect(desk.locator(f"[data-testid=queue-item][data-id={number}]")).to_have_count(1)
    desk.keyboard.press("g")
    detail = desk.get_by_test_id("incident-detail")
    expect(detail).to_have_attribute("data-id", number)
    for told in (WORDS, PLATE):
        expect(detail).to_contain_text(told)
    expect(desk.get_by_test_id("scene-photo")).to_have_count(1, timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("recommend-option").first).to_contain_text("查勘员000", timeout=PATIENCE_MS)
    desk.keyboard.press("a")
    expect(desk.get_by_test_id("assignment")).to_contain_text("查勘员000", timeout=PATIENCE_MS)


def press(phone: Page, step: str) -> None:
    phone.locator(f"[data-testid=main-action][data-step={step}]").click()


def take_and_leave(phone: Page) -> None:
    """The alarm counts down and stands in the title; the job is taken, and the way begun."""
    expect(phone.get_by_test_id("answer-left")).to_be_visible(timeout=PATIENCE_MS)
    expect(phone).to_have_title(re.compile("新派单"), timeout=PATIENCE_MS)
    phone.get_by_test_id("offer-accept").click()
    press(phone, "depart")
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "en_route")
    expect(phone.get_by_test_id("waiting")).to_be_hidden()


def drive(phone: Page, lon: float, lat: float) -> None:
    phone.context.set_geolocation({"longitude": lon, "latitude": lat})
    phone.wait_for_timeout(FIX_MS)


def see_who_comes(caller: Page, phone: Page) -> None:
    """A surname or role, a range of times in their order, and a unit that moves as the surveyor does."""
    expect(caller.get_by_test_id("phase")).to_have_attribute("data-phase", "en_route", timeout=PATIENCE_MS)
    coming = caller.get_by_test_id("coming")
    expect(coming).to_contain_text("S000")
    expect(coming.get_by_test_id("eta")).to_contain_text("九成把握", timeout=PATIENCE_MS)
    expect(caller.get_by_test_id("case-map").locator(".mark.unit")).to_be_visible(timeout=PATIENCE_MS)
    drive(phone, 113.3260, 23.1240)
    one = caller.evaluate(UNTIL_AT, 113.3260)
    assert one["eta"]["p10_at"] < one["eta"]["p50_at"] < one["eta"]["p90_at"]


def arrive_without_signal(phone: Page, scene: dict[str, float]) -> datetime:
    """The signal is lost on the way; arrival, photograph and form wait. When it was that one arrived."""
    phone.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    phone.context.set_offline(True)
    for nudge in (0, 1e-5):
        drive(phone, scene["lon"] + nudge, scene["lat"])
    phone.wait_for_function(IS_THERE, arg=scene["lon"])
    before = datetime.now(UTC)
    press(phone, "arrive")
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "on_scene")
    phone.get_by_test_id("scene-open").click()
    phone.get_by_test_id("photo-take").set_input_files(photo(2))
    expect(phone.locator("[data-testid=photo][data-state=waiting]")).to_have_count(1)
    phone.get_by_test_id("loss").fill("3280.5")
    phone.locator("input[name=decision][value=settled]").check(force=True)
    phone.get_by_test_id("form-send").click()
    expect(phone.get_by_test_id("scene-card")).to_have_attribute("data-state", "waiting")
    expect(phone.get_by_test_id("waiting-count")).to_contain_text("待发送")
    return before


def come_back(phone: Page, desk: Page) -> None:
    """With the signal all is sent, and the console shows when it really was, and the photographs."""
    phone.context.set_offline(False)
    back = datetime.now(UTC)
    expect(phone.get_by_test_id("scene-card")).to_have_attribute("data-state", "sent", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("waiting")).to_be_hidden(timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("scene-report")).to_contain_text("3280.50 元", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("scene-photo")).to_have_count(2, timeout=PATIENCE_MS)
    job = desk.evaluate("fetch('/v1/incidents').then((r) => r.json())")[0]["assignments"][0]
    arrived = datetime.fromisoformat(job["claimed_at"])
    assert arrived < back
    line = desk.get_by_test_id("history").locator("li", has_text="报告到场")
    expect(line).to_contain_text(arrived.astimezone(GUANGZHOU).strftime("%H:%M:%S"))


def clear(phone: Page) -> None:
    press(phone, "clear")
    phone.get_by_test_id("clear-confirm").click()
    expect(phone.get_by_test_id("no-job")).to_be_visible(timeout=PATIENCE_MS)


def settle(desk: Page) -> None:
    """Assessed, reviewed, paid: on the card of a case that is closed by now."""
    expect(desk.get_by_test_id("closed-card")).to_be_visible(timeout=PATIENCE_MS)
    for step, amount in (("assessed", "3280.5"), ("reviewed", None), ("paid", "3280.5")):
        desk.get_by_test_id(f"claim-{step}").click()
        if amount:
            desk.get_by_test_id("form-amount_yuan").fill(amount)
        desk.get_by_test_id("form-ok").click()
        expect(desk.locator(f"[data-testid=claim-fact][data-step={step}]")).to_be_visible(timeout=PATIENCE_MS)


def ask_and_be_called(caller: Page, desk: Page) -> None:
    """A call that is asked for stands on the board until somebody was reached."""
    caller.get_by_test_id("cc_callback").click()
    caller.get_by_text("询问赔付").click()
    caller.get_by_test_id("callback-send").click()
    expect(caller.get_by_test_id("callback-state")).to_contain_text("已登记", timeout=PATIENCE_MS)
    desk.keyboard.press("Escape")
    task = desk.get_by_test_id("caller-task")
    expect(task).to_contain_text("询问赔付", timeout=PATIENCE_MS)
    task.locator("button").click()
    desk.get_by_test_id("callback-done").click()
    desk.get_by_test_id("reason").fill("已告知到账时间")
    desk.get_by_test_id("dialog-ok").click()
    expect(caller.get_by_test_id("callback-state")).to_contain_text("已回电", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("callback")).to_have_count(0)


def rate(caller: Page, desk: Page) -> None:
    caller.get_by_test_id("star-5").click()
    caller.get_by_test_id("cc_rate_send").click()
    expect(caller.get_by_test_id("rated")).to_contain_text("5 星", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("rating")).to_contain_text("★★★★★", timeout=PATIENCE_MS)


def test_one_accident_from_the_first_words_to_the_rating(
    address: str, open_page: OpenPage, sign_in: SignIn, complaints: Complaints
) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    phone = sign_in(address, "surveyor", "/surveyor", **on_phone(START))
    expect(phone.get_by_test_id("no-job")).to_be_visible(timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("live-badge")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("schematic-badge")).to_be_visible()
    desk.keyboard.press("Escape")  # a browser lets nothing sound before somebody has touched it
    expect(desk.get_by_test_id("sound")).to_have_text("有声", timeout=PATIENCE_MS)
    desk.evaluate(COUNT_SOUNDS)

    caller = open_page(address, "/report", **on_phone(CALLER))
    number = report(caller)
    be_called(desk)
    expect(caller.get_by_test_id("phase")).to_have_attribute("data-phase", "waiting", timeout=PATIENCE_MS)
    expect(caller.get_by_test_id("due")).to_contain_text("前到场")
    send_by_keyboard(desk, number)
    take_and_leave(phone)
    see_who_comes(caller, phone)

    assert complaints == []
    complaints.provoke(NO_NETWORK)
    arrived = arrive_without_signal(phone, caller.evaluate(CASE)["place"])
    come_back(phone, desk)
    with signed_in(address, "dispatcher") as service:
        (incident,) = service.get("/v1/incidents").json()
    claimed = datetime.fromisoformat(incident["assignments"][0]["claimed_at"])
    assert arrived - CLOCKS < claimed
    expect(caller.get_by_test_id("phase")).to_have_attribute("data-phase", "on_scene", timeout=PATIENCE_MS)

    clear(phone)
    expect(caller.get_by_test_id("phase")).to_have_attribute("data-phase", "surveyed", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("queue-item")).to_have_count(0, timeout=PATIENCE_MS)
    settle(desk)
    for stage in ("survey", "assessment", "review", "payment"):
        expect(caller.get_by_test_id(f"step-{stage}")).to_have_attribute("data-status", "done", timeout=PATIENCE_MS)
    ask_and_be_called(caller, desk)
    rate(caller, desk)

    office = sign_in(address, "manager", "/management", viewport=DESK)
    expect(office.get_by_test_id("kept-all")).to_contain_text("1/1", timeout=PATIENCE_MS)
    expect(office.get_by_test_id("heat-caption")).to_contain_text("n = 1", timeout=PATIENCE_MS)

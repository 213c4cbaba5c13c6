"""Several operators at once, what calls them, and a picture that is never stale: in a real browser."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from pages import COUNT_SOUNDS, DESK, MAP_STANDS_STILL, PATIENCE_MS, SAY_WHEN, Complaints, SignIn, heard_toast, let_go
from pausing import wired
from playwright.sync_api import Page, Route, expect
from service import PASSWORD, signed_in
from sqlalchemy import Engine

from api import wiring
from api.credentials import accounts
from api.credentials.security import Account
from dispatch.desk import Desk
from dispatch.holding import hold
from dispatch.location import Position
from dispatch.report import Report
from dispatch.unit import Fix
from dispatch.vocabulary import Channel, HoldReason, Role
from dispatch.watch import watch
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.tables.schema import fixes, latest_fixes

pytestmark = pytest.mark.browser

ADVICE = "**/recommendation?*"
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
NEAR, ZENGCHENG = Position(113.33, 23.12), Position(113.81, 23.26)


@pytest.fixture
def second(fleet: Engine) -> str:
    """Another dispatcher."""
    with transaction(fleet) as connection:
        accounts.save(connection, Account("李四", "dispatcher"), PASSWORD)
    return "李四"


def live(page: Page) -> Page:
    expect(page.get_by_test_id("live-badge")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    return page


def choose(page: Page, incident_id: str) -> None:
    page.locator(f"[data-testid=queue-item][data-id={incident_id}]").click()
    page.locator(
        f"[data-testid=incident-detail][data-id={incident_id}] [data-testid=recommend-option]"
    ).first.wait_for()


def test_each_operator_sees_who_has_what_open_and_of_two_after_one_unit_the_second_gets_the_next_best(
    address: str, sign_in: SignIn, second: str, complaints: Complaints
) -> None:
    complaints.provoke(" 409 ")
    with signed_in(address, "dispatcher") as service:
        a, b = (service.post("/v1/reports", json={"text": REPORT}).json()["id"] for _ in range(2))
    here, there = (live(sign_in(address, who, "/", viewport=DESK)) for who in ("dispatcher", second))
    choose(here, a)
    choose(there, a)
    expect(here.get_by_test_id("presence")).to_have_text("李四 正在查看", timeout=PATIENCE_MS)
    expect(here.locator(f"[data-testid=queue-item][data-id={a}]")).to_contain_text("李四")
    there.keyboard.press("h")
    expect(here.get_by_test_id("presence")).to_have_text("李四 正在处理", timeout=PATIENCE_MS)
    there.keyboard.press("Escape")
    choose(there, b)
    expect(here.get_by_test_id("presence")).to_have_count(0, timeout=PATIENCE_MS)

    first_of = "[data-testid=recommend-option]:first-child"
    expect(there.locator(first_of)).to_contain_text("查勘员000")
    fresher: list[Route] = []
    there.route(ADVICE, lambda route: fresher.extend([route]))  # it is asked for every 15 s
    here.keyboard.press("a")
    expect(here.get_by_test_id("assignment")).to_contain_text("查勘员000", timeout=PATIENCE_MS)
    there.keyboard.press("a")  # its advice is a moment old
    heard_toast(there, "查勘员000 刚被 dispatcher 派往")
    assert there.evaluate("window.toasts.length") == 1
    let_go(there, ADVICE, fresher)
    expect(there.locator(first_of)).not_to_contain_text("查勘员000", timeout=PATIENCE_MS)
    there.keyboard.press("a")
    expect(there.get_by_test_id("assignment")).to_be_visible(timeout=PATIENCE_MS)

    here.locator(f"[data-testid=queue-item][data-id={b}]").click()
    expect(here.get_by_test_id("presence")).to_contain_text("李四", timeout=PATIENCE_MS)
    there.close()
    expect(here.get_by_test_id("presence")).to_have_count(0, timeout=PATIENCE_MS)


def test_a_button_under_the_finger_stays_while_somebody_else_changes_the_incident(
    address: str, sign_in: SignIn
) -> None:
    with signed_in(address, "dispatcher") as service:
        key = service.post("/v1/reports", json={"text": REPORT}).json()["id"]
        desk = live(sign_in(address, "dispatcher", "/", viewport=DESK))
        choose(desk, key)
        desk.get_by_test_id("tier-change").hover()
        desk.mouse.down()
        tiers = {"tiers": ["expressway"], "reason": "现场回报"}
        service.post(f"/v1/incidents/{key}/tier", json=tiers).raise_for_status()
    expect(desk.get_by_test_id("history")).to_contain_text("级别改为高速公路")
    desk.mouse.up()
    expect(desk.get_by_test_id("reason")).to_be_visible()
    expect(desk.get_by_test_id("plan-sentence")).to_contain_text("12122")  # drawn once the finger was lifted


def test_a_pinched_wire_is_told_within_three_seconds_and_nothing_is_missed(
    address: str, sign_in: SignIn, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_")
    with wired(address) as wire, signed_in(address, "dispatcher") as service:
        known = service.post("/v1/reports", json={"text": REPORT}).json()["id"]
        desk = live(sign_in(wire.address, "dispatcher", "/", viewport=DESK))
        expect(desk.get_by_test_id("queue-item")).to_have_count(1, timeout=PATIENCE_MS)
        wire.pinch()
        desk.evaluate(SAY_WHEN, ["#live-badge", "lost"])  # from now on: before, what this test waits for would count
        stale = desk.get_by_test_id("stale")
        expect(stale).to_contain_text("连接中断", timeout=PATIENCE_MS)
        assert desk.evaluate("window.said_after_ms") <= 3000
        assert "grayscale" in desk.evaluate("getComputedStyle(document.getElementById('queue-list')).filter")
        new = service.post("/v1/reports", json={"text": REPORT}).json()["id"]
        service.post(f"/v1/incidents/{known}/close", json={"code": "false_report"}).raise_for_status()
        wire.let_go()
        expect(stale).to_be_hidden(timeout=PATIENCE_MS)
        expect(desk.locator(f"[data-testid=queue-item][data-id={new}]")).to_be_visible(timeout=PATIENCE_MS)
        expect(desk.locator(f"[data-testid=queue-item][data-id={known}]")).to_have_count(0, timeout=PATIENCE_MS)
        desk.context.close()


def test_what_calls_is_shown_read_and_rings_until_it_is_muted(address: str, sign_in: SignIn, fleet: Engine) -> None:
    desk = live(sign_in(address, "dispatcher", "/", viewport=DESK))
    sound = desk.get_by_test_id("sound")
    expect(sound).to_have_text("点此开声")  # the browser wants a gesture first, and the button says so
    desk.keyboard.press("Escape")
    expect(sound).to_have_text("有声", timeout=PATIENCE_MS)
    desk.evaluate(COUNT_SOUNDS)
    with signed_in(address, "dispatcher") as service:
        key = service.post("/v1/reports", json={"text": REPORT}).json()["id"]
        call = desk.get_by_test_id("call")
        expect(call).to_contain_text("新案件:", timeout=PATIENCE_MS)
        assert desk.evaluate("window.notes") == 2
        assert "新案件" in desk.locator("#spoken").inner_text()
        expect(desk).to_have_title(re.compile("^【!】新案件"), timeout=PATIENCE_MS)
        expect(desk).to_have_title(re.compile(r"^\(1\) "), timeout=PATIENCE_MS)
        at = datetime.now(UTC)
        with transaction(fleet) as connection:
            there = wiring.ground().live_desk(connection)
            until = at + timedelta(minutes=9)
            hold(there, key, at, reason=HoldReason.CALLER_ASKED, until=until, by="李四")
            watch(there, until)
        danger = desk.locator("[data-testid=call][data-kind=danger]")
        expect(danger).to_contain_text("无人接单", timeout=PATIENCE_MS)  # the hold is over, and calls
        assert desk.evaluate("window.notes") == 6
        desk.keyboard.press("g")
        expect(desk.get_by_test_id("incident-detail")).to_have_attribute("data-id", key)
        expect(call).to_have_count(0)
        desk.keyboard.press("v")
        desk.get_by_test_id("mute").check()
        desk.keyboard.press("Escape")
        expect(sound).to_have_text("静音")
        service.post("/v1/reports", json={"text": REPORT}).raise_for_status()
        expect(call).to_have_count(1, timeout=PATIENCE_MS)
        assert desk.evaluate("window.notes") == 6
    desk.reload()
    expect(sound).to_have_text("静音", timeout=PATIENCE_MS)


def sent(desk: Desk, at: datetime, unit_id: str, *, steps: int) -> str:
    """The assignment of a unit sent at once to an accident of a while ago, which has done so many steps since."""
    key = desk.take_report(Report(text=REPORT, received_at=at, channel=Channel.TELEPHONE)).id
    job = desk.offer(key, Role.SURVEYOR, at, unit_id=unit_id, reason="就近").open_assignments[0].id
    for step in (desk.accept, desk.depart)[:steps]:
        step(job, at + timedelta(seconds=5), by=unit_id)
    return job


def test_each_exception_stands_on_the_board_by_severity_until_it_is_over(
    address: str, sign_in: SignIn, fleet: Engine
) -> None:
    now = datetime.now(UTC)

    def seen(store: PostgisFleet, minutes_ago: float, **where: Position) -> datetime:
        at = now - timedelta(minutes=minutes_ago)
        store.record_fixes([Fix(unit_id=unit_id, position=place, at=at) for unit_id, place in where.items()], at)
        return at

    with transaction(fleet) as connection:
        for table in (latest_fixes, fixes):
            connection.execute(table.delete())
        store, desk = PostgisFleet(connection), wiring.ground().live_desk(connection)
        jobs = {"overdue": sent(desk, seen(store, 40, S000=NEAR), "S000", steps=2)}
        jobs["late"] = sent(desk, seen(store, 12, S001=NEAR), "S001", steps=2)  # due long after this test
        jobs["no_answer"] = sent(desk, seen(store, 1, S002=NEAR), "S002", steps=0)
        report = Report(text=REPORT, received_at=now - timedelta(minutes=3), channel=Channel.TELEPHONE)
        desk.take_report(report)
        seen(store, 0, S001=ZENGCHENG)
        for _ in range(2):  # a forecast, and then what follows from it
            watch(desk, now)
    page = live(sign_in(address, "dispatcher", "/", viewport=DESK))
    calm = ":not([data-testid=board_proposals]):not([data-testid=board_duplicate])"
    groups = page.get_by_test_id("board").locator(f".board-group{calm} h3")

    def stand(*words: str) -> None:
        expect(groups).to_have_text([re.compile(word) for word in words], timeout=PATIENCE_MS)

    stand("已超时,尚未到场", "可能超时", "途中失联", "派单未应答")
    expect(page.get_by_test_id("queue")).to_contain_text(
        "等候 查勘员"
    )  # the fourth waits for whom is soon free: no alarm
    with signed_in(address, "dispatcher") as service:
        service.post(f"/v1/assignments/{jobs['no_answer']}/accept").raise_for_status()
        stand("已超时,尚未到场", "可能超时", "途中失联")
        service.post(f"/v1/assignments/{jobs['late']}/arrive").raise_for_status()
        stand("已超时,尚未到场", "途中失联")
        service.post(f"/v1/assignments/{jobs['overdue']}/arrive").raise_for_status()
        stand()


def test_candidates_are_chosen_on_the_map_and_corrected_by_drag(address: str, sign_in: SignIn) -> None:
    desk = live(sign_in(address, "dispatcher", "/", viewport=DESK))
    desk.locator("#map[data-ready=true]").wait_for(timeout=PATIENCE_MS)
    desk.keyboard.press("n")
    desk.keyboard.insert_text("中山大道追尾,白色车")
    pins = desk.get_by_test_id("report-pin")
    expect(pins).to_have_count(3, timeout=PATIENCE_MS)
    pins.nth(1).dispatch_event("click")
    expect(desk.locator("#candidate-1")).to_be_checked()
    chosen = desk.locator(".report-pin.chosen")
    expect(chosen).to_have_attribute("data-n", "2")
    desk.evaluate(MAP_STANDS_STILL)
    box = chosen.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x + 30, y + 20, steps=5)
    desk.mouse.up()
    expect(desk.get_by_test_id("geocode-point")).to_be_visible(timeout=PATIENCE_MS)
    expect(pins).to_have_count(1)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("incident-detail")).to_be_visible(timeout=PATIENCE_MS)

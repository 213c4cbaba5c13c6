"""Photographs and the survey form in a real browser: taken without signal, sent later and once, seen on the console."""

from datetime import datetime
from typing import Any

import httpx2 as httpx
import pytest
from pages import DESK, PATIENCE_MS, PHONE, Complaints, SignIn, stored
from pictures import picture
from playwright.sync_api import Page, expect
from service import signed_in

pytestmark = pytest.mark.browser

IS_KEPT = stored(  # a draft is kept a moment after the last key
    "gz-scene", "drafts", "(drafts, loss) => drafts.some((one) => JSON.stringify(one.values).includes(loss))"
)
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"


def on_scene(address: str) -> dict[str, Any]:
    """An incident whose surveyor S000 stands on the scene."""
    with signed_in(address, "dispatcher") as desk, signed_in(address, "surveyor") as phone:
        incident = desk.post("/v1/reports", json={"text": REPORT}).json()["id"]
        body = {"unit_id": "S000", "reason": "test"}
        after = desk.post(f"/v1/incidents/{incident}/assignments", json=body).json()
        key = after["assignments"][0]["id"]
        for step in ("accept", "depart", "arrive"):
            after = phone.post(f"/v1/assignments/{key}/{step}").raise_for_status().json()
    shown: dict[str, Any] = after
    return shown


def photograph(page: Page, seed: int) -> None:
    """Take a photograph: more than the phone sends, on its side as a camera writes it."""
    shot = {
        "name": "IMG.jpg",
        "mimeType": "image/jpeg",
        "buffer": picture(size=(3000, 2000), orientation=6, seed=seed),
    }
    page.get_by_test_id("photo-take").set_input_files(shot)  # type: ignore[arg-type]


def facts(service: httpx.Client, incident: str, kind: str) -> list[dict[str, Any]]:
    events = service.get(f"/v1/incidents/{incident}/events").raise_for_status().json()
    return [e for e in events if e["kind"] == kind]


def begin_without_signal(phone: Page) -> None:
    """Two photographs, of which one is taken back, and a form begun."""
    expect(phone.get_by_test_id("scene-card")).to_have_attribute("data-state", "none", timeout=PATIENCE_MS)
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(phone.get_by_test_id("position")).to_have_attribute("data-state", "ok", timeout=PATIENCE_MS)
    phone.context.set_offline(True)
    phone.locator("[data-testid=main-action][data-step=clear]").click()  # without a form: asked first
    phone.get_by_test_id("fill-form").click()
    for seed in (1, 2):
        photograph(phone, seed)
        expect(phone.get_by_test_id("photo")).to_have_count(seed)
    phone.get_by_test_id("photo-remove").last.click()
    expect(phone.locator("[data-testid=photo][data-state=waiting]")).to_have_count(1)
    phone.get_by_test_id("loss").fill("3280.5")
    phone.wait_for_function(IS_KEPT, arg="3280.5")


def finish_in_another_tab(phone: Page) -> None:
    """What was begun is there still; the form is signed off, without signal yet."""
    expect(phone.get_by_test_id("scene-card")).to_contain_text("1 张待发送", timeout=PATIENCE_MS)
    phone.get_by_test_id("scene-open").click()
    expect(phone.get_by_test_id("loss")).to_have_value("3280.5")
    phone.get_by_test_id("form-send").click()
    expect(phone.get_by_test_id("form-problem")).to_contain_text("处理意见")
    phone.locator("input[name=decision][value=settled]").check(force=True)
    phone.get_by_test_id("more-injured").click()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_test_id("form-send").click()
    expect(phone.get_by_test_id("scene-card")).to_have_attribute("data-state", "waiting")


def look_and_decide(desk: Page, sha256: str) -> None:
    """The console shows form and photograph; the dispatcher raises the tier as proposed."""
    desk.get_by_test_id("queue-item").click()
    expect(desk.get_by_test_id("scene-report")).to_contain_text("3280.50 元", timeout=PATIENCE_MS)
    desk.get_by_test_id("scene-photo").click()
    dialog = desk.get_by_test_id("photo-dialog")
    expect(dialog.get_by_test_id("photo-hash")).to_have_text(sha256)
    expect(dialog.locator("img")).to_have_js_property("naturalWidth", 1707, timeout=PATIENCE_MS)
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(desk.get_by_test_id("history")).to_contain_text("查勘单:现场定损,估损 3280.50 元,1 人受伤")
    desk.get_by_test_id("tier-raise").click()
    expect(desk.locator("[data-testid=tier-chip][data-tier=injury]").first).to_be_visible(timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("tier-proposal")).to_have_count(0)


def test_a_photograph_and_a_form_made_without_signal_are_sent_later_and_once_and_seen_on_the_console(
    address: str, sign_in: SignIn, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_")
    incident = on_scene(address)
    place = {"longitude": incident["location"]["lon"], "latitude": incident["location"]["lat"]}
    options = {"viewport": PHONE, "has_touch": True, "geolocation": place, "permissions": ["geolocation"]}
    first_tab = sign_in(address, "surveyor", "/surveyor", **options)
    context = first_tab.context
    begin_without_signal(first_tab)
    phone = context.new_page()
    first_tab.close()  # as a phone does when it runs out of memory
    phone.goto(f"{address}/surveyor")
    finish_in_another_tab(phone)
    context.set_offline(False)
    card = phone.get_by_test_id("scene-card")
    expect(card).to_have_attribute("data-state", "sent", timeout=PATIENCE_MS)
    expect(card).to_contain_text("照片 1 张", timeout=PATIENCE_MS)
    expect(card).not_to_contain_text("待发送", timeout=PATIENCE_MS)  # photographs follow the form

    with signed_in(address, "dispatcher") as service:
        (photo,) = service.get(f"/v1/incidents/{incident['id']}/photos").json()
        (form,) = service.get(f"/v1/incidents/{incident['id']}/scene-reports").json()
        assert [len(facts(service, incident["id"], kind)) for kind in ("PhotoTaken", "SceneSurveyed")] == [1, 1]
    assert (photo["width_px"], photo["height_px"]) == (1707, 2560)  # upright, and no larger than asked for
    assert (form["photos"], form["photos_missing"], form["loss_yuan"]) == ([photo["sha256"]], [], "3280.50")
    assert photo["from_scene_m"] < 50
    assert datetime.fromisoformat(photo["captured_at"]) < datetime.fromisoformat(photo["received_at"])
    look_and_decide(sign_in(address, "dispatcher", "/", viewport=DESK), photo["sha256"])

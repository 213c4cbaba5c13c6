"""The console says that the background is silent, behind, or back; and who can truly be sent."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from backgrounds import background_beside
from every_unit import NOW, POLICY, every_unit
from pages import DESK, PATIENCE_MS, PHONE, SignIn
from playwright.sync_api import Page, Route, expect
from service import signed_in
from sqlalchemy import Engine, text

from api.streams import background_watch
from api.views import views
from dispatch import background, foretelling
from dispatch.background import BackgroundSeen, Backlog
from dispatch.free import free_units
from dispatch.vocabulary import Role
from geo_data.database import transaction

pytestmark = pytest.mark.browser

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
COUNT = """([units, role, rules, now]) => import("/assets/js/console/derive.js").then(({freeUnits}) =>
    freeUnits(units, role, rules, Date.parse(now)))"""


def look_at(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("GZ_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def look_at_all(page: Page, name: str) -> None:
    """At a desk and at a phone."""
    look_at(page, name)
    if os.environ.get("GZ_PICTURES"):
        page.set_viewport_size(PHONE)
        look_at(page, f"{name}-phone")
        page.set_viewport_size(DESK)


def test_a_frozen_background_is_said_at_once_with_what_to_do_and_taken_back_when_it_goes_on(
    address: str,
    sign_in: SignIn,
    real_look: Callable[[], BackgroundSeen],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background_watch, "look", real_look)
    monkeypatch.setattr(background, "SILENT_AFTER_S", 5.0)
    monkeypatch.setattr(foretelling, "RECENT", timedelta(hours=1))  # as the background has it
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    line = desk.get_by_test_id("background")
    with background_beside() as beside, signed_in(address, "dispatcher") as client:
        expect(line).to_have_attribute("data-state", "well", timeout=PATIENCE_MS)
        beside.freeze()
        expect(line).to_contain_text("后台没有应答,已", timeout=PATIENCE_MS)
        expect(line).to_contain_text("报警、预测和通知会晚到;报案和派单照常。请叫管理员")
        expect(line).to_be_visible()
        expect(desk.get_by_test_id("board")).to_contain_text("可能有没报出的预警")
        client.post("/v1/reports", json={"text": REPORT}).raise_for_status()
        card = desk.get_by_test_id("queue-item")
        expect(card).to_contain_text("未派单 · 到达预测计算中")
        look_at_all(desk, "background-silent")
        desk.get_by_role("button", name="EN").click()
        expect(line).to_contain_text("The background has not answered for")
        expect(card).to_contain_text("forecast being made")
        look_at_all(desk, "background-silent-english")
        desk.get_by_role("button", name="中").click()

        beside.thaw()
        expect(line).to_contain_text("后台已恢复", timeout=PATIENCE_MS)
        expect(card).not_to_contain_text("到达预测计算中", timeout=PATIENCE_MS)
        look_at_all(desk, "background-back")


def test_what_waits_is_told_while_the_background_catches_up(
    address: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def behind() -> BackgroundSeen:
        now = datetime.now(UTC)
        return BackgroundSeen(at=now, silence_s=1.0, forecasts=Backlog(12, now - timedelta(seconds=9)))

    monkeypatch.setattr(background_watch, "look", behind)
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    line = desk.get_by_test_id("background")
    expect(line).to_contain_text("后台正在赶上:12 起报案的到达预测还没算完")
    look_at_all(desk, "background-catching-up")
    monkeypatch.setattr(background_watch, "look", lambda: BackgroundSeen(at=datetime.now(UTC), silence_s=0.0))
    expect(line).to_contain_text("后台已恢复")


def test_free_are_those_that_the_desk_would_send_and_the_others_stand_beside_them(
    address: str, fleet: Engine, sign_in: SignIn
) -> None:
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE latest_fixes SET at = at - interval '2 days' WHERE unit_id = 'S002'"))
    page = sign_in(address, "dispatcher", "/", viewport=DESK)
    page.route("**/v1/picture", in_no_hurry)
    page.reload()
    expect(page.locator("#free")).to_have_text("2")
    expect(page.locator("#free-others")).to_have_text("定位过期 1")
    expect(page.get_by_test_id("free-units")).to_have_attribute("title", re.compile("现在就能派的查勘员.*定位过期 1"))
    look_at_all(page, "free")
    page.get_by_role("button", name="EN").click()
    expect(page.locator("#free-others")).to_have_text("old position 1")
    look_at_all(page, "free-english")

    units = [views.unit(state, NOW).model_dump(mode="json") for state in every_unit()]
    rules = {"maxAge_s": POLICY.positions.max_age_s, "maxAccuracy_m": POLICY.positions.max_accuracy_m}
    for role in Role:
        counted = free_units(every_unit(), role, NOW, POLICY)
        assert page.evaluate(COUNT, [units, role, rules, NOW.isoformat()]) == {
            "sendable": counted.sendable,
            "others": {reason.value: n for reason, n in counted.others.items()},
        }


def in_no_hurry(route: Route) -> None:
    """Let positions be trusted for a day: however slow the machine, those of this test stay fresh."""
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"fix_max_age_s": 86_400})

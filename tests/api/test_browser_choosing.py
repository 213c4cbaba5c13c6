"""Proposals, alarms and standby advice on the console, in a real browser."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from pages import DESK, PATIENCE_MS, PHONE, SignIn, heard_toast, let_go
from playwright.sync_api import Route, expect
from service import signed_in
from sqlalchemy import Engine

from api import wiring
from dispatch.location import Position
from dispatch.unit import Fix
from dispatch.watch import watch
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

pytestmark = pytest.mark.browser

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
ZENGCHENG = Position(113.81, 23.26)


def see(engine: Engine, **at: Position) -> None:
    """Let units be somewhere now."""
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        PostgisFleet(connection).record_fixes([Fix(unit_id=k, position=p, at=now) for k, p in at.items()], now)


def reported_at(service: httpx.Client, at: Position) -> str:
    """Report an accident and place it by hand."""
    key: str = service.post("/v1/reports", json={"text": REPORT}).json()["id"]
    service.post(f"/v1/incidents/{key}/location", json={"lon": at.lon, "lat": at.lat}).raise_for_status()
    return key


def test_an_exchange_that_is_proposed_is_read_and_carried_out_as_one(
    address: str, sign_in: SignIn, fleet: Engine
) -> None:
    see(fleet, S000=ZENGCHENG, S002=ZENGCHENG)
    with signed_in(address, "dispatcher") as service:
        a = reported_at(service, Position(113.30, 23.13))
        service.post(f"/v1/incidents/{a}/assignments", json={}).raise_for_status()  # to S001
        see(fleet, S002=Position(113.30, 23.13))
        reported_at(service, Position(113.36, 23.13))
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    group = desk.get_by_test_id("board_proposals")
    expect(group.get_by_test_id("proposal")).to_have_count(1, timeout=PATIENCE_MS)
    expect(group).to_contain_text("查勘员001尚未出发,改由查勘员002前往")
    desk.locator(f"[data-testid=queue-item][data-id={a}]").click()
    card = desk.get_by_test_id("match")
    expect(card).to_contain_text("由查勘员001前往")
    card.get_by_test_id("proposal-do").click()
    heard_toast(desk, "已按匹配建议派单")
    expect(card).to_have_count(0)
    queue = desk.get_by_test_id("queue")
    expect(queue).to_contain_text("查勘员001")
    expect(queue).to_contain_text("查勘员002")
    expect(queue).not_to_contain_text("未派单")


def test_the_board_says_that_the_desk_matches_by_itself_where_the_policy_has_it_so(
    address: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = wiring.ground()
    policy = replace(usual.policy, choosing=replace(usual.policy.choosing, auto_offer=True))
    monkeypatch.setattr(wiring, "ground", lambda: replace(usual, policy=policy))
    with signed_in(address, "dispatcher") as service:
        reported_at(service, Position(113.36, 23.13))
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("board_proposals")).to_contain_text("自动匹配已开启", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("board_todo")).to_be_visible()
    expect(desk.get_by_test_id("proposal-do")).to_have_count(0)


def test_a_plain_proposal_is_carried_out_from_the_board_on_a_phone(address: str, sign_in: SignIn) -> None:
    with signed_in(address, "dispatcher") as service:
        reported_at(service, Position(113.36, 23.13))
    desk = sign_in(address, "dispatcher", "/", viewport=PHONE, has_touch=True)
    desk.locator(".tabs [data-view=side]").click()
    proposal = desk.get_by_test_id("proposal")
    expect(proposal).to_contain_text("查勘员001道路时间最短", timeout=PATIENCE_MS)
    desk.locator("#language").click()
    expect(proposal).to_contain_text("nearest by road")
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    proposal.get_by_test_id("proposal-do").click()
    expect(desk.get_by_test_id("queue-item")).to_contain_text("查勘员001", timeout=PATIENCE_MS)
    expect(proposal).to_have_count(0)


def test_the_focus_on_the_board_stays_with_its_incident_when_somebody_is_proposed_for_it(
    address: str, sign_in: SignIn
) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    late: list[Route] = []
    desk.route("**/v1/proposals?*", lambda route: late.extend([route]))
    with signed_in(address, "dispatcher") as service:
        key = reported_at(service, Position(113.36, 23.13))
    expect(desk.get_by_test_id("board_todo")).to_be_visible()
    desk.keyboard.press("b")
    row = desk.get_by_test_id("board").locator(".board-row")
    expect(row).to_be_focused()
    let_go(desk, "**/v1/proposals?*", late)
    expect(desk.get_by_test_id("proposal")).to_be_visible()
    expect(row).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("incident-detail")).to_have_attribute("data-id", key)


def test_an_alarm_stands_on_the_board_until_its_remedy_is_taken(address: str, sign_in: SignIn, fleet: Engine) -> None:
    with signed_in(address, "dispatcher") as service:
        reported_at(service, Position(113.36, 23.13))
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("count-alarms")).to_have_text("0", timeout=PATIENCE_MS)
    with transaction(fleet) as connection:
        watch(wiring.ground().live_desk(connection), datetime.now(UTC) + timedelta(seconds=125))
    alarm = desk.get_by_test_id("alarms_unassigned").get_by_test_id("alarm")
    expect(alarm).to_contain_text("无人接单;建议派查勘员001", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("count-alarms")).to_have_text("1")
    alarm.get_by_test_id("risk-remedy").click()
    expect(desk.get_by_test_id("queue-item")).to_contain_text("查勘员001", timeout=PATIENCE_MS)
    expect(alarm).to_have_count(0, timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("count-alarms")).to_have_text("0")


def test_an_idle_unit_is_advised_where_to_wait(address: str, sign_in: SignIn, fleet: Engine) -> None:
    crowded = Position(113.27, 23.13)
    see(fleet, S000=crowded, S001=crowded, S002=crowded)
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    group = desk.get_by_test_id("board_standby")
    group.locator("summary").click()
    expect(group.get_by_test_id("standby-advice").first).to_contain_text("驻点待命", timeout=PATIENCE_MS)
    group.locator("summary").click()
    expect(group.get_by_test_id("standby-advice")).to_have_count(0)


def test_no_button_of_the_header_is_out_of_sight_in_either_language(address: str, sign_in: SignIn) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport={"width": 1440, "height": 900})
    for _language in range(2):
        for width in (1440, 1366, 1280):
            desk.set_viewport_size({"width": width, "height": 800})
            box = desk.locator("#sign-out").bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width, width
        desk.locator("#language").click()

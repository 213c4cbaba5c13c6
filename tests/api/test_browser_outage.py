"""The database goes away at work, the service is killed and started without it, and all comes together when it is back."""

import os

import pytest
from outages import reported
from pages import DESK, PATIENCE_MS, PHONE, Complaints, OpenPage, SignIn
from playwright.sync_api import Page, expect
from process import Service
from stoppable import StoppableDatabase

pytestmark = pytest.mark.browser

FIRST = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
SECOND = "越秀区东风中路与解放北路交叉口"


def look_at(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("GZ_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_reports_go_on_without_the_database_and_through_a_kill_and_enter_when_it_is_back(
    database_at_will: StoppableDatabase, sign_in: SignIn, open_page: OpenPage, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_", " 503 ")
    with Service() as service:
        desk = sign_in(service.address, "dispatcher", "/", viewport=DESK)
        caller = open_page(service.address, "/report", viewport=PHONE, has_touch=True)
        expect(desk.get_by_test_id("live-badge")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
        caller.get_by_test_id("place").fill(SECOND)

        database_at_will.stop()
        expect(desk.get_by_test_id("away")).to_contain_text("数据库暂不可用:报案先存本机队列(0 件),恢复后自动入库")
        desk.keyboard.press("n")
        desk.keyboard.insert_text(FIRST)
        expect(desk.get_by_test_id("geocode-result")).to_contain_text("猎德大道")
        desk.keyboard.press("Control+Enter")
        expect(desk.get_by_test_id("queued-item")).to_contain_text("天河区")
        caller.get_by_test_id("send").click()
        expect(caller.get_by_test_id("provisional-number")).to_contain_text("Q")
        expect(desk.get_by_test_id("queued-item")).to_have_count(2)
        expect(desk.get_by_test_id("away")).to_contain_text("(2 件)")
        look_at(desk, "outage-desk")
        look_at(caller, "outage-caller")

        service.kill()
        service.start()  # without a database
        desk.reload()
        expect(desk.get_by_test_id("queued-item")).to_have_count(2)
        desk.set_viewport_size(PHONE)
        look_at(desk, "outage-desk-phone")
        desk.get_by_role("button", name="EN").click()
        expect(desk.get_by_test_id("away")).to_contain_text("The database is away")
        look_at(desk, "outage-desk-english")
        desk.set_viewport_size(DESK)

        database_at_will.start()
        expect(desk.get_by_test_id("away")).to_be_hidden(timeout=PATIENCE_MS)
        expect(desk.get_by_test_id("queue-item")).to_have_count(2, timeout=PATIENCE_MS)
        caller.wait_for_url("**/case/*", timeout=2 * PATIENCE_MS)
        facts = reported()
        assert [one.text.startswith(words) for one, words in zip(facts, (FIRST, SECOND), strict=True)] == [True, True]
        assert all(one.waited_s and one.provisional for one in facts)
        for page in (desk, caller):
            page.context.close()

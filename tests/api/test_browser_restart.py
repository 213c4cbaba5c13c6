"""The service is killed while everybody works, and started again: nothing is lost, nothing happens twice."""

from typing import Any

import pytest
from pages import DESK, PATIENCE_MS, PHONE, SAY_WHEN, Complaints, OpenPage, SignIn
from playwright.sync_api import Page, Route, expect
from process import Service
from service import signed_in
from sqlalchemy import Engine, select

from geo_data.database import transaction
from geo_data.tables.schema import events

pytestmark = pytest.mark.browser

FIRST = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
SECOND, THIRD = "天河区体育东路与天河路交叉口", "越秀区东风中路与解放北路交叉口"
START = {"longitude": 113.3297, "latitude": 23.1196}
LOSS_MS = {
    "desk": 3000,
    "phone": 8500,
    "case": 3000,
}  # a phone takes 8 s of silence for it, looked at four times a second
SLOW_MS = 2 * PATIENCE_MS  # a caller's page waits longer from try to try
SAYS = {"desk": ["#live-badge", "lost"], "phone": ["#lost", None], "case": ["#lost", None]}

People = dict[str, Page]


def at_work(address: str, sign_in: SignIn, open_page: OpenPage) -> People:
    """A case that is accepted, open on the console, the phone and its caller's page; two reports half written."""
    with signed_in(address, "dispatcher") as service:
        number = service.post("/v1/reports", json={"text": FIRST}).json()["id"]
        link = service.post(f"/v1/incidents/{number}/case-link").raise_for_status().json()["url"]
    like: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "permissions": ["geolocation"], "geolocation": START}
    people = {
        "desk": sign_in(address, "dispatcher", "/", viewport=DESK),
        "phone": sign_in(address, "surveyor", "/surveyor", **like),
        "case": open_page(address, link.removeprefix(address), **like),
        "caller": open_page(address, "/report", **like),
    }
    with signed_in(address, "dispatcher") as service:  # once the pages are there: after 90 s an offer is taken back
        service.post(f"/v1/incidents/{number}/assignments", json={}).raise_for_status()
    people["phone"].get_by_test_id("offer-accept").click()
    expect(people["case"].get_by_test_id("phase")).to_have_attribute("data-phase", "accepted", timeout=PATIENCE_MS)
    expect(people["phone"].get_by_test_id("waiting")).to_be_hidden()
    people["desk"].get_by_test_id("queue-item").click()
    expect(people["desk"].get_by_test_id("assignment")).to_have_attribute("data-status", "accepted")
    people["desk"].keyboard.press("n")
    people["desk"].keyboard.insert_text(SECOND)
    people["caller"].get_by_test_id("place").fill(THIRD)
    return people


def go_on_without_it(people: People) -> None:
    """Depart, report as a caller, try to send the console's report: each page says how it stands."""
    phone, caller, desk = people["phone"], people["caller"], people["desk"]
    phone.locator("[data-testid=main-action][data-step=depart]").click()
    expect(phone.get_by_test_id("waiting-count")).to_have_text("待发送 1", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "en_route")
    caller.get_by_test_id("send").click()
    expect(caller.get_by_test_id("trouble")).to_contain_text("内容已保存", timeout=PATIENCE_MS)
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("toast").last).to_be_visible(timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("report-text")).to_have_value(SECOND)
    desk.get_by_test_id("report-text").press_sequentially(",三车追尾")


def come_together(people: People) -> None:
    """All heal by themselves; only the report on the console is sent by hand."""
    desk, phone, case, caller = (people[one] for one in ("desk", "phone", "case", "caller"))
    expect(desk.get_by_test_id("live-badge")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("waiting")).to_be_hidden(timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("offline")).to_be_hidden(timeout=PATIENCE_MS)
    expect(case.get_by_test_id("lost")).to_be_hidden(timeout=PATIENCE_MS)
    expect(case.get_by_test_id("phase")).to_have_attribute("data-phase", "en_route", timeout=PATIENCE_MS)
    caller.wait_for_url("**/case/*", timeout=SLOW_MS)  # it was taken, and leads to its case
    expect(desk.get_by_test_id("report-text")).to_have_value(f"{SECOND},三车追尾")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("incident-detail")).to_contain_text("三车追尾", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("queue-item")).to_have_count(3, timeout=PATIENCE_MS)


def recorded(engine: Engine, kind: str) -> int:
    with transaction(engine) as connection:
        return len(connection.execute(select(events.c.id).where(events.c.kind == kind)).all())


def test_a_service_killed_at_work_comes_back_with_nothing_lost_and_nothing_twice(
    fleet: Engine, sign_in: SignIn, open_page: OpenPage, complaints: Complaints
) -> None:
    with Service() as service:
        people = at_work(service.address, sign_in, open_page)
        expect(people["desk"].get_by_test_id("live-badge")).to_have_attribute("data-state", "live")
        for name in ("phone", "case"):
            expect(people[name].locator("#lost")).to_be_hidden()
        assert complaints == []
        complaints.provoke("net::ERR_")
        service.kill()
        for name, about in SAYS.items():  # from now on: before, what this test waits for would count
            people[name].evaluate(SAY_WHEN, about)
        for name in SAYS:
            people[name].wait_for_function("() => window.said_after_ms !== undefined")
            assert people[name].evaluate("window.said_after_ms") <= LOSS_MS[name], name
        go_on_without_it(people)
        service.start()
        come_together(people)
        for kind, times in {"IncidentReported": 3, "AssignmentAccepted": 1, "UnitDeparted": 1}.items():
            assert recorded(fleet, kind) == times, kind
        for page in people.values():
            page.context.close()


def test_a_report_of_the_console_whose_answer_was_lost_is_sent_again_and_counts_once(
    address: str, fleet: Engine, sign_in: SignIn, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_")
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("live-badge")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)  # the service took it
        route.abort()

    desk.route("**/v1/reports", lose_the_first)
    for n in (1, 2):  # another report of the same words is another report
        desk.keyboard.press("n")
        desk.keyboard.insert_text(FIRST)
        desk.keyboard.press("Control+Enter")
        if n == 1:
            expect(desk.get_by_test_id("toast").last).to_contain_text("连不上服务", timeout=PATIENCE_MS)
            desk.keyboard.press("Control+Enter")
        expect(desk.get_by_test_id("queue-item")).to_have_count(n, timeout=PATIENCE_MS)
        expect(desk.get_by_test_id("report-text")).to_have_count(0)
    assert lost == [201]
    assert recorded(fleet, "IncidentReported") == 2

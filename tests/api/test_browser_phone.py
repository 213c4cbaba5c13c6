"""The surveyor's phone in a real browser: an hour without signal, a killed tab, a refused step, steps sent twice."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pages import PATIENCE_MS, PHONE, Complaints, SignIn, stored
from playwright.sync_api import Page, Route, expect
from service import PASSWORD, signed_in
from sqlalchemy import Engine, select

from api import wiring
from api.credentials import accounts
from api.credentials.security import Account
from dispatch.location import Position
from dispatch.unit import Fix, Unit
from dispatch.vocabulary import Role
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.tables.schema import events, fixes

pytestmark = pytest.mark.browser

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
START = {"longitude": 113.3297, "latitude": 23.1196}
STAYED_S = stored(  # by the positions that wait to be sent
    "gz-phone",
    "fixes",
    """(fixes, lon) => {
        const there = fixes.filter(({ fix }) => Math.abs(fix.lon - lon) < 1e-6).map(({ fix }) => Date.parse(fix.at));
        return there.length ? (Math.max(...there) - Math.min(...there)) / 1000 : 0;
    }""",
)
STEPS = ["AssignmentAccepted", "UnitDeparted", "ArrivalClaimed", "UnitCleared"]

Offer = Callable[[str], dict[str, Any]]


def offer(address: str) -> dict[str, Any]:
    """Report an accident and offer it to the surveyor; the incident as it stands."""
    with signed_in(address, "dispatcher") as desk:
        incident = desk.post("/v1/reports", json={"text": REPORT}).json()["id"]
        body = {"unit_id": "S000", "reason": "熟悉"}
        offered: dict[str, Any] = (
            desk.post(f"/v1/incidents/{incident}/assignments", json=body).raise_for_status().json()
        )
    return offered


def open_phone(address: str, sign_in: SignIn) -> Page:
    """The page, with its worker in place."""
    phone = sign_in(
        address, "surveyor", "/surveyor", viewport=PHONE, has_touch=True, geolocation=START, permissions=["geolocation"]
    )
    expect(phone.get_by_test_id("live-badge")).to_contain_text("实时", timeout=PATIENCE_MS)
    phone.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    return phone


def press(phone: Page, step: str) -> None:
    phone.locator(f"[data-testid=main-action][data-step={step}]").click()


def drive(phone: Page, scene: dict[str, float]) -> None:
    """Move the phone to the scene by way of the middle, and stay there until it has written down a stay of ten seconds."""
    middle = (START["longitude"] + scene["lon"]) / 2
    for n in range(40):
        phone.context.set_geolocation({"longitude": scene["lon"] if n else middle, "latitude": scene["lat"] + 1e-6 * n})
        phone.wait_for_timeout(5200)  # on the way it keeps a position each five seconds
        if phone.evaluate(STAYED_S, scene["lon"]) >= 10:
            return
    raise AssertionError("the phone keeps no positions")


def recorded(engine: Engine, *kinds: str) -> list[Any]:
    with transaction(engine) as connection:
        query = select(events.c.kind, events.c.at, events.c.recorded_at, events.c.body).order_by(events.c.id)
        return [row for row in connection.execute(query) if row.kind in kinds]


def left_to_send(phone: Page, n: int) -> None:
    expect(phone.get_by_test_id("waiting")).to_have_attribute("data-n", str(n), timeout=PATIENCE_MS)


@pytest.fixture
def short_stays(wired: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A track confirms after a stay of eight seconds: nobody has to wait for twenty."""
    usual = wiring.ground()
    policy = replace(usual.policy, verification=replace(usual.policy.verification, min_dwell_s=8.0))
    monkeypatch.setattr(wiring, "ground", lambda: replace(usual, policy=policy))


@pytest.fixture
def long_offers(wired: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An offer waits an hour for its answer: it must not lapse while a busy machine draws a page."""
    usual = wiring.ground()
    policy = replace(usual.policy, offers=replace(usual.policy.offers, answer_timeout_s=3600.0))
    monkeypatch.setattr(wiring, "ground", lambda: replace(usual, policy=policy))
    monkeypatch.setattr(wiring, "policy", lambda: policy)


@pytest.mark.usefixtures("short_stays")
def test_the_offline_hour_is_sent_once_in_order_with_its_own_times(
    address: str, sign_in: SignIn, fleet: Engine, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_")
    phone = open_phone(address, sign_in)
    scene = offer(address)["location"]
    with phone.expect_response(lambda answer: answer.url.endswith("/accept") and answer.ok):
        phone.get_by_test_id("offer-accept").click()
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "accepted", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("waiting")).to_be_hidden()

    phone.context.set_offline(True)
    press(phone, "depart")
    expect(phone.get_by_test_id("waiting-count")).to_have_text("待发送 1", timeout=PATIENCE_MS)
    drive(phone, scene)
    press(phone, "arrive")
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "on_scene")

    phone.reload()  # the tab was killed, and there is no signal: page, job and queue are all there
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "on_scene", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("waiting-count")).to_have_text("待发送 2", timeout=PATIENCE_MS)
    expect(phone.locator(".trail li.unsent")).to_have_count(2)
    expect(phone.get_by_test_id("scene-card")).to_be_visible()
    press(phone, "clear")
    phone.get_by_test_id("clear-without-form").click()
    phone.get_by_test_id("clear-confirm").click()
    expect(phone.get_by_test_id("no-job")).to_be_visible()
    expect(phone.get_by_test_id("waiting-count")).to_have_text("待发送 3", timeout=PATIENCE_MS)
    assert [row.kind for row in recorded(fleet, *STEPS)] == STEPS[:1]

    back = datetime.now(UTC)
    phone.context.set_offline(False)
    left_to_send(phone, 0)
    expect(phone.get_by_test_id("waiting")).to_be_hidden()
    steps = recorded(fleet, *STEPS)
    assert [row.kind for row in steps] == STEPS  # each once, in order
    for row in steps[1:]:
        assert row.body["captured"]["offline"] is True
        skew = timedelta(
            seconds=row.body["captured"]["skew_s"] or 0
        )  # one clock for all: what the phone took it to be off by
        assert row.at - skew < back < row.recorded_at
    assert [row.at for row in steps] == sorted(row.at for row in steps)
    assert recorded(fleet, "ArrivalConfirmed")  # by the track that came with it
    with transaction(fleet) as connection:
        track = connection.execute(select(fixes.c.at).where(fixes.c.unit_id == "S000")).scalars().all()
    assert sum(steps[1].at < at < back for at in track) >= 3
    expect(phone.get_by_test_id("day-job")).to_contain_text("到场", timeout=PATIENCE_MS)


def test_an_answer_lost_on_the_way_is_asked_for_again_and_counts_once(
    address: str, sign_in: SignIn, fleet: Engine, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_")
    phone = open_phone(address, sign_in)
    keys: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()  # it reaches the service, which does it …
            route.abort()  # … and the answer never comes back
        else:
            route.continue_()

    phone.context.route("**/accept", lose_the_first_answer)
    offer(address)
    phone.get_by_test_id("offer-accept").click()
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "accepted")
    left_to_send(phone, 0)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert len(recorded(fleet, "AssignmentAccepted")) == 1


def test_an_offer_that_comes_while_the_jobs_are_being_fetched_stays_on_the_phone(address: str, sign_in: SignIn) -> None:
    phone = open_phone(address, sign_in)

    def answer_late(route: Route) -> None:
        before = route.fetch()  # as it stood when nothing was offered
        offer(address)
        expect(phone.get_by_test_id("offer-accept")).to_be_visible(timeout=PATIENCE_MS)  # the stream told of it
        route.fulfill(response=before)

    phone.route("**/v1/units/S000/assignments", answer_late, times=1)
    with phone.expect_response("**/v1/units/S000/assignments", timeout=PATIENCE_MS):
        phone.reload()
    expect(phone.get_by_test_id("live-badge")).to_contain_text("实时", timeout=PATIENCE_MS)
    phone.wait_for_timeout(500)
    expect(phone.get_by_test_id("offer-accept")).to_be_visible()


def test_a_refused_step_is_shown_with_what_to_do_and_holds_up_nothing_else(
    address: str, sign_in: SignIn, fleet: Engine, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_", " 409 ")
    phone = open_phone(address, sign_in)
    job = offer(address)["assignments"][0]["id"]
    phone.get_by_test_id("offer-accept").click()
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "accepted")
    left_to_send(phone, 0)

    phone.context.set_offline(True)
    press(phone, "depart")
    press(phone, "arrive")
    left_to_send(phone, 2)
    with signed_in(address, "dispatcher") as desk:
        desk.post(f"/v1/assignments/{job}/release", json={"reason": "另派他人"}).raise_for_status()
    phone.context.set_offline(False)
    refused = phone.get_by_test_id("refused")
    expect(refused).to_contain_text("「出发」", timeout=PATIENCE_MS)
    expect(refused).to_contain_text("致电调度台")
    expect(phone.get_by_test_id("waits")).to_contain_text("等前一步")
    expect(phone.get_by_test_id("no-job")).to_be_visible()

    phone.get_by_test_id("duty-break").click()  # what does not depend on it goes on
    expect(phone.get_by_test_id("unit-status")).to_have_text("休息中", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("position")).to_have_attribute("data-state", "off")  # and nobody is tracked on a break
    left_to_send(phone, 2)
    for left in (1, 0):
        phone.get_by_test_id("drop").click()
        phone.get_by_test_id("sure-yes").click()
        left_to_send(phone, left)
    expect(phone.get_by_test_id("waiting")).to_be_hidden()
    assert recorded(fleet, "UnitDeparted", "ArrivalClaimed") == []


def test_two_tabs_send_each_step_once(address: str, sign_in: SignIn, fleet: Engine, complaints: Complaints) -> None:
    complaints.provoke("net::ERR_")
    first = open_phone(address, sign_in)
    second = first.context.new_page()
    second.goto(f"{address}/surveyor")
    offer(address)
    first.get_by_test_id("offer-accept").click()
    expect(second.get_by_test_id("job-card")).to_have_attribute("data-status", "accepted", timeout=PATIENCE_MS)
    first.context.set_offline(True)
    press(first, "depart")
    expect(second.get_by_test_id("job-card")).to_have_attribute("data-status", "en_route")  # the other tab knows
    press(second, "arrive")
    for tab in (first, second):
        expect(tab.get_by_test_id("job-card")).to_have_attribute("data-status", "on_scene")
    first.context.set_offline(False)
    for tab in (first, second):
        left_to_send(tab, 0)
    assert [row.kind for row in recorded(fleet, *STEPS)] == STEPS[:3]


def test_a_clock_that_is_wrong_is_said_and_corrected(address: str, sign_in: SignIn, fleet: Engine) -> None:
    phone = open_phone(address, sign_in)
    before = datetime.now(UTC)
    phone.clock.install(time=before - timedelta(seconds=90))
    took_s = (datetime.now(UTC) - before).total_seconds()  # by which the clock may be wrong beyond the 90 s
    phone.reload()
    expect(phone.get_by_test_id("clock-skew")).to_contain_text("慢", timeout=PATIENCE_MS)
    offer(address)
    phone.get_by_test_id("offer-accept").click()
    expect(phone.get_by_test_id("job-card")).to_have_attribute("data-status", "accepted", timeout=PATIENCE_MS)
    left_to_send(phone, 0)
    (accepted,) = recorded(fleet, "AssignmentAccepted")
    captured = accepted.body["captured"]
    assert 85 < captured["skew_s"] < 95 + took_s
    assert captured["doubt"] is None


def test_the_page_can_be_installed_and_its_worker_knows_every_file(address: str, sign_in: SignIn) -> None:
    phone = open_phone(address, sign_in)
    manifest = phone.request.get(f"{address}/surveyor/manifest.webmanifest")
    assert manifest.headers["content-type"].startswith("application/manifest+json")
    told = manifest.json()
    assert (told["start_url"], told["scope"]) == ("/surveyor", "/surveyor")
    for icon in told["icons"]:
        assert phone.request.get(address + icon["src"]).headers["content-type"].startswith(icon["type"])
    worker = phone.request.get(f"{address}/surveyor/worker.js")
    assert worker.headers["service-worker-allowed"] == "/surveyor"
    kept = json.loads(worker.text().partition("const SHELL = ")[2].partition(";\n")[0])
    loaded = phone.evaluate("performance.getEntriesByType('resource').map((r) => new URL(r.name).pathname)")
    needed = {path for path in loaded if path.endswith((".js", ".css"))} - {"/surveyor/worker.js"}
    assert needed <= set(kept["files"])


def test_a_new_version_is_said_and_taken_up_when_asked(
    address: str, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = open_phone(address, sign_in)
    phone.reload()  # now the worker serves the page
    expect(phone.get_by_test_id("live-badge")).to_contain_text("实时", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("new-version")).to_be_hidden()
    monkeypatch.setattr("api.routes.phone.version_of", lambda _: "another")
    phone.evaluate("navigator.serviceWorker.getRegistration('/surveyor').then((r) => r.update())")
    expect(phone.get_by_test_id("new-version")).to_be_visible(timeout=PATIENCE_MS)
    with phone.expect_navigation():
        phone.locator("#reload").click()
    expect(phone.get_by_test_id("live-badge")).to_contain_text("实时", timeout=PATIENCE_MS)
    assert phone.evaluate("caches.keys()") == ["gz-surveyor-another"]
    expect(phone.get_by_test_id("new-version")).to_be_hidden()


def test_the_way_leads_a_specialist_to_the_hospital_in_the_datum_of_the_map_apps(
    address: str, sign_in: SignIn, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        specialist = Unit(id="P1", name="人伤专员1", role=Role.SPECIALIST, standby=Position(113.33, 23.12))
        store = PostgisFleet(connection)
        store.save_units([specialist])
        store.record_fixes([Fix(unit_id="P1", position=specialist.standby, at=datetime.now(UTC))], datetime.now(UTC))
        accounts.save(connection, Account("specialist", "surveyor", "P1"), PASSWORD)
    with signed_in(address, "dispatcher") as desk:
        incident = desk.post("/v1/reports", json={"text": f"{REPORT},一人受伤"}).json()["id"]
        named = {"text": "中山大学附属第一医院", "point": {"lon": 113.285, "lat": 23.127}}
        desk.post(f"/v1/incidents/{incident}/hospital", json=named).raise_for_status()
        desk.post(f"/v1/incidents/{incident}/assignments", json={"role": "specialist"}).raise_for_status()
        shown = desk.get(f"/v1/incidents/{incident}").json()
    stop = shown["assignments"][0]["next_stop"]
    assert stop["kind"] == "hospital"
    phone = sign_in(address, "specialist", "/surveyor", viewport=PHONE, has_touch=True)
    expect(phone.get_by_test_id("goes-to")).to_contain_text(stop["name"], timeout=PATIENCE_MS)
    links = phone.get_by_test_id("ways").locator("a").evaluate_all("all => all.map((a) => a.href)")
    assert len(links) == 4
    for link in links:
        assert f"{stop['gcj02_lon']:.6f}" in link
        assert f"{stop['gcj02_lat']:.6f}" in link
    assert "coordinate=gaode" in links[0]
    assert "coord_type=gcj02" in links[1]


@pytest.mark.usefixtures("long_offers")
def test_an_offer_counts_down_and_sounds_once_the_page_was_touched(address: str, sign_in: SignIn) -> None:
    phone = open_phone(address, sign_in)
    expect(phone.get_by_test_id("sound")).to_be_visible()
    phone.get_by_test_id("sound").click()
    expect(phone.get_by_test_id("sound")).to_be_hidden()
    offer(address)
    left = phone.get_by_test_id("answer-left")
    expect(left).to_contain_text(re.compile(r"5\d:\d\d"), timeout=PATIENCE_MS)
    expect(left).not_to_have_text(left.inner_text())  # it counts
    expect(phone).to_have_title(re.compile("新派单"), timeout=PATIENCE_MS)
    phone.get_by_test_id("offer-decline").click()
    phone.get_by_text("车辆故障").click()
    phone.get_by_test_id("decline-send").click()
    expect(phone.get_by_test_id("no-job")).to_be_visible()
    left_to_send(phone, 0)
    expect(phone.get_by_test_id("day-job")).to_contain_text("车辆故障", timeout=PATIENCE_MS)

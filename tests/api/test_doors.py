"""Every door tried by every seat against what is another's: refused, or an answer that does not name it."""

from collections.abc import Iterator
from typing import Any

import pytest
from access_world import OTHER, OTHER_NAMES, PHONES, PLATES, SHOPS, SURVEYORS, TOWS, WORDS, Case, World, build
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from starlette.routing import Route

from api.access.doors import DOORS, OPEN
from api.credentials.security import ROLES, Account
from api.main import ROUTERS
from geo_data.database import transaction
from geo_data.tables.access_schema import KINDS

FOREIGN_TO = ("surveyor", "driver one", "client one", "shop one", "tow one", "administrator", "nobody")
OWN_WORK = {path for (_, path), seats in DOORS.items() if seats == {"administrator"}}  # see test_administration
STREAMS = ("/v1/live", "/v1/cases/{token}/live")  # never end; see test_access_fields
NEW_REPORTS = (("POST", "/v1/caller/reports"), ("POST", "/v1/queue/caller-reports"))
APART = (
    ("DELETE", "/v1/session"),  # ends the session that knocks
    ("GET", "/ready"),  # not ready: no background runs here
    ("GET", "/metrics"),  # for the monitoring, whoever is signed in
)
MADE_APART = "/management/report"  # in a process of its own, with plates masked: tests/api/test_service_reports.py
QUERY = {
    "q": WORDS[OTHER], "text": "猎德大道", "lon": "113.33", "lat": "23.12", "form": "csv", "hours": "24", "client": WORDS[OTHER],
    "unit": SURVEYORS[OTHER],
}  # fmt: skip
BODY: dict[str, Any] = {
    "reason": "试", "code": "other", "kind": "break", "text": "试", "means": "telephone", "words": "试", "lon": 113.3,
    "lat": 23.1, "organisation": "试", "in_force_at": "2026-01-01T00:00:00+08:00", "unit_id": SURVEYORS[OTHER], "name": "试",
    "answered_by": "试", "username": "nobody", "password": "x",
    "fixes": [{"unit_id": SURVEYORS[OTHER], "lon": 113.3, "lat": 23.1, "at": "2026-11-22T08:00:00+08:00"}],
}  # fmt: skip


def doors() -> Iterator[tuple[str, str]]:
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, Route | APIRoute):
                for method in sorted((route.methods or set()) - {"HEAD"}):
                    yield method, route.path


@pytest.fixture
def world(client: TestClient, fleet: Engine) -> World:
    return build(client, fleet)


def address(path: str, case: Case) -> str:
    return path.format(
        incident_id=case.id, assignment_id=case.jobs[0], unit_id=SURVEYORS[OTHER], client_id=case.client_id,
        condition_id="x", device_id=case.device_id, z=11, x=1667, y=888, sha256=case.photo, number=1, kind="vehicles",
        token="of nobody", size="192", name="client other", organisation_id="client-2", session_id=case.device_id,
    )  # fmt: skip


def canaries(name: str, case: Case) -> list[str]:
    found = [case.id, PLATES[OTHER], PHONES[OTHER], WORDS[OTHER], case.photo]
    if name != "administrator":  # whose work units, shops and organisations are
        found += [SURVEYORS[OTHER], TOWS[OTHER], SHOPS[OTHER], *OTHER_NAMES]
    return found


def knock(client: TestClient, method: str, path: str, case: Case, who: dict[str, str]) -> tuple[int, str]:
    sent: dict[str, Any] = {"json": BODY} if method == "POST" else {}
    if path.endswith("/photos") and method == "POST":
        sent = {"content": b"x"}
    answer = client.request(method, address(path, case), headers=who, params=QUERY, follow_redirects=False, **sent)
    client.cookies.clear()
    return answer.status_code, answer.content.decode("utf-8", "replace")


def what_there_is(engine: Engine) -> list[tuple[Any, ...]]:
    """Counts and versions that any change to what is another's would move."""
    with transaction(engine) as connection:
        return [
            tuple(row)
            for query in (
                "SELECT id, version FROM incidents ORDER BY id",
                "SELECT count(*) FROM service_facts WHERE stream NOT LIKE 'house/%'",
                "SELECT unit_id, count(*) FROM fixes GROUP BY 1 ORDER BY 1",
                "SELECT count(*) FROM duty_changes",
                "SELECT count(*) FROM users",
                "SELECT count(*), count(disabled_at) FROM organisations",
            )
            for row in connection.execute(text(query))
        ]


def test_every_door_is_in_the_table_and_the_table_has_no_other() -> None:
    known = set(doors())
    assert known - DOORS.keys() == set(), "classify new routes in api/access/doors.py (docs/access.md)"
    assert DOORS.keys() - known == set()


def test_no_seat_sees_or_changes_what_is_anothers_at_any_door(client: TestClient, fleet: Engine, world: World) -> None:
    case, wrong, tried = world.cases[OTHER], [], 0
    before = what_there_is(fleet)
    for name in FOREIGN_TO:
        who = world.headers.get(name, {})
        seat = "" if name == "nobody" else client.get("/v1/session", headers=who).json()["seat"]
        for method, path in doors():
            if path in STREAMS and (seat in DOORS[method, path] or DOORS[method, path] == OPEN):
                continue
            if (method, path) in (*APART, *NEW_REPORTS, ("DELETE", "/v1/devices/{device_id}")):
                continue  # a stranger's own new report; devices are an administrator's work
            if name == "administrator" and (path == "/v1/devices" or path in OWN_WORK):
                continue
            status, body = knock(client, method, path, case, who)
            tried += 1
            if status >= 500 or (status not in (401, 403, 404) and any(c in body for c in canaries(name, case))):
                wrong.append((name, method, path, status, body[:200]))
            if seat and seat not in DOORS[method, path] and DOORS[method, path] != OPEN and status != 403:
                wrong.append((name, method, path, status, "the table says 403"))
    assert wrong == []
    assert what_there_is(fleet) == before
    assert tried > 800


def test_an_auditor_reads_everything_without_phone_or_plate_and_changes_nothing(
    client: TestClient, fleet: Engine, world: World
) -> None:
    case, who, named, wrong = world.cases[OTHER], world.headers["auditor"], set(), []
    before = what_there_is(fleet)
    for method, path in doors():
        if path in (*STREAMS, MADE_APART) or (method, path) in (*APART, *NEW_REPORTS):
            continue
        status, body = knock(client, method, path, case, who)
        open_to_it = DOORS[method, path] == OPEN or "auditor" in DOORS[method, path]
        if status >= 500 or PLATES[OTHER] in body or PHONES[OTHER] in body or (status == 403) == open_to_it:
            wrong.append((method, path, status, body[:200]))
        named |= {path} if status == 200 and case.id in body else set()
    assert wrong == []
    assert what_there_is(fleet) == before
    assert {"/v1/picture", "/v1/incidents/{incident_id}/events", "/v1/incidents"} <= named


def test_a_route_that_is_in_no_table_opens_to_nobody(client: TestClient, dispatcher: dict[str, str]) -> None:
    kept = DOORS.pop(("GET", "/v1/units"))
    try:
        assert client.get("/v1/units", headers=dispatcher).status_code == 403
    finally:
        DOORS["GET", "/v1/units"] = kept
    assert client.get("/v1/units", headers=dispatcher).status_code == 200


def test_the_database_and_the_program_agree_on_who_sits_where(fleet: Engine) -> None:
    with transaction(fleet) as connection:
        for role in ROLES:
            for kind in KINDS:
                said = connection.execute(text("SELECT gz_seat_of(:r, :k)"), {"r": role, "k": kind}).scalar()
                assert said == Account("x", role, kind=kind).seat, (role, kind)

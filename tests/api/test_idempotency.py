"""A request sent twice counts once, on the real database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, func, select
from without_key import WITHOUT_KEY

from api.access.idempotency import HEADER, REPLAYED, WRITING, OnceRoute
from api.main import ROUTERS
from geo_data.database import transaction
from geo_data.stores.idempotency_store import Answered, Asked, IdempotencyStore, forget_keys
from geo_data.tables.schema import events, idempotency_keys, incidents

Headers = dict[str, str]
REPORT = {"text": "天河区黄埔大道西与猎德大道交叉口,两车追尾"}
ASKED = Asked("POST", "/v1/reports", "00")


def keyed(who: Headers, key: str | None = None) -> Headers:
    return {**who, HEADER: key or str(uuid4())}


def count(engine: Engine, table: Any) -> int:
    with transaction(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_same_key_gives_the_same_answer_and_does_nothing_again(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    headers = keyed(dispatcher)
    first, second = (client.post("/v1/reports", json=REPORT, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert (REPLAYED in first.headers, second.headers[REPLAYED]) == (False, "true")
    assert first.json() == second.json()
    assert count(fleet, incidents) == 1


@pytest.mark.parametrize("change", ["body", "path"])
def test_the_same_key_for_another_request_is_refused(client: TestClient, dispatcher: Headers, change: str) -> None:
    headers = keyed(dispatcher)
    incident = client.post("/v1/reports", json=REPORT, headers=headers).json()["id"]
    again = (
        client.post("/v1/reports", json={"text": "另一起"}, headers=headers)
        if change == "body"
        else client.post(f"/v1/incidents/{incident}/assignments", json=REPORT, headers=headers)
    )
    assert again.status_code == 422
    assert HEADER in again.json()["detail"]


def test_a_key_belongs_to_its_account(client: TestClient, dispatcher: Headers, surveyor: Headers) -> None:
    key = str(uuid4())
    duty = {"kind": "break"}
    mine = client.post("/v1/units/S000/duty", json=duty, headers=keyed(surveyor, key))
    theirs = client.post("/v1/units/S000/duty", json=duty, headers=keyed(dispatcher, key))
    assert (mine.status_code, theirs.status_code) == (200, 200)
    assert REPLAYED not in theirs.headers
    assert client.post("/v1/units/S000/duty", json=duty, headers={HEADER: key}).status_code == 401


def test_a_refused_request_may_be_tried_again_with_its_key(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    headers = keyed(dispatcher)
    path = "/v1/units/S000/duty"
    assert client.post(path, json={"kind": "nonsense"}, headers=headers).status_code == 422
    assert count(fleet, idempotency_keys) == 0
    assert client.post(path, json={"kind": "break"}, headers=headers).status_code == 200


def test_a_key_that_is_no_uuid_is_refused(client: TestClient, dispatcher: Headers) -> None:
    answer = client.post("/v1/reports", json=REPORT, headers=keyed(dispatcher, "twice"))
    assert (answer.status_code, HEADER in answer.json()["detail"]) == (422, True)


def test_duplicates_at_once_run_once_and_all_hear_the_answer(
    client: TestClient, dispatcher: Headers, surveyor: Headers, fleet: Engine
) -> None:
    incident = client.post("/v1/reports", json=REPORT, headers=dispatcher).json()["id"]
    offered = client.post(f"/v1/incidents/{incident}/assignments", json={}, headers=dispatcher).json()
    job = offered["assignments"][0]
    headers = keyed(surveyor)

    def accept(_: int) -> Response:
        return client.post(f"/v1/assignments/{job['id']}/accept", headers=headers)

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(accept, range(6)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    assert sum(REPLAYED not in a.headers for a in answers) == 1
    with transaction(fleet) as connection:
        accepted = select(func.count()).where(events.c.kind == "AssignmentAccepted")
        assert connection.execute(accepted).scalar_one() == 1


def test_a_second_claim_waits_for_the_first_and_takes_over_where_that_failed(database_engine: Engine) -> None:
    key, now = uuid4(), datetime.now(UTC)

    def claim() -> bool:
        with transaction(database_engine) as connection:
            return IdempotencyStore(connection, "s").claim(key, ASKED, now)

    with ThreadPoolExecutor(1) as pool:
        with database_engine.connect() as first, first.begin() as work:
            assert IdempotencyStore(first, "s").claim(key, ASKED, now)
            second = pool.submit(claim)
            work.rollback()
        assert second.result(timeout=300) is True


@pytest.mark.parametrize("after", [timedelta(days=8), timedelta(days=6)])
def test_old_keys_are_forgotten(database_engine: Engine, after: timedelta) -> None:
    key, now = uuid4(), datetime.now(UTC)
    with transaction(database_engine) as connection:
        store = IdempotencyStore(connection, "s")
        store.claim(key, ASKED, now)
        store.keep(key, Answered(200, "application/json", b"{}"))
        assert forget_keys(connection, now + after - timedelta(days=7)) == (after > timedelta(days=7))
        assert (store.found(key) is None) == (after > timedelta(days=7))


def test_every_route_that_writes_heeds_the_key() -> None:
    routes = [route for r in ROUTERS for route in r.routes]
    assert all(isinstance(route, APIRoute) for route in routes)  # a router inside another would not be looked into
    writing = [route for route in routes if isinstance(route, APIRoute) and WRITING & route.methods]
    assert len(writing) > 20
    assert [r.path for r in writing if not isinstance(r, OnceRoute) and r.path not in WITHOUT_KEY] == []


Step = Callable[[str, dict[str, Any]], Response]


@pytest.fixture
def step(client: TestClient, dispatcher: Headers, surveyor: Headers) -> Step:
    """Take a step of a job that is offered first, as the surveyor's phone does."""
    incident = client.post("/v1/reports", json=REPORT, headers=dispatcher).json()["id"]
    offered = client.post(f"/v1/incidents/{incident}/assignments", json={}, headers=dispatcher).json()
    job = offered["assignments"][0]["id"]
    return lambda name, body: client.post(f"/v1/assignments/{job}/{name}", json=body, headers=surveyor)


def test_captured_steps_are_shown_as_sent_later_and_in_the_day_s_list(
    client: TestClient, step: Step, surveyor: Headers, dispatcher: Headers
) -> None:
    offered = client.get("/v1/units/S000/assignments", headers=surveyor).json()[0]["assignments"][0]
    due = datetime.fromisoformat(offered["answer_due_at"]) - datetime.fromisoformat(offered["offered_at"])
    assert due == timedelta(seconds=90)
    now = datetime.now(UTC)
    early = {"captured_at": (now - timedelta(hours=2)).isoformat(), "offline": True, "skew_s": -3.5}
    taken = step("accept", {"captured": early}).json()["assignments"][0]
    (later,) = taken["sent_later"]
    assert {k: later[k] for k in ("step", "offline", "skew_s", "doubt", "doubt_label")} == {
        "step": "accepted", "offline": True, "skew_s": -3.5, "doubt": "before_last_step", "doubt_label": "早于上一步",
    }  # fmt: skip
    assert datetime.fromisoformat(taken["accepted_at"]) > now  # claimed before the offer: the receipt counts
    assert step("depart", {}).status_code == 200
    step("arrive", {"captured": {"captured_at": datetime.now(UTC).isoformat()}})
    assert step("clear", {}).status_code == 200
    (job,) = client.get("/v1/units/S000/day", headers=surveyor).json()
    assert (job["status"], job["verdict"], job["sent_later"]) == ("cleared", "kept", True)
    assert client.get("/v1/units/S001/day", headers=surveyor).status_code == 403
    assert client.get("/v1/units/S000/day", headers=dispatcher).json() == [job]


def test_the_next_stop_is_the_hospital_for_a_specialist_and_carries_gcj02(
    client: TestClient, dispatcher: Headers, step: Step
) -> None:
    shown = client.get("/v1/picture", headers=dispatcher).json()["incidents"][0]
    stop = shown["assignments"][0]["next_stop"]
    assert (stop["kind"], stop["lon"]) == ("scene", shown["location"]["lon"])
    assert 0.003 < stop["gcj02_lon"] - stop["lon"] < 0.007  # some 500 m to the east in Guangzhou


def test_a_break_captured_without_signal_counts_from_then(client: TestClient, surveyor: Headers) -> None:
    began = datetime.now(UTC) - timedelta(minutes=20)
    body = {"kind": "break", "captured": {"captured_at": began.isoformat(), "offline": True}}
    unit = client.post("/v1/units/S000/duty", json=body, headers=surveyor).json()
    assert unit["status"] == "on_break"
    assert datetime.fromisoformat(unit["duty_until"]) == began + timedelta(hours=1)

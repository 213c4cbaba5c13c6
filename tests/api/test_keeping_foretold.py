"""The background foretells each report a moment after it was taken."""

from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.service import keeping_foretold
from api.service.keeping_foretold import foretell_once
from api.wiring import event_log
from dispatch.desk import Desk
from dispatch.events import ArrivalForeseen
from dispatch.foretelling import foretell
from dispatch.incident import Incident
from geo_data.database import transaction
from geo_data.stores.unforetold import unforetold

Headers = dict[str, str]


def report(client: TestClient, dispatcher: Headers, text: str = "天河路体育西路口两车追尾") -> str:
    told = {"text": text, "channel": "telephone"}
    return str(client.post("/v1/reports", json=told, headers=dispatcher).raise_for_status().json()["id"])


def stands(incident_id: str) -> Incident:
    with event_log() as log:
        return log.incident(incident_id)


def test_a_report_is_foretold_once_from_outside_its_request(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    began, taken = datetime.now(UTC), report(client, dispatcher)
    assert stands(taken).foreseen is None
    for _ in range(2):
        foretell_once(fleet, datetime.now(UTC), set())
    foreseen = stands(taken).foreseen
    assert foreseen is not None
    assert foreseen.p_kept is not None
    with event_log() as log:
        told = [e for e in log.history(taken) if isinstance(e, ArrivalForeseen)]
    assert len(told) == 1
    with transaction(fleet) as connection:
        assert unforetold(connection, began, 10) == []


def test_only_what_has_a_place_and_nobody_on_the_way_waits_and_the_newest_comes_first(
    client: TestClient, dispatcher: Headers, fleet: Engine
) -> None:
    began = datetime.now(UTC)
    report(client, dispatcher, "撞车了,不知道在哪里")
    offered, older, newer = (report(client, dispatcher) for _ in range(3))
    client.post(
        f"/v1/incidents/{offered}/assignments", json={"role": "surveyor"}, headers=dispatcher
    ).raise_for_status()
    with transaction(fleet) as connection:
        assert unforetold(connection, began, 10) == [newer, older]
        assert unforetold(connection, began, 1) == [newer]
        assert unforetold(connection, datetime.now(UTC), 10) == []


def test_one_that_cannot_be_foretold_holds_up_no_other_and_is_not_tried_again(
    client: TestClient,
    dispatcher: Headers,
    fleet: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    good, bad = report(client, dispatcher), report(client, dispatcher)

    def foretell_all_but_one(desk: Desk, incident_id: str, now: datetime) -> None:
        if incident_id == bad:
            raise ArithmeticError
        foretell(desk, incident_id, now)

    monkeypatch.setattr(keeping_foretold, "foretell", foretell_all_but_one)
    given_up: set[str] = set()
    assert [foretell_once(fleet, datetime.now(UTC), given_up) for _ in range(2)] == [2, 0]
    assert given_up == {bad}
    assert stands(good).foreseen is not None
    assert bad in caplog.text

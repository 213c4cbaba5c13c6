"""Duty, alarms, back-ups and replacement over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api import wiring
from dispatch.location import Position
from dispatch.unit import Fix, Unit
from dispatch.vocabulary import Role
from dispatch.watch import watch
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

Headers = dict[str, str]
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
AWAY = Position(113.35, 23.13)


@pytest.fixture
def backups(fleet: Engine) -> None:
    """Two back-ups near the scene."""
    now = datetime.now(UTC)
    people = [
        Unit(id=f"B{n}", name=f"后备{n}", role=Role.SURVEYOR, standby=AWAY, backup_rank=n, contacts=("138", "微信"))
        for n in (1, 2)
    ]
    with transaction(fleet) as connection:
        store = PostgisFleet(connection)
        store.save_units(people)
        store.record_fixes([Fix(unit_id=p.id, position=AWAY, at=now) for p in people], now)


def report(client: TestClient, who: Headers) -> dict[str, Any]:
    taken: dict[str, Any] = client.post("/v1/reports", json={"text": REPORT}, headers=who).json()
    return taken


def watched(fleet: Engine, **later: float) -> None:
    """One pass of the desk's watch, later."""
    with transaction(fleet) as connection:
        watch(wiring.ground().live_desk(connection), datetime.now(UTC) + timedelta(**later))


def test_a_surveyor_takes_a_break_and_is_offered_nothing(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    unit = client.post("/v1/units/S000/duty", json={"kind": "break"}, headers=surveyor).json()
    assert (unit["status"], unit["duty"], unit["on_shift"]) == ("on_break", "break", True)
    incident = report(client, dispatcher)
    advice = client.get(f"/v1/incidents/{incident['id']}/recommendation", headers=dispatcher).json()
    assert {"unit_id": "S000", "reason": "on_break"}.items() <= advice["refused"][0].items()
    assert client.post("/v1/units/S000/duty", json={"kind": "on"}, headers=surveyor).json()["status"] == "idle"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/units/S001/duty", {"kind": "off"}, 403),
        ("/v1/units/S000/duty", {"kind": "called_up"}, 422),
        ("/v1/units/S000/duty", {"kind": "off", "until": "2020-01-01T00:00:00+08:00"}, 422),
        ("/v1/units/S000/duty", {"kind": "off", "until": "2030-01-01T00:00:00"}, 422),
        ("/v1/units/S000/duty", {"kind": "break", "until": "2199-12-31T00:00:00+08:00"}, 422),
        ("/v1/units/S000/duty", {"kind": "on", "until": "2199-12-31T00:00:00+08:00"}, 422),
    ],
)
def test_what_a_surveyor_may_not_say_of_duty_is_refused(
    client: TestClient, surveyor: Headers, path: str, body: dict[str, str], status: int
) -> None:
    assert client.post(path, json=body, headers=surveyor).status_code == status


def test_an_unknown_kind_of_duty_is_told_which_there_are(client: TestClient, surveyor: Headers) -> None:
    told = client.post("/v1/units/S000/duty", json={"kind": "lunch"}, headers=surveyor).json()["detail"]
    assert all(word in told for word in ("'on'", "'off'", "'break'"))
    assert "DutyKind" not in told


def test_a_mocked_position_keeps_a_unit_out_and_is_shown(client: TestClient, dispatcher: Headers) -> None:
    fix = {"unit_id": "S000", "lon": 113.3297, "lat": 23.1196, "at": datetime.now(UTC).isoformat(), "mocked": True}
    assert client.post("/v1/positions", json={"fixes": [fix]}, headers=dispatcher).json()["taken"] == 1
    incident = report(client, dispatcher)
    advice = client.get(f"/v1/incidents/{incident['id']}/recommendation", headers=dispatcher).json()
    assert ("S000", "疑似虚拟定位") in [(r["unit_id"], r["reason_label"]) for r in advice["refused"]]
    assert client.get("/v1/units/S000", headers=dispatcher).json()["mocked"] is True


def test_an_incident_nobody_is_sent_to_stands_on_the_board_with_who_could_go(
    client: TestClient, dispatcher: Headers, surveyor: Headers, fleet: Engine
) -> None:
    incident = report(client, dispatcher)
    watched(fleet, seconds=125)
    (alarm,) = client.get("/v1/exceptions", headers=dispatcher).json()
    assert (alarm["incident_id"], alarm["risk"], alarm["risk_label"]) == (incident["id"], "unassigned", "无人接单")
    assert alarm["proposal"]["unit_id"] == "S000"
    assert "建议派查勘员000" in alarm["sentence"]
    assert client.get("/v1/exceptions", headers=surveyor).status_code == 403
    client.post(f"/v1/incidents/{incident['id']}/assignments", json={}, headers=dispatcher)
    assert client.get("/v1/exceptions", headers=dispatcher).json() == []


def test_back_ups_are_called_in_order(client: TestClient, dispatcher: Headers, backups: None) -> None:
    incident = report(client, dispatcher)
    path = f"/v1/incidents/{incident['id']}/backup"
    assert [b["unit_id"] for b in client.get("/v1/backups", headers=dispatcher).json()] == ["B1", "B2"]
    assert client.post(path, json={}, headers=dispatcher).status_code == 422  # the staff can keep it: why?
    client.post(path, json={"reason": "暴雨", "reached": False}, headers=dispatcher)
    assert client.post(path, json={"reason": "暴雨"}, headers=dispatcher).status_code == 200
    assert client.get("/v1/units/B2", headers=dispatcher).json()["duty"] == "called_up"
    assert client.post(path, json={"reason": "暴雨"}, headers=dispatcher).status_code == 409
    offered = client.post(
        f"/v1/incidents/{incident['id']}/assignments", json={"unit_id": "B2", "reason": "暴雨"}, headers=dispatcher
    )
    assert offered.json()["assignments"][0]["unit_id"] == "B2"


def test_a_replacement_waits_for_the_client_and_then_goes_over(client: TestClient, dispatcher: Headers) -> None:
    incident = report(client, dispatcher)
    job = client.post(f"/v1/incidents/{incident['id']}/assignments", json={}, headers=dispatcher).json()["assignments"]
    path = f"/v1/assignments/{job[0]['id']}/replacement"
    body = {"unit_id": "S001", "reason": "家中急事", "handover": "已拍照,待定损"}
    waiting = client.post(path, json=body, headers=dispatcher).json()["assignments"][0]["replacement"]
    assert {k: waiting[k] for k in ("new_unit_id", "handover")} == {"new_unit_id": "S001", "handover": "已拍照,待定损"}
    after = client.post(f"{path}/decision", json={"approved": True, "consent_of": "张队"}, headers=dispatcher).json()
    assert [(a["unit_id"], a["status"]) for a in after["assignments"]] == [("S000", "released"), ("S001", "offered")]

"""Devices with a token of their own: issued once, heard for one unit, bounded, shut out."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from api.cli import app
from dispatch.unit import Fix
from geo_data.database import transaction
from geo_data.stores.device_store import AT_ONCE, PER_S, PostgisDevices
from geo_data.stores.fleet_store import PostgisFleet

Headers = dict[str, str]
LAT, LON = 23.1301, 113.3402


def issued(client: TestClient, who: Headers, unit_id: str = "S000") -> dict[str, Any]:
    answer = client.post("/v1/devices", json={"unit_id": unit_id, "name": "李的手机"}, headers=who)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def query(token: str, **changes: object) -> Mapping[str, str]:
    plain = {"id": token, "lat": LAT, "lon": LON, "timestamp": int(datetime.now(UTC).timestamp()), "accuracy": 5}
    return {name: str(value) for name, value in (plain | changes).items()}


def track(fleet: Engine, unit_id: str = "S000") -> list[Fix]:
    """Fixes of a unit, without the one its test began with."""
    with transaction(fleet) as connection:
        found = PostgisFleet(connection).track(unit_id, datetime.now(UTC) - timedelta(days=8))
    return [fix for fix in found if fix.accuracy_m != 10.0]


@pytest.fixture
def token(client: TestClient, dispatcher: Headers) -> str:
    return str(issued(client, dispatcher)["token"])


def test_a_token_is_shown_once_and_kept_nowhere(client: TestClient, manager: Headers, fleet: Engine) -> None:
    made = issued(client, manager)
    assert made["setup"].startswith(f"{made['server']}?id={made['token']}&")
    assert made["server"] == "http://testserver/v1/osmand"
    (listed,) = client.get("/v1/devices", headers=manager).json()
    assert listed == {k: v for k, v in made.items() if k not in ("token", "server", "setup")}
    assert (listed["unit_name"], listed["name"], listed["created_by"]) == ("查勘员000", "李的手机", "manager")
    with transaction(fleet) as connection:
        kept = connection.execute(text("SELECT devices::text FROM devices")).scalar_one()
    assert made["token"] not in kept
    assert made["token"].replace("-", "") not in kept


def test_only_the_desk_lets_devices_in_and_only_for_units_there_are(
    client: TestClient, surveyor: Headers, dispatcher: Headers
) -> None:
    body = {"unit_id": "S000"}
    assert client.post("/v1/devices", json=body, headers=surveyor).status_code == 403
    assert client.get("/v1/devices", headers=surveyor).status_code == 403
    assert client.delete("/v1/devices/1", headers=surveyor).status_code == 403
    assert client.post("/v1/devices", json={"unit_id": "S999"}, headers=dispatcher).status_code == 404
    assert client.delete("/v1/devices/999", headers=dispatcher).status_code == 404


def test_a_fix_by_address_moves_the_unit_and_its_repeat_changes_nothing(
    client: TestClient, dispatcher: Headers, token: str, fleet: Engine
) -> None:
    sent = query(token, speed=10, bearing=90, batt=80, charge="true")
    for _ in range(2):
        answer = client.get("/v1/osmand", params=sent)
        assert (answer.status_code, answer.json()) == (200, {"taken": 1, "refused": []})
    (fix,) = track(fleet)
    assert (fix.position.lat, fix.position.lon, fix.heading_deg) == (LAT, LON, 90.0)
    assert fix.speed_mps == pytest.approx(10 * 1852 / 3600)
    unit = client.get("/v1/units/S000", headers=dispatcher).json()
    assert (unit["lat"], unit["lon"]) == (LAT, LON)
    (device,) = client.get("/v1/devices", headers=dispatcher).json()
    assert (device["battery"], device["charging"]) == (0.8, True)
    assert device["last_seen_at"] is not None


def test_form_and_json_are_taken_as_well(client: TestClient, token: str, fleet: Engine) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    form = query(token, timestamp=f"{now - timedelta(seconds=2):%Y-%m-%d %H:%M:%S}")
    assert client.post("/v1/osmand", data=dict(form)).json()["taken"] == 1
    coords = {"latitude": LAT, "longitude": LON, "accuracy": 5, "speed": 3, "heading": 10, "altitude": 1}
    where = {"timestamp": now.isoformat().replace("+00:00", "Z"), "coords": coords, "mock": True}
    assert client.post("/v1/osmand", json={"location": where, "device_id": token}).json()["taken"] == 1
    first, second = track(fleet)
    assert (first.at, second.at) == (now - timedelta(seconds=2), now)
    assert (first.mocked, second.mocked) == (False, True)


def test_late_fixes_join_the_track_in_order_and_do_not_move_the_unit(
    client: TestClient, dispatcher: Headers, token: str, fleet: Engine
) -> None:
    now = int(datetime.now(UTC).timestamp())
    for age, lat in ((0, LAT), (300, 23.0), (120, 23.05)):
        assert client.get("/v1/osmand", params=query(token, timestamp=now - age, lat=lat)).status_code == 200
    assert [fix.position.lat for fix in track(fleet)] == [23.0, 23.05, LAT]
    assert client.get("/v1/units/S000", headers=dispatcher).json()["lat"] == LAT


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"timestamp": 1_000_000_000}, "早于"),
        ({"timestamp": 4_000_000_000_000}, "校准手机时钟"),
        ({"valid": "false"}, "定位无效"),
        ({"lat": 0, "lon": 0}, "尚无定位"),
    ],
)
def test_what_would_never_be_kept_is_answered_so_that_the_phone_goes_on(
    client: TestClient, token: str, fleet: Engine, changes: dict[str, object], why: str
) -> None:
    answer = client.get("/v1/osmand", params=query(token, **changes))
    assert (answer.status_code, answer.json()["taken"]) == (200, 0)
    assert why in answer.json()["refused"][0]["reason"]
    assert track(fleet) == []


@pytest.mark.parametrize("changes", [{"lat": "x"}, {"timestamp": "x"}, {"mock": "x"}, {"lat": 91}])
def test_garbage_is_refused_with_one_plain_sentence(
    client: TestClient, token: str, fleet: Engine, changes: dict[str, object]
) -> None:
    answer = client.get("/v1/osmand", params=query(token, **changes))
    assert answer.status_code == 400
    assert set(answer.json()) == {"detail", "kind", "request_id"}
    assert token not in answer.text
    assert track(fleet) == []


def test_unknown_missing_and_revoked_ids_get_one_answer_and_move_nothing(
    client: TestClient, dispatcher: Headers, token: str, fleet: Engine
) -> None:
    (device,) = client.get("/v1/devices", headers=dispatcher).json()
    for _ in range(2):  # once more does no harm
        assert client.delete(f"/v1/devices/{device['id']}", headers=dispatcher).json()["revoked_at"] is not None
    answers = [client.get("/v1/osmand", params=query(named)) for named in (token, "", "S000", "x" * 5000, "\0")]
    answers.append(client.get("/v1/osmand"))
    answers.append(client.post("/v1/osmand", json={"location": {}, "device_id": ["x"]}))
    assert {a.status_code for a in answers} == {401}
    assert len({a.json()["detail"] for a in answers}) == 1
    assert track(fleet) == []


def test_a_device_moves_its_own_unit_only(client: TestClient, dispatcher: Headers, fleet: Engine) -> None:
    other = issued(client, dispatcher, "S001")["token"]
    assert client.get("/v1/osmand", params=query(other, unit_id="S000")).json()["taken"] == 1
    assert track(fleet) == []
    assert len(track(fleet, "S001")) == 1


def test_a_device_that_sends_too_much_is_told_to_wait_and_heard_again(
    client: TestClient, dispatcher: Headers, token: str, fleet: Engine
) -> None:
    with transaction(fleet) as connection:
        connection.execute(
            text("UPDATE devices SET allowance = 1, last_seen_at = clock_timestamp() + interval '1 hour'")
        )
    statuses = [client.get("/v1/osmand", params=query(token, lat=lat)).status_code for lat in (LAT, "garbage")]
    busy = client.get("/v1/osmand", params=query(token))
    assert statuses == [200, 429]
    assert busy.headers["Retry-After"] == "30"
    with transaction(fleet) as connection:
        connection.execute(text("UPDATE devices SET last_seen_at = clock_timestamp() - interval '1 min'"))
    assert client.get("/v1/osmand", params=query(token)).status_code == 200


def test_the_allowance_grows_with_time_up_to_a_bound(fleet: Engine) -> None:
    now = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    with transaction(fleet) as connection:
        devices = PostgisDevices(connection)
        devices.issue("S000", "", b"hash", now, by="test")
        burst = [devices.hear(b"hash", now) is not None for _ in range(AT_ONCE + 2)]
        assert burst == [True] * AT_ONCE + [False] * 2
        later = now + timedelta(seconds=10)
        assert sum(devices.hear(b"hash", later) is not None for _ in range(50)) == 10 * PER_S
        year = now + timedelta(days=365)
        assert sum(devices.hear(b"hash", year) is not None for _ in range(AT_ONCE + 5)) == AT_ONCE


def test_a_long_body_is_not_read_to_its_end(client: TestClient) -> None:
    assert client.post("/v1/osmand", content=b"{" + b" " * 100_000).status_code == 413


def test_the_command_line_issues_lists_and_revokes(fleet: Engine) -> None:
    run = CliRunner().invoke
    told = run(app, ["device", "issue", "S000", "--name", "李的手机"])
    assert told.exit_code == 0, told.output
    token = next(word for word in told.output.split() if word.count("-") == 6)
    listed = run(app, ["device", "list"], env={"COLUMNS": "200"}).output
    assert "李的手机" in listed
    assert "使用中" in listed
    assert token not in listed
    with transaction(fleet) as connection:
        number = connection.execute(text("SELECT id FROM devices")).scalar_one()
    assert run(app, ["device", "revoke", str(number)]).exit_code == 0
    assert "已停用" in run(app, ["device", "list"], env={"COLUMNS": "200"}).output
    assert run(app, ["device", "issue", "S999"]).exit_code != 0


def test_the_json_of_a_refusal_holds_no_token(client: TestClient, token: str) -> None:
    answer = client.get("/v1/osmand", params=query(token, valid="false"))
    assert token not in json.dumps(answer.json())

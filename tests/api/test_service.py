"""The HTTP service: one accident from report to audit, and what happens with bad input."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, func, select

from api import wiring
from geo_data.database import engine
from geo_data.tables import schema

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"
Headers = dict[str, str]


def report(client: TestClient, who: Headers, **more: Any) -> dict[str, Any]:
    answer = client.post("/v1/reports", json={"text": REPORT, **more}, headers=who)
    assert answer.status_code == 201, answer.text
    taken: dict[str, Any] = answer.json()
    return taken


def assign(client: TestClient, who: Headers, incident: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post(f"/v1/incidents/{incident['id']}/assignments", json=more, headers=who)
    assert answer.status_code == 201, answer.text
    after: dict[str, Any] = answer.json()
    return after


def stored(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        count: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return count


def test_one_accident_from_report_to_audit(client: TestClient, dispatcher: Headers, surveyor: Headers) -> None:
    incident = report(client, dispatcher, plate="粤A12345")
    assert incident["location"]["district"] == "天河区"
    assert incident["tier"] == "injury"
    assert incident["commitment"]["limit_s"] == 1800

    advice = client.get(f"/v1/incidents/{incident['id']}/recommendation", headers=dispatcher).json()
    assert [o["unit_id"] for o in advice["options"]] == ["S000", "S001", "S002"]
    assert 0.5 < advice["options"][0]["p_kept"] < 1
    assert "S" not in advice["explanation"].split("(")[0]

    job = assign(client, dispatcher, incident)["assignments"][0]
    assert job["unit_id"] == "S000"
    assert [c["unit_id"] for c in job["runners_up"]] == ["S001", "S002"]
    route = client.get(f"/v1/assignments/{job['id']}/route", headers=surveyor).json()
    assert route["geometry"]["type"] == "LineString"

    for step in ("accept", "depart", "arrive", "clear"):
        answer = client.post(f"/v1/assignments/{job['id']}/{step}", headers=surveyor)
        assert answer.status_code == 200, answer.text
    assert (
        client.get(f"/v1/assignments/{job['id']}/route", headers=surveyor).json() is None
    )  # nowhere to drive any more
    assert answer.json()["status"] == "on_scene"  # the specialist is still to come
    waiver = {"role": "specialist", "reason": "伤者拒绝"}
    answer = client.post(f"/v1/incidents/{incident['id']}/waive", json=waiver, headers=dispatcher)
    assert answer.json()["status"] == "closed"
    assert answer.json()["commitment"]["verdict"] == "kept"

    kinds = [e["kind"] for e in client.get(f"/v1/incidents/{incident['id']}/events", headers=dispatcher).json()]
    assert kinds == [
        "IncidentReported", "IncidentLocated", "CommitmentMade", "UnitOffered",
        "AssignmentAccepted", "UnitDeparted", "ArrivalClaimed", "UnitCleared", "NeedWaived", "IncidentClosed",
    ]  # fmt: skip
    audit = client.get("/v1/audit", headers=dispatcher).json()
    assert (audit["totals"]["reported"], audit["totals"]["kept"]) == (1, 1)


def test_what_was_acknowledged_is_in_the_database(client: TestClient, dispatcher: Headers, fleet: Engine) -> None:
    before = stored(fleet, schema.events)
    report(client, dispatcher)
    assert stored(fleet, schema.events) == before + 3


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"text": ""}, "报案内容为空"),
        ({"text": "   "}, "报案内容为空"),
        ({"text": "路" * 2001}, "text"),
        ({}, "text"),
        ({"text": REPORT, "point": {"lon": 113.9, "lat": 22.2}}, "服务范围"),
        ({"text": REPORT, "point": {"lon": 713.9, "lat": 22.2}}, "point.lon"),
        ({"text": REPORT, "point": {"lon": 113.3, "lat": 23.1, "crs": "mars"}}, "crs"),
        ({"text": REPORT, "colour": "red"}, "colour"),
        ({"text": "追\u0000尾"}, ""),
    ],
)
def test_a_bad_report_is_refused_in_words_and_leaves_nothing(
    client: TestClient, dispatcher: Headers, fleet: Engine, body: dict[str, Any], told: str
) -> None:
    answer = client.post("/v1/reports", json=body, headers=dispatcher)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
    assert stored(fleet, schema.events) == stored(fleet, schema.incidents) == 0


def test_a_report_without_a_known_place_is_taken_and_waits_for_a_pin(client: TestClient, dispatcher: Headers) -> None:
    incident = report(client, dispatcher, text="就在刚才那个地方,两车追尾")
    assert (incident["status"], incident["location"]) == ("unlocated", None)
    answer = client.get(f"/v1/incidents/{incident['id']}/recommendation", headers=dispatcher)
    assert (answer.status_code, "定位" in answer.json()["detail"]) == (422, True)
    pinned = client.post(
        f"/v1/incidents/{incident['id']}/location", json={"lon": 113.33, "lat": 23.12}, headers=dispatcher
    )
    assert pinned.json()["status"] == "waiting"


def test_a_phones_gcj02_point_is_converted_at_the_door(client: TestClient, dispatcher: Headers) -> None:
    point = {"lon": 113.335, "lat": 23.117, "crs": "gcj02", "accuracy_m": 20}
    place = report(client, dispatcher, text="追尾了,快来人", point=point)["location"]
    assert place["lon"] == pytest.approx(113.3297, abs=2e-4)
    assert place["lat"] == pytest.approx(23.1196, abs=2e-4)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/incidents/GZ000000-00000", 404),
        ("/v1/units/S999", 404),
        ("/v1/units/S999/assignments", 404),
        ("/v1/assignments/GZ000000-00000-1/route", 404),
        ("/v1/audit?since=yesterday", 422),
        ("/v1/audit?hours=-1", 422),
        ("/v1/nothing", 404),
        ("/tiles/1/99/99.mvt", 422),
    ],
)
def test_unknown_things_and_bad_dates_get_their_status_and_a_sentence(
    client: TestClient, dispatcher: Headers, path: str, status: int
) -> None:
    answer = client.get(path, headers=dispatcher)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_a_unit_that_is_bound_cannot_be_bound_again(client: TestClient, dispatcher: Headers) -> None:
    assign(client, dispatcher, report(client, dispatcher))
    second = report(client, dispatcher)
    answer = client.post(
        f"/v1/incidents/{second['id']}/assignments", json={"unit_id": "S000", "reason": "最近"}, headers=dispatcher
    )
    assert (answer.status_code, "有未完成任务" in answer.json()["detail"]) == (409, True)
    assert assign(client, dispatcher, second)["assignments"][0]["unit_id"] in {"S001", "S002"}


def test_a_double_tap_is_refused_without_harm(client: TestClient, dispatcher: Headers, surveyor: Headers) -> None:
    job = assign(client, dispatcher, report(client, dispatcher))["assignments"][0]["id"]
    answers = [client.post(f"/v1/assignments/{job}/accept", headers=surveyor).status_code for _ in range(2)]
    assert answers == [200, 409]


def test_positions_move_a_unit_and_bad_ones_are_listed(client: TestClient, dispatcher: Headers) -> None:
    now = datetime.now(UTC)
    fixes = [
        {"unit_id": "S001", "lon": 113.30, "lat": 23.10, "at": (now + timedelta(seconds=1)).isoformat()},
        {"unit_id": "S001", "lon": 113.31, "lat": 23.10, "at": (now + timedelta(hours=1)).isoformat()},
        {"unit_id": "S999", "lon": 113.31, "lat": 23.10, "at": now.isoformat()},
    ]
    answer = client.post("/v1/positions", json={"fixes": fixes}, headers=dispatcher).json()
    assert (answer["taken"], len(answer["refused"])) == (1, 2)
    assert client.get("/v1/units/S001", headers=dispatcher).json()["lon"] == 113.30


def test_the_picture_holds_open_incidents_units_and_the_roads_in_use(client: TestClient, dispatcher: Headers) -> None:
    incident = report(client, dispatcher)
    picture = client.get("/v1/picture", headers=dispatcher).json()
    assert [i["id"] for i in picture["incidents"]] == [incident["id"]]
    assert {u["id"] for u in picture["units"]} == {"S000", "S001", "S002", "T01"}
    assert picture["network"]["schematic"] is True


def test_the_database_away_is_said_as_503_with_when_to_try_again(
    client: TestClient, dispatcher: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = engine("postgresql://nobody:nothing@127.0.0.1:1/none")
    with monkeypatch.context() as away:
        away.setattr(wiring, "database", lambda: nowhere)
        answer = client.post("/v1/session", json={"username": "dispatcher", "password": "x"})
        alive = client.get("/health")
    assert (answer.status_code, answer.json()["kind"], answer.headers["Retry-After"]) == (503, "Unavailable", "2")
    assert alive.json() == {"status": "ok"}  # a worker is not started anew because the database is away


def test_a_dispatcher_reassigns_in_one_step(client: TestClient, dispatcher: Headers) -> None:
    job = assign(client, dispatcher, report(client, dispatcher))["assignments"][0]["id"]
    answer = client.post(f"/v1/assignments/{job}/reassign", json={"reason": "车辆故障"}, headers=dispatcher)
    old, new = answer.json()["assignments"]
    assert (old["status"], new["unit_id"] in {"S001", "S002"}) == ("released", True)


def test_an_override_is_explained_as_the_dispatchers_choice(client: TestClient, dispatcher: Headers) -> None:
    after = assign(client, dispatcher, report(client, dispatcher), unit_id="S002", reason="熟悉该路段")
    assert after["assignments"][0]["explanation"].startswith("调度员指定查勘员002")
    assert "熟悉该路段" in after["assignments"][0]["explanation"]


def test_an_audit_says_its_period(client: TestClient, dispatcher: Headers) -> None:
    whole = client.get("/v1/audit", headers=dispatcher).json()["period"]
    day = client.get("/v1/audit?hours=24", headers=dispatcher).json()["period"]
    assert "全部记录" in whole
    assert "全部记录" not in day
    assert client.get("/v1/audit?since=2026-11-22&until=2026-11-01", headers=dispatcher).status_code == 422


def test_the_heatmap_is_a_page_of_its_own_that_asks_nobody_outside(client: TestClient, dispatcher: Headers) -> None:
    report(client, dispatcher)
    for cells in ("h3", "district"):
        answer = client.get(f"/management/heatmap?by={cells}", headers=dispatcher)
        assert answer.status_code == 200
        assert "nonce-" in answer.headers["content-security-policy"]
        assert "示意路网" in answer.text


def test_an_arrival_claimed_far_from_the_scene_is_not_kept(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    job = assign(client, dispatcher, report(client, dispatcher))["assignments"][0]["id"]
    for step in ("accept", "depart"):
        client.post(f"/v1/assignments/{job}/{step}", headers=surveyor)
    far = {"point": {"lon": 113.60, "lat": 23.30}}
    after = client.post(f"/v1/assignments/{job}/arrive", json=far, headers=surveyor).json()
    assert (after["status"], after["commitment"]["verdict"]) == ("on_scene", "missed")
    assert client.get("/v1/audit", headers=dispatcher).json()["not_judged"] == {"claimed_away_from_scene": 1}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/audit?until=9999-12-31", None),
        ("GET", "/v1/incidents/%00", None),
        ("GET", "/v1/assignments/%00/route", None),
        ("GET", "/v1/geocode?text=x&lon=113.3", None),
        ("POST", "/v1/session", {"username": "\0", "password": "x"}),
        ("POST", "/v1/positions", {"fixes": [{"unit_id": "\0", "lon": 113, "lat": 23, "at": "2026-11-22T08:00:00Z"}]}),
        (
            "POST",
            "/v1/positions",
            {"fixes": [{"unit_id": "S1", "lon": 113, "lat": 23, "at": "9999-12-31T23:00:00-12:00"}]},
        ),
        (
            "POST",
            "/v1/positions",
            {"fixes": [{"unit_id": "S1", "lon": 113, "lat": 23, "at": "0001-01-01T00:00:00+12:00"}]},
        ),
    ],
)
def test_values_nobody_can_store_are_refused_and_never_an_internal_error(
    client: TestClient, dispatcher: Headers, method: str, path: str, body: Any
) -> None:
    answer = client.request(method, path, json=body, headers=dispatcher)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_an_unknown_unit_cannot_be_assigned_and_is_named_as_unknown(client: TestClient, dispatcher: Headers) -> None:
    incident = report(client, dispatcher)["id"]
    answer = client.post(
        f"/v1/incidents/{incident}/assignments", json={"unit_id": "S999", "reason": "近"}, headers=dispatcher
    )
    assert answer.status_code == 404


def test_a_vague_place_spreads_the_arrival(client: TestClient, dispatcher: Headers) -> None:
    def spread_s(text: str) -> float:
        key = report(client, dispatcher, text=text)["id"]
        options = client.get(f"/v1/incidents/{key}/recommendation", headers=dispatcher).json()["options"]
        return float(next(o["eta_p90_s"] - o["travel_s"] for o in options if o["unit_id"] == "S000"))

    assert spread_s("天河区") > spread_s(REPORT) + 60

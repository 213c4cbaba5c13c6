"""Windows and standby posts over HTTP, on a real PostGIS."""

from datetime import UTC, datetime

from fastapi.testclient import TestClient
from sqlalchemy import Engine

from dispatch.location import Position
from dispatch.unit import Fix
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

Headers = dict[str, str]
CROSSING = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
ZENGCHENG = Position(113.81, 23.26)


def see(engine: Engine, **at: Position) -> None:
    now = datetime.now(UTC)
    with transaction(engine) as connection:
        PostgisFleet(connection).record_fixes([Fix(unit_id=k, position=p, at=now) for k, p in at.items()], now)


def report(client: TestClient, who: Headers, at: Position) -> str:
    key: str = client.post("/v1/reports", json={"text": CROSSING}, headers=who).json()["id"]
    client.post(f"/v1/incidents/{key}/location", json={"lon": at.lon, "lat": at.lat}, headers=who)
    return key


def surveyor_of(client: TestClient, who: Headers, incident_id: str) -> list[str]:
    shown = client.get(f"/v1/incidents/{incident_id}", headers=who).json()
    return [a["unit_id"] for a in shown["assignments"] if a["status"] == "offered"]


def test_a_window_is_proposed_and_accepted_incident_by_incident(client: TestClient, dispatcher: Headers) -> None:
    a, b = (report(client, dispatcher, Position(lon, 23.13)) for lon in (113.36, 113.27))
    found = {p["incident_id"]: p for p in client.get("/v1/proposals", headers=dispatcher).json()}
    assert {key: p["options"][0]["unit_id"] for key, p in found.items()} == {a: "S001", b: "S002"}
    assert "道路时间最短" in found[a]["explanation"]
    assert "nearest by road" in found[a]["explanation_in_english"]
    assert client.post(f"/v1/proposals/{a}", headers=dispatcher).status_code == 201
    assert (surveyor_of(client, dispatcher, a), surveyor_of(client, dispatcher, b)) == (["S001"], [])
    again = client.post(f"/v1/proposals/{a}", headers=dispatcher)
    assert (again.status_code, "刷新" in again.json()["detail"]) == (409, True)
    assert client.post("/v1/proposals/GZ000000-1", headers=dispatcher).status_code == 404


def test_an_exchange_is_accepted_as_one(client: TestClient, dispatcher: Headers, fleet: Engine) -> None:
    see(fleet, S000=ZENGCHENG, S002=ZENGCHENG)
    a = report(client, dispatcher, Position(113.30, 23.13))
    client.post(f"/v1/incidents/{a}/assignments", headers=dispatcher)
    see(fleet, S002=Position(113.30, 23.13))
    b = report(client, dispatcher, Position(113.36, 23.13))
    found = client.get("/v1/proposals", headers=dispatcher).json()
    assert {p["incident_id"]: (p["options"][0]["unit_id"], p["replaces"]) for p in found} == {
        a: ("S002", "S001"),
        b: ("S001", None),
    }
    assert len({p["chain"] for p in found}) == 1
    changed = client.post(f"/v1/proposals/{b}?shown=S000", headers=dispatcher)
    assert (changed.status_code, "已变化" in changed.json()["detail"]) == (409, True)
    shown = client.post(f"/v1/proposals/{b}?shown=S001&shown=S002", headers=dispatcher).json()
    assert {i["id"] for i in shown} == {a, b}
    assert (surveyor_of(client, dispatcher, a), surveyor_of(client, dispatcher, b)) == (["S002"], ["S001"])


def test_a_recommendation_says_why_in_both_languages(client: TestClient, dispatcher: Headers) -> None:
    a = report(client, dispatcher, Position(113.36, 23.13))
    advice = client.get(f"/v1/incidents/{a}/recommendation", headers=dispatcher).json()
    assert advice["options"][0]["unit_name"] in advice["explanation"]
    assert advice["options"][0]["unit_name"] in advice["explanation_in_english"]


def test_idle_units_are_advised_to_posts_and_only_staff_may_look(
    client: TestClient, dispatcher: Headers, surveyor: Headers, fleet: Engine
) -> None:
    crowded = Position(113.27, 23.13)
    see(fleet, S000=crowded, S001=crowded, S002=crowded)
    found = client.get("/v1/standby", headers=dispatcher).json()
    assert 0 < found["cover"] < 1
    for one in found["advice"]:
        assert one["unit_name"] in one["explanation"]
        assert one["gain"] >= 0.003
    assert found["advice"][0]["area"]
    for path in ("/v1/standby", "/v1/proposals"):
        assert client.get(path, headers=surveyor).status_code == 403

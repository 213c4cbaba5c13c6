"""No network file, or one that cannot be read: the service works by straight lines, and calls them that everywhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from service import PASSWORD
from sqlalchemy import Engine

from api import wiring
from api.health.degradations import degradations
from api.main import create_app
from api.settings import settings
from dispatch.degradations import Part
from dispatch.prediction.trips import statements_of, trips_of
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

WORDS = "天河区猎德地铁站附近,两车追尾"
Headers = dict[str, str]
OF_ROADS = (wiring.ground, wiring.places, wiring.roads, wiring.track_matcher, wiring.demand_reach, wiring.enquiry)


def _forget() -> None:
    for cached in (*OF_ROADS, settings, degradations):
        cached.cache_clear()


@pytest.fixture(params=["missing", "unreadable", "too old"])
def no_network(
    request: pytest.FixtureRequest, fleet: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    path = tmp_path / "roads.net"
    if request.param == "unreadable":
        path.write_bytes(b"not a network at all")
    if request.param == "too old":
        header = b'{"__metadata__": {"format": "gzdispatch-network-1", "meta": "{}"}}'
        path.write_bytes(len(header).to_bytes(8, "little") + header)
    monkeypatch.setenv("GZ_NETWORK", str(path))
    monkeypatch.setenv("GZ_STATE", str(tmp_path / "state"))
    secret = wiring.secret()
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "secret").write_text(secret)
    _forget()
    yield fleet
    _forget()


@pytest.fixture
def client(no_network: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(), base_url="http://testserver") as made:
        told = made.post("/v1/session", json={"username": "dispatcher", "password": PASSWORD}).raise_for_status().json()
        made.headers["Authorization"] = f"Bearer {told['token']}"
        yield made


def test_without_roads_units_are_ranked_by_straight_line_and_no_chance_is_stated(
    client: TestClient, no_network: Engine
) -> None:
    incident = client.post("/v1/reports", json={"text": WORDS}).raise_for_status().json()
    assert incident["location"]["district"] == "天河区"
    advice = client.get(f"/v1/incidents/{incident['id']}/recommendation").raise_for_status().json()
    assert [one["unit_id"] for one in advice["options"]] == ["S000", "S001", "S002"]
    assert (advice["metric"], {one["p_kept"] for one in advice["options"]}) == ("straight-line", {None})
    assert "直线估算(无路网)" in advice["explanation"]
    assert "straight-line" in advice["explanation_in_english"]
    [job] = client.post(f"/v1/incidents/{incident['id']}/assignments", json={}).raise_for_status().json()["assignments"]
    assert (job["p_kept"], "直线估算(无路网)" in job["explanation"]) == (None, True)
    assert {one["p_kept"] for one in job["runners_up"]} == {None}
    _says_so(client)
    with transaction(no_network) as connection:
        history = PostgisLog(connection).history(incident["id"])
    offered: Any = history[-1]
    assert (offered.metric, offered.chosen.forecast.day_kind) == ("straight-line", "straight")
    assert trips_of(wiring_incident(no_network, incident["id"])) == []
    assert statements_of(history, offered.at) == []


def wiring_incident(engine: Engine, number: str) -> Any:
    with transaction(engine) as connection:
        return PostgisLog(connection).incident(number)


def _says_so(client: TestClient) -> None:
    [away] = client.get("/v1/status").json()["degradations"]
    assert (away["part"], away["label"]) == (Part.NETWORK, "道路网")
    assert "直线估算(无路网)" in away["means"]
    assert client.get("/v1/picture").json()["network"]["title"] == "无路网(人工模式,直线估算)"
    for path in ("/v1/cover/cells", "/v1/heat/cells"):
        answer = client.get(path)
        assert answer.status_code in (404, 422, 503), answer.text

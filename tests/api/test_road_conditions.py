"""Road conditions over HTTP: told by a dispatcher, used by the next request, taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api import wiring
from api.access.dependencies import now
from geo_data.database import transaction

Headers = dict[str, str]
REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)  # a Wednesday, 12:00 in Guangzhou
ROADS = "/v1/road-conditions"
AT_LIEDE = {"lon": 113.3297, "lat": 23.1196, "radius_m": 800}


class Clock:
    """A clock the test sets."""

    at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(client: TestClient) -> Clock:
    made = Clock()
    client.app.dependency_overrides[now] = made  # type: ignore[attr-defined]
    return made


def tell(client: TestClient, who: Headers, *conditions: dict[str, object], reason: str = "") -> dict[str, object]:
    answer = client.post(ROADS, json={"conditions": conditions, "reason": reason}, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def metric(client: TestClient, who: Headers) -> str:
    return str(client.get(ROADS, headers=who).json()["metric"])


def test_a_closure_counts_from_the_next_request_until_it_is_taken_back(
    client: TestClient, clock: Clock, dispatcher: Headers, manager: Headers
) -> None:
    assert metric(client, manager) == "weekday-12"
    told = tell(client, dispatcher, {"kind": "closure", "circle": AT_LIEDE}, reason="路面塌陷")
    (condition,) = told["conditions"]
    assert told["metric"] == metric(client, manager) == "weekday-12+v1"
    assert (condition["holds"], condition["told_by"], condition["reason"]) == (True, "dispatcher", "路面塌陷")
    assert condition["kind_label"] == "封闭"
    assert condition["edges"] > 50
    gone = client.delete(f"{ROADS}/{condition['id']}", headers=dispatcher).json()
    assert gone["metric"] == metric(client, manager) == "weekday-12"
    (record,) = client.get(ROADS, params={"ended": True}, headers=manager).json()["conditions"]
    assert (record["holds"], record["removed_by"]) == (False, "dispatcher")
    assert client.delete(f"{ROADS}/{condition['id']}", headers=dispatcher).status_code == 409
    assert client.delete(f"{ROADS}/nothing", headers=dispatcher).status_code == 404


def test_conditions_begin_and_end_by_the_clock(client: TestClient, clock: Clock, dispatcher: Headers) -> None:
    times = {
        "from_at": (NOON + timedelta(minutes=5)).isoformat(),
        "until_at": (NOON + timedelta(minutes=9)).isoformat(),
    }
    tell(client, dispatcher, {"kind": "slowdown", "factor": 0.4, "circle": AT_LIEDE, **times})
    seen = []
    for minutes in (0, 5, 8, 9):
        clock.at = NOON + timedelta(minutes=minutes)
        seen.append(metric(client, dispatcher))
    assert seen == ["weekday-12", "weekday-12+v1", "weekday-12+v1", "weekday-12"]


def test_every_process_sees_what_another_told(
    client: TestClient, clock: Clock, dispatcher: Headers, database_engine: Engine
) -> None:
    tell(client, dispatcher, {"kind": "flood", "circle": AT_LIEDE})
    wiring.roads.cache_clear()  # as another process: nothing known yet
    with transaction(database_engine) as connection:
        router = wiring.live_ground(connection, NOON).router
    assert router.metric(NOON).name == "weekday-12+v1"


def test_only_a_dispatcher_tells_and_only_the_office_reads(
    client: TestClient, dispatcher: Headers, manager: Headers, surveyor: Headers
) -> None:
    body = {"conditions": [{"kind": "closure", "circle": AT_LIEDE}]}
    assert [client.post(ROADS, json=body, headers=who).status_code for who in (manager, surveyor)] == [403, 403]
    assert client.delete(f"{ROADS}/x", headers=manager).status_code == 403
    assert client.get(ROADS, headers=surveyor).status_code == 403
    assert client.get(ROADS, headers=dispatcher).json()["conditions"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "closure"},
        {"kind": "closure", "circle": AT_LIEDE, "edges": [1]},
        {"kind": "closure", "circle": AT_LIEDE, "factor": 0.5},
        {"kind": "slowdown", "circle": AT_LIEDE},
        {"kind": "closure", "circle": {"lon": 110.0, "lat": 20.0, "radius_m": 100}},
        {"kind": "closure", "edges": [99_999_999]},
        {"kind": "closure", "edges": [10**30]},
        {"kind": "closure", "circle": AT_LIEDE, "from_at": "2026-11-18T01:00:00Z", "until_at": "2026-11-18T03:00:00Z"},
        {"kind": "closure", "polygon": [[113.3, 23.1], [113.31, 23.11], [113.31, 23.1], [113.3, 23.11]]},
        {"kind": "closure", "circle": AT_LIEDE, "until_at": "2020-01-01T00:00:00Z"},
        {"kind": "closure", "circle": AT_LIEDE, "from_at": "2026-11-18T12:00:00"},
    ],
)
def test_a_bad_condition_is_refused_and_with_it_all_told_together(
    client: TestClient, clock: Clock, dispatcher: Headers, wrong: dict[str, object]
) -> None:
    body = {"conditions": [{"kind": "closure", "circle": AT_LIEDE}, wrong]}
    assert client.post(ROADS, json=body, headers=dispatcher).status_code == 422
    assert client.get(ROADS, headers=dispatcher).json()["conditions"] == []


def test_every_answer_about_roads_names_the_version(client: TestClient, dispatcher: Headers) -> None:
    sent = client.post("/v1/reports", json={"text": REPORT}, headers=dispatcher).json()
    advice = f"/v1/incidents/{sent['id']}/recommendation"
    before = client.get(advice, headers=dispatcher).json()
    tell(client, dispatcher, {"kind": "slowdown", "factor": 0.5, "circle": {**AT_LIEDE, "radius_m": 9000}})
    after = client.get(advice, headers=dispatcher).json()
    assert "+" not in before["metric"]
    assert after["metric"].endswith("+v1")
    assert after["options"][1]["travel_s"] > 1.4 * before["options"][1]["travel_s"]
    assert after["options"][1]["p_kept"] < before["options"][1]["p_kept"]
    job = client.post(f"/v1/incidents/{sent['id']}/assignments", json={}, headers=dispatcher).json()["assignments"][0]
    route = client.get(f"/v1/assignments/{job['id']}/route", headers=dispatcher).json()
    assert route["metric"].endswith("+v1")
    assert datetime.fromisoformat(route["arrive_at"]) > datetime.fromisoformat(sent["reported_at"])


def test_a_scene_on_a_closed_bridge_still_finds_its_surveyor(client: TestClient, dispatcher: Headers) -> None:
    tell(client, dispatcher, {"kind": "closure", "circle": {"lon": 113.30825, "lat": 23.11581, "radius_m": 300}})
    body = {"text": "广州大桥上两车追尾", "point": {"lon": 113.30825, "lat": 23.11581}}
    sent = client.post("/v1/reports", json=body, headers=dispatcher).json()
    advice = client.get(f"/v1/incidents/{sent['id']}/recommendation", headers=dispatcher)
    assert advice.json()["options"], advice.text

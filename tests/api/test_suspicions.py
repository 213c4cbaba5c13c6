"""Suspicious patterns through the doors: HTTP and command line."""

from datetime import UTC, datetime, timedelta

import numpy as np
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from suspect_days import days

from api.commands.suspicions import as_text
from dispatch.location import Position
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.findings import Pattern
from dispatch.suspicion.scan import suspicions
from dispatch.unit import Fix
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

Headers = dict[str, str]
TEXT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"


def arrived(client: TestClient, dispatcher: Headers, surveyor: Headers, point: dict[str, float]) -> dict:
    incident = client.post("/v1/reports", json={"text": TEXT}, headers=dispatcher).json()
    after = client.post(
        f"/v1/incidents/{incident['id']}/assignments", json={"role": "surveyor", "unit_id": "S000"}, headers=dispatcher
    ).json()
    job = after["assignments"][0]["id"]
    for step in ("accept", "depart"):
        client.post(f"/v1/assignments/{job}/{step}", headers=surveyor)
    return client.post(f"/v1/assignments/{job}/arrive", json={"point": point}, headers=surveyor).json()


def test_a_button_pressed_far_away_is_named_and_an_empty_day_is_an_answer(
    client: TestClient, dispatcher: Headers, surveyor: Headers
) -> None:
    empty = client.get("/v1/audit/suspicions", headers=dispatcher).json()
    assert (empty["incidents"], empty["findings"], len(empty["patterns"])) == (0, [], len(Pattern))
    arrived(client, dispatcher, surveyor, {"lon": 113.60, "lat": 23.30})
    found = client.get("/v1/audit/suspicions?hours=1", headers=dispatcher).json()
    assert (found["incidents"], found["claims"], found["accused"]) == (1, 1, 1)
    named = {one["pattern"]: one for one in found["findings"]}
    assert named["button_far"]["unit_id"] == "S000"
    assert named["button_far"]["numbers"]["apart_m"] > 20_000
    assert client.get("/v1/audit/suspicions?hours=0", headers=dispatcher).status_code == 422
    assert client.get("/v1/audit/suspicions", headers=surveyor).status_code == 403


def test_the_roads_are_asked_when_a_track_confirms(
    client: TestClient, dispatcher: Headers, surveyor: Headers, fleet: Engine
) -> None:
    incident = arrived(client, dispatcher, surveyor, {"lon": 113.3297, "lat": 23.1196})
    job, place = incident["assignments"][0], incident["location"]
    came_at = datetime.now(UTC) - timedelta(seconds=40)
    with transaction(fleet) as connection:
        seen = [
            Fix(
                unit_id="S000",
                position=Position(place["lon"] + 1e-6 * s, place["lat"]),
                at=came_at + timedelta(seconds=s),
            )
            for s in (0, 15, 38)
        ]
        store = PostgisFleet(connection)
        store.forget_before(datetime.now(UTC))  # it was seen at its post a moment ago
        store.record_fixes(seen, datetime.now(UTC))
    after = client.post(f"/v1/assignments/{job['id']}/clear", json={"reason": "完成"}, headers=surveyor).json()
    done = after["assignments"][0]
    assert done["confirmed_at"] is not None
    assert done["contradicted_at"] is None
    assert datetime.fromisoformat(done["track_arrived_at"]) <= datetime.fromisoformat(done["claimed_at"])
    history = client.get(f"/v1/incidents/{after['id']}/events", headers=dispatcher).json()
    fact = next(e for e in history if e["kind"] == "ArrivalConfirmed")
    assert fact["body"]["matched"] is True
    assert 0 < fact["body"]["confidence"] <= 1


def test_the_text_names_patterns_in_both_languages_and_says_when_there_are_none() -> None:
    made = days(np.random.default_rng(1), 20, Pattern.TIER_LATE, 1.0)
    text = as_text(suspicions(made.histories, made.tracks_of, SuspicionRules()))
    assert "事后改类别 tier_late: 20" in text
    assert "Tiers changed by d1 after the arrival." in text
    assert "(模拟)" in text
    assert "没有发现" in as_text(suspicions([], made.tracks_of, SuspicionRules()))

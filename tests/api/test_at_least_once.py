"""What phones and trackers send once, twice, late or out of order becomes the same facts, or is refused with a reason."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from api.access.idempotency import HEADER
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

Headers = dict[str, str]
STEPS = ("accept", "depart", "arrive", "clear")
KINDS = ("AssignmentAccepted", "UnitDeparted", "ArrivalClaimed", "UnitCleared")
PLACE = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
EPOCH = UUID(int=0)

shared = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@st.composite
def deliveries(draw: Any, n: int) -> list[int]:
    """Indices of ``n`` messages, each at least once, some again, in any order."""
    again = draw(st.lists(st.integers(0, n - 1), max_size=n))
    return list(draw(st.permutations([*range(n), *again])))


def offered(client: TestClient, who: Headers) -> tuple[str, str]:
    incident = str(client.post("/v1/reports", json={"text": PLACE}, headers=who).json()["id"])
    body = {"unit_id": "S000", "reason": "熟路"}
    after = client.post(f"/v1/incidents/{incident}/assignments", json=body, headers=who).json()
    return incident, str(after["assignments"][0]["id"])


def facts(engine: Engine, incident: str) -> list[tuple[str, datetime]]:
    query = text("SELECT kind, at FROM events WHERE incident_id = :id AND kind = ANY(:kinds) ORDER BY seq")
    with transaction(engine) as connection:
        rows = connection.execute(query, {"id": incident, "kinds": list(KINDS)})
        return [(row.kind, row.at) for row in rows]


@shared
@given(order=deliveries(len(STEPS)))
def test_the_steps_of_a_job_in_any_order_and_number_are_each_a_fact_once_or_refused_with_a_reason(
    client: TestClient, dispatcher: Headers, surveyor: Headers, fleet: Engine, order: list[int]
) -> None:
    incident, job = offered(client, dispatcher)
    began = datetime.now(UTC)
    answers: dict[int, list[Any]] = {n: [] for n in range(len(STEPS))}
    for n in order:
        body = {"captured": {"captured_at": (began + timedelta(milliseconds=n)).isoformat(), "offline": True}}
        headers = {**surveyor, HEADER: str(uuid5(EPOCH, f"{job}{n}"))}
        answers[n].append(client.post(f"/v1/assignments/{job}/{STEPS[n]}", json=body, headers=headers))
    kept = facts(fleet, incident)
    kinds = [kind for kind, _ in kept]
    assert len(kinds) == len(set(kinds))  # never two facts
    assert kinds == [kind for kind in KINDS if kind in kinds]  # in their order
    assert [at for _, at in kept] == sorted(at for _, at in kept)
    for n, came in answers.items():
        taken = [a for a in came if a.status_code == 200]
        assert bool(taken) == (KINDS[n] in kinds)
        assert len({a.content for a in taken}) <= 1  # each who was told it was taken heard the same
        assert all(a.json()["detail"] for a in came if a.status_code != 200)
    if order == sorted(order):
        assert kinds == list(KINDS)
    client.post(
        f"/v1/incidents/{incident}/close", json={"reason": "测试"}, headers=dispatcher
    )  # where it is open still


def track(engine: Engine) -> tuple[list[tuple[datetime, float]], tuple[datetime, float] | None]:
    with transaction(engine) as connection:
        store = PostgisFleet(connection)
        found = store.track("S001", datetime(2020, 1, 1, tzinfo=UTC))
        latest = next(s.fix for s in store.states(datetime.now(UTC)) if s.unit.id == "S001")
        return [(f.at, f.position.lon) for f in found], (latest.at, latest.position.lon) if latest else None


def forget(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("DELETE FROM fixes; DELETE FROM latest_fixes"))
        connection.execute(text("UPDATE devices SET allowance = 1000000"))


@pytest.mark.parametrize("way", ["phone", "tracker"])
@shared
@given(order=deliveries(6), delays_s=st.lists(st.integers(0, 3000), min_size=6, max_size=6, unique=True))
def test_positions_in_any_order_and_number_are_the_same_track_and_the_same_latest_place(
    client: TestClient, dispatcher: Headers, manager: Headers, fleet: Engine, way: str, order: list[int],
    delays_s: list[int],
) -> None:  # fmt: skip
    device = client.post("/v1/devices", json={"unit_id": "S001"}, headers=manager).json()["token"]
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    places = [(began + timedelta(seconds=s), round(113.3 + n / 1000, 6)) for n, s in enumerate(delays_s)]

    def send(n: int) -> None:
        at, lon = places[n]
        if way == "phone":
            fix = {"unit_id": "S001", "lon": lon, "lat": 23.12, "at": at.isoformat()}
            answer = client.post("/v1/positions", json={"fixes": [fix]}, headers=dispatcher)
        else:
            said = {"id": device, "lat": "23.12", "lon": str(lon), "timestamp": str(int(at.timestamp()))}
            answer = client.post("/v1/osmand", params=said)
        assert (answer.status_code, answer.json()["taken"]) == (200, 1)

    forget(fleet)
    for n in sorted(range(len(places)), key=lambda n: places[n]):
        send(n)
    once_in_order = track(fleet)
    forget(fleet)
    for n in order:
        send(n)
    assert track(fleet) == once_in_order
    assert len(once_in_order[0]) == len(places)


def test_a_change_of_duty_that_was_overtaken_is_refused_with_a_reason(
    client: TestClient, surveyor: Headers, fleet: Engine
) -> None:
    now = datetime.now(UTC)

    def tell(kind: str, minutes: float) -> Any:
        captured = {"captured_at": (now - timedelta(minutes=minutes)).isoformat(), "offline": True}
        return client.post("/v1/units/S000/duty", json={"kind": kind, "captured": captured}, headers=surveyor)

    assert tell("on", 10).json()["status"] == "idle"
    late = tell("break", 40)
    assert (late.status_code, "作废" in late.json()["detail"]) == (409, True)
    assert client.get("/v1/units/S000", headers=surveyor).json()["status"] == "idle"

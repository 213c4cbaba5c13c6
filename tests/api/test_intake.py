"""Positions of one instant share one transaction; what is not plain is answered by the routes, as ever."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api import wiring
from api.intake import messages
from api.intake.batch import Answer
from api.intake.gathering import MOST, Gathering
from dispatch.location import Position
from dispatch.unit import Fix
from geo_data.database import transaction
from geo_data.stores.device_store import AT_ONCE as MESSAGES
from geo_data.stores.device_store import PostgisDevices, Said
from geo_data.stores.fix_days import FixDays
from geo_data.stores.fleet_store import PostgisFleet
from tests.support.days_made import written_while_made

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def message(n: int) -> messages.Message:
    at = NOW + timedelta(seconds=n)
    return messages.ByAccount("token", [Fix(unit_id="u1", position=Position(113.3, 23.1), at=at, accuracy_m=5.0)])


def taken(many: int, keep: object) -> tuple[list[object], list[int]]:
    sizes: list[int] = []

    def kept(batch: Sequence[messages.Message], now: datetime) -> list[Answer | None]:
        sizes.append(len(batch))
        return keep(batch)  # type: ignore[operator, no-any-return]

    async def ask() -> list[object]:
        gathering = Gathering(kept, lambda: NOW)
        return list(await asyncio.gather(*(gathering.take(message(n)) for n in range(many))))

    return asyncio.run(ask()), sizes


def test_requests_of_one_instant_are_one_transaction_and_each_hears_its_own_answer() -> None:
    answers, sizes = taken(30, lambda batch: [[(m.fixes[0], "")] for m in batch])
    assert sizes == [30]
    assert [a[0][0].at for a in answers] == [NOW + timedelta(seconds=n) for n in range(30)]  # type: ignore[index]


def test_a_transaction_is_bounded() -> None:
    answers, sizes = taken(MOST + 1, lambda batch: [[] for _ in batch])
    assert sizes == [MOST, 1]
    assert len(answers) == MOST + 1


def test_where_the_transaction_fails_nobody_is_told_yes() -> None:
    def fail(_: object) -> list[Answer | None]:
        raise RuntimeError("the disk is full")

    assert taken(3, fail) == ([None, None, None], [3])


def test_what_is_not_plain_is_left_to_the_routes() -> None:
    assert messages.of_account("token", b"not json") is None
    assert messages.of_account("", b'{"fixes": []}') is None
    assert messages.of_account("token", b'{"fixes": [{"unit_id": "u1", "lon": 500, "lat": 23, "at": "now"}]}') is None
    assert messages.of_device("id=x&lat=&lon=", b"", "") is None
    assert messages.of_device("lat=23.1&lon=113.3", b"", "") is None
    seen = messages.of_device("id=x&lat=23.1&lon=113.3", b"", "")
    assert seen is not None
    assert seen.seen.position == Position(113.3, 23.1)


def told(unit_id: str, at: datetime) -> dict[str, object]:
    return {"fixes": [{"unit_id": unit_id, "lon": 113.34, "lat": 23.13, "at": at.isoformat()}]}


def test_a_surveyors_own_position_is_gathered_and_all_else_goes_to_the_route(
    client: TestClient, surveyor: dict[str, str], dispatcher: dict[str, str], fleet: Engine
) -> None:
    now = datetime.now(UTC)
    mine = client.post("/v1/positions", json=told("S000", now), headers=surveyor)
    assert (mine.status_code, mine.json()) == (200, {"taken": 1, "refused": []})
    assert mine.headers["Cache-Control"] == "no-store"  # the door's
    late = client.post("/v1/positions", json=told("S000", now - timedelta(days=9)), headers=surveyor)
    assert late.json()["taken"] == 0
    assert "7 天前" in late.json()["refused"][0]["reason"]
    other = client.post("/v1/positions", json=told("S001", now), headers=surveyor)
    assert other.status_code == 403
    nobody = client.post("/v1/positions", json=told("S000", now))
    assert nobody.status_code == 401
    wrong = client.post("/v1/positions", json={"fixes": [{"unit_id": "S000"}]}, headers=surveyor)
    assert wrong.status_code == 422
    desks = client.post("/v1/positions", json=told("S001", now), headers=dispatcher)
    assert desks.json() == {"taken": 1, "refused": []}
    assert "Cache-Control" not in desks.headers
    with transaction(fleet) as connection:
        assert [f.at for f in PostgisFleet(connection).track("S000", now)] == [now]


def test_the_door_answers_only_what_is_committed(
    client: TestClient, surveyor: dict[str, str], fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("api.intake.batch.PostgisFleet.record_fixes", fail)
    answer = client.post("/v1/positions", json=told("S000", datetime.now(UTC)), headers=surveyor)
    assert answer.status_code == 500  # the route's turn came, and failed alike


def test_positions_are_kept_while_slow_requests_hold_every_connection(
    client: TestClient, surveyor: dict[str, str]
) -> None:
    with ExitStack() as held:
        for _ in range(20):  # the worker's pool with its overflow
            held.enter_context(wiring.database().connect())
        answer = client.post("/v1/positions", json=told("S000", datetime.now(UTC)), headers=surveyor)
    assert answer.json() == {"taken": 1, "refused": []}


def test_many_devices_are_heard_at_once_as_they_are_one_by_one(fleet: Engine) -> None:
    with transaction(fleet) as connection:
        devices = PostgisDevices(connection)
        for n, unit in enumerate(("S000", "S001", "S002")):
            devices.issue(unit, "x", bytes([n]) * 32, NOW, by="x")
        devices.revoke(devices.all()[2].id, NOW, by="x")
        said = [Said(bytes([n]) * 32, MESSAGES if n else 3, 0.5, None) for n in range(4)]
        assert devices.hear_all(said, NOW) == {b"\0" * 32: "S000", b"\1" * 32: "S001"}
        assert devices.hear_all(said, NOW) == {b"\0" * 32: "S000"}  # the other has said all it may
        assert devices.hear(b"\1" * 32, NOW) is None
        assert [d.battery for d in devices.all()] == [0.5, 0.5, None]


@pytest.mark.parametrize("way", ["surveyor", "dispatcher"])  # the door, and the route
def test_a_position_sent_in_the_moment_its_day_is_made_is_taken(
    request: pytest.FixtureRequest, client: TestClient, fleet: Engine, way: str
) -> None:
    headers, now = request.getfixturevalue(way), datetime.now(UTC)
    answer = written_while_made(
        fleet,
        now.date(),
        lambda: client.post("/v1/positions", json=told("S000", now), headers=headers),
    )
    assert answer.json() == {"taken": 1, "refused": []}
    assert ("Cache-Control" in answer.headers) == (way == "surveyor")  # the door's word
    with transaction(fleet) as connection:
        assert now.date() not in FixDays(connection).stray()
        assert [f.at for f in PostgisFleet(connection).track("S000", now)] == [now]

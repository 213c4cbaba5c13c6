"""The live stream under many writers: what is committed is heard, whole, by everybody who may hear it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from listening import PATIENCE_S, Listener
from service import served, signed_in
from sqlalchemy import Engine

import maps
from api.streams import live
from dispatch.errors import Unavailable
from dispatch.events import CommitmentMade, IncidentReported
from dispatch.vocabulary import Channel, Tier, Zone
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

WRITERS, EACH = 32, 6
PAGES = Path(maps.__file__).parent / "web" / "js"
BEATS_S = {"console/main.js": live.HEARTBEAT_S, "surveyor.js": live.PHONE_HEARTBEAT_S}


@pytest.fixture(autouse=True)
def _phones_hear_as_often_as_desks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listener that leaves waits for the next beat."""
    monkeypatch.setattr(live, "PHONE_HEARTBEAT_S", live.HEARTBEAT_S)


@pytest.fixture
def address(fleet: Engine) -> Iterator[str]:
    with served() as where:
        yield where


def write_incidents(engine: Engine, writer: int) -> list[str]:
    """Append incidents event by event, each in a transaction of its own, as fast as possible."""
    names = []
    for _ in range(EACH):
        now = datetime.now(UTC)
        with transaction(engine) as connection:
            log = PostgisLog(connection)
            key = log.new_incident_id(now)
            reported = IncidentReported(
                incident_id=key, at=now, text=f"writer {writer}", channel=Channel.TELEPHONE, tier=Tier.STANDARD
            )
            log.append([reported], after=0)
        promise = CommitmentMade(
            incident_id=key,
            at=now,
            kind="arrival",
            zone=Zone.URBAN,
            tier=Tier.STANDARD,
            starts_at=now,
            due_at=now,
            limit_s=1800,
            policy_version="test",
        )
        with transaction(engine) as connection:
            PostgisLog(connection).append([promise], after=1)
        names.append(key)
    return names


def test_a_listener_hears_the_last_version_of_everything_32_writers_commit(
    address: str, fleet: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "QUEUE_LENGTH", 100_000)  # a reader on a busy machine is no screen that fell behind
    with signed_in(address, "dispatcher") as client, Listener(client) as listener:
        with ThreadPoolExecutor(WRITERS) as pool:
            written = [key for keys in pool.map(lambda n: write_incidents(fleet, n), range(WRITERS)) for key in keys]
        listener.wait_for(lambda: listener.versions() == dict.fromkeys(written, 2))
        assert len(written) == WRITERS * EACH


def test_silence_is_broken_by_a_heartbeat(address: str) -> None:
    with signed_in(address, "dispatcher") as client, Listener(client) as listener:
        listener.wait_for(lambda: any(kind == "heartbeat" for kind, _ in listener.heard))


@pytest.mark.parametrize("page", BEATS_S)
def test_a_page_bears_a_beat_that_comes_late_by_itself_or_by_two_seconds(page: str) -> None:
    said = re.search(r"^const SILENCE_MS = (\d+);", (PAGES / page).read_text("utf-8"), re.MULTILINE)
    assert said is not None
    assert int(said[1]) / 1000 >= BEATS_S[page] + min(2.0, BEATS_S[page]) + live.BEAT_LOOK_S


def test_a_moved_unit_is_heard_and_a_surveyor_hears_only_of_itself(address: str) -> None:
    with (
        signed_in(address, "dispatcher") as desk,
        signed_in(address, "surveyor") as phone,
        Listener(desk) as everything,
        Listener(phone) as own,
    ):
        at = datetime.now(UTC).isoformat()
        fixes = [{"unit_id": key, "lon": 113.31, "lat": 23.11, "at": at} for key in ("S001", "S000")]
        desk.post("/v1/positions", json={"fixes": fixes}).raise_for_status()
        everything.wait_for(lambda: {u["id"] for u in units(everything)} == {"S000", "S001"})
        own.wait_for(lambda: {u["id"] for u in units(own)} == {"S000"})


def test_a_unit_is_told_in_full_to_whoever_joins_then_as_a_move_and_in_full_again_when_it_changes(address: str) -> None:
    with signed_in(address, "dispatcher") as desk, Listener(desk) as first:
        move(desk, lon=113.31)
        first.wait_for(lambda: len(units(first)) == 1)
        move(desk, lon=113.32)
        first.wait_for(lambda: [m["lon"] for m in moves(first)] == [113.32])
        assert "status" not in moves(first)[0]
        with Listener(desk) as second:
            move(desk, lon=113.33)
            second.wait_for(lambda: [u["lon"] for u in units(second)] == [113.33])
            assert moves(second) == []
        incident = desk.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}).json()["id"]
        desk.post(
            f"/v1/incidents/{incident}/assignments", json={"unit_id": "S000", "reason": "就近"}
        ).raise_for_status()
        first.wait_for(lambda: units(first)[-1]["status"] == "offered")


def moves(listener: Listener) -> list[dict[str, Any]]:
    return [move for kind, data in listener.heard if kind == "moves" for move in data]


def units(listener: Listener) -> list[dict[str, Any]]:
    return [unit for kind, data in listener.heard if kind == "units" for unit in data]


def test_the_feed_goes_on_after_a_reading_that_failed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read, failures = live._read, iter([True])

    def failing_once(*args: Any) -> Any:
        if next(failures, False):
            raise Unavailable("the database hiccups")
        return read(*args)

    monkeypatch.setattr(live, "_read", failing_once)
    with signed_in(address, "dispatcher") as client:
        with Listener(client) as first:
            move(client)
            first.thread.join(PATIENCE_S)  # the feed cuts its listeners, so that they fetch the picture again
            assert not first.thread.is_alive()
        with Listener(client) as again:  # a screen that is cut off comes back, as here
            move(client)
            again.wait_for(lambda: units(again))


def test_a_surveyor_hears_of_an_incident_until_it_is_no_longer_its_own(address: str) -> None:
    with (
        signed_in(address, "dispatcher") as desk,
        signed_in(address, "surveyor") as phone,
        Listener(phone) as own,
    ):
        incident = desk.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}).json()["id"]
        job = desk.post(f"/v1/incidents/{incident}/assignments", json={}).json()["assignments"][0]["id"]
        own.wait_for(lambda: own.versions().get(incident) == 4)
        desk.post(f"/v1/assignments/{job}/reassign", json={"reason": "换人"}).raise_for_status()
        own.wait_for(lambda: own.versions().get(incident) == 6)
        last = [data for kind, data in own.heard if kind == "incident"][-1]
        assert [a["unit_id"] for a in last["assignments"]] == ["S000"]
        desk.post(f"/v1/incidents/{incident}/close", json={"reason": "误报"}).raise_for_status()
        move(desk)
        own.wait_for(lambda: units(own))
        assert own.versions()[incident] == 6


def test_a_surveyor_whose_stream_was_opened_anew_hears_that_its_job_is_taken_away(address: str) -> None:
    with signed_in(address, "dispatcher") as desk, signed_in(address, "surveyor") as phone:
        incident = desk.post("/v1/reports", json={"text": "天河区黄埔大道西与猎德大道交叉口,两车追尾"}).json()["id"]
        body = {"unit_id": "S000", "reason": "熟悉"}
        job = desk.post(f"/v1/incidents/{incident}/assignments", json=body).json()["assignments"][0]["id"]
        with Listener(phone) as listener:
            desk.post(f"/v1/assignments/{job}/release", json={"reason": "改派"}).raise_for_status()
            # What happened before may be told first.
            listener.wait_for(lambda: statuses(listener, incident)[-1:] == ["released"])


def statuses(listener: Listener, incident: str) -> list[str]:
    """Of the only assignment of an incident, as it was told again and again."""
    told = [data for kind, data in listener.heard if kind == "incident" and data["id"] == incident]
    return [one["status"] for data in told for one in data["assignments"]]


def move(client: httpx.Client, lon: float = 113.31) -> None:
    fix = {"unit_id": "S000", "lon": lon, "lat": 23.11, "at": datetime.now(UTC).isoformat()}
    client.post("/v1/positions", json={"fixes": [fix]}).raise_for_status()

"""What is kept of incidents for screens is, at every moment and for everybody, what would be written anew."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient
from promises import NOON, at
from random_histories import random_histories
from sqlalchemy import Connection, text

from api.forms.schemas import PictureOut
from api.views.kept import KeptIncidents, show
from dispatch import events as ev
from dispatch.errors import Conflict
from dispatch.personal import GONE
from dispatch.vocabulary import Channel, Role, Tier, Zone
from geo_data.principal import as_owner, assume
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.postgis_log import PostgisLog

WORDS = "粤A12345,车主电话13800001111"


def anew(log: PostgisLog, now: datetime) -> list[bytes]:
    """The open incidents, nothing kept."""
    return [show(i, now).json for i in log.open_incidents()]


def said(key: str) -> ev.IncidentReported:
    return ev.IncidentReported(incident_id=key, at=NOON, text=WORDS, channel=Channel.CONSOLE, tier=Tier.STANDARD)


def joined(kept_id: str, duplicate_id: str) -> ev.DuplicateJoined:
    about = {"reported_at": NOON, "text": WORDS, "tier": Tier.STANDARD, "reason": "x"}
    return ev.DuplicateJoined(incident_id=kept_id, at=NOON, duplicate_id=duplicate_id, **about)


class Writers:
    """Histories that grow event by event, in an order of chance, with what is erased meanwhile."""

    def __init__(self, connection: Connection, random: Random) -> None:
        self._connection, self._random = connection, random
        self.log = PostgisLog(connection)
        self._waiting = {h[0].incident_id: h for h in random_histories(random.randint(0, 10**6), 12)}
        self._done = dict.fromkeys(self._waiting, 0)

    def __iter__(self) -> Iterator[None]:
        while self._waiting:
            self._step(self._random.choice([*self._waiting]))
            yield

    def _step(self, key: str) -> None:
        done, history = self._done[key], self._waiting[key]
        if done and self._random.random() < 0.1:
            PostgisKeys(self._connection).erase([self._random.choice([k for k, n in self._done.items() if n])])
            return
        with suppress(Conflict):  # the unit may be bound elsewhere: the rest of this history does not happen
            self.log.append([history[done]], after=done)
            self._done[key] += 1
        if self._done[key] in (done, len(history)):
            del self._waiting[key]

    def some_event_ids(self) -> list[int]:
        """Rows of a few events, old and new."""
        ids = self._connection.execute(text("SELECT id FROM events ORDER BY id")).scalars().all()
        return self._random.sample([*ids], k=min(len(ids), 3))


@pytest.mark.parametrize("seed", range(2))
def test_what_is_kept_is_what_would_be_written_anew_whatever_happened(connection: Connection, seed: int) -> None:
    random, kept = Random(seed), KeptIncidents()
    writers, reused = Writers(connection, Random(seed)), 0
    for _ in writers:
        now = at(random.choice([0, 600, 1799, 1800, 1801, 3599, 3600, 9000]))
        if random.random() < 0.5:
            before = dict(kept._kept)
            assert kept.open_now(writers.log, now) == anew(writers.log, now)
            reused += sum(before.get(key) is one for key, one in kept._kept.items())
        if random.random() < 0.3:
            told = kept.of_events(writers.log, writers.some_event_ids(), now)
            assert [one.json for one in told] == [show(writers.log.incident(one.view.id), now).json for one in told]
    assert reused > 20, "nothing was ever kept"


def test_what_is_erased_is_not_shown_again_nor_what_a_duplicates_caller_said(connection: Connection) -> None:
    log, kept = PostgisLog(connection), KeptIncidents()
    log.append([said("A")], after=0)
    log.append([said("B"), joined("B", "X")], after=0)
    one, other = kept.open_now(log, NOON)
    assert WORDS in one.decode()
    assert other.decode().count(WORDS) == 2
    PostgisKeys(connection).erase(["A", "X"])
    one, other = kept.open_now(log, NOON)
    assert (one.decode().count(WORDS), other.decode().count(WORDS)) == (0, 1)
    assert GONE in one.decode()
    assert not any(WORDS in k.json.decode() for key, k in kept._kept.items() if key == "A")


def test_a_promise_that_runs_out_is_shown_as_missed_though_nothing_happened(connection: Connection) -> None:
    log, kept = PostgisLog(connection), KeptIncidents()
    promise = {"zone": Zone.URBAN, "tier": Tier.STANDARD, "starts_at": NOON, "due_at": at(1800), "limit_s": 1800}
    log.append(
        [said("A"), ev.CommitmentMade(incident_id="A", at=NOON, kind="arrival", policy_version="1", **promise)], after=0
    )
    verdicts = []
    for seconds in (0, 1800, 1800.001, 9000, 1799):
        (shown,) = kept.open_now(log, at(seconds))
        verdicts.append(json.loads(shown)["commitment"]["verdict"])
    assert verdicts == ["open", "open", "missed", "missed", "open"]


def test_a_picture_is_of_its_form(client: TestClient, dispatcher: dict[str, str]) -> None:
    for _ in range(2):
        client.post("/v1/reports", json={"text": "猎德大道与黄埔大道西交叉口"}, headers=dispatcher).raise_for_status()
        answer = client.get("/v1/picture", headers=dispatcher)
        picture = PictureOut.model_validate_json(answer.content)
        assert answer.json() == picture.model_dump(mode="json")
        assert answer.headers["content-type"] == "application/json"
    assert len(picture.incidents) == 2
    assert len(picture.units) == 4
    one = client.get(f"/v1/incidents/{picture.incidents[0].id}", headers=dispatcher).json()
    assert one == answer.json()["incidents"][0]


def test_nobody_finds_in_what_is_kept_what_the_database_would_not_show(connection: Connection) -> None:
    log, kept = PostgisLog(connection), KeptIncidents()
    chosen = ev.Candidate(unit_id="S1", unit_name="S1", travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9)
    offer = ev.UnitOffered(
        incident_id="A", at=NOON, assignment_id="A-1", unit_id="S1", role=Role.SURVEYOR, eta_at=NOON + timedelta(seconds=9),
        p_kept=0.9, chosen=chosen, runners_up=(), refused=(), rule="test",
    )  # fmt: skip
    log.append([said("A"), offer], after=0)
    log.append([said("B")], after=0)

    def ids(seat: str, **who: Any) -> list[str]:
        with as_owner(connection):
            assume(connection, seat, **who)
            return [json.loads(one)["id"] for one in kept.open_now(log, NOON)]

    for _ in range(2):  # the second time everything is kept
        assert ids("dispatcher") == ids("auditor") == ["A", "B"]
        assert ids("surveyor", unit="S1") == ["A"]
        assert ids("surveyor", unit="S2") == ids("client") == ids("administrator") == ids("nobody") == []
        assert ids("caller", cases=["B"]) == ["B"]

"""Histories put together at random from what the fold allows: what no author of cases would think of."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from promises import NOON, SCENE, at, taken, trip

from dispatch import events as ev
from dispatch.errors import IllegalTransition, UnknownId
from dispatch.folding import advance, fold
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.track_matching import Carriageway
from dispatch.vocabulary import (
    Channel,
    CloseCode,
    Confidence,
    HoldEnd,
    HoldReason,
    MatchCode,
    PartnerStep,
    Role,
    Tier,
    Zone,
)

STEPS = 14


def random_histories(seed: int, n: int) -> list[list[ev.Event]]:
    """``n`` histories that fold, each begun at its own moment around noon."""
    random = Random(seed)
    return [_history(random, f"GZ261122-{i:05d}") for i in range(1, n + 1)]


def random_arrivals(seed: int, n: int) -> list[list[ev.Event]]:
    """``n`` histories that end with an arrival, of which the track tells nothing, one thing, or that it was wrong."""
    random = Random(seed)
    return [_arrival(random, f"GZ261122-{i:05d}") for i in range(10_001, 10_001 + n)]


def _arrival(random: Random, key: str) -> list[ev.Event]:
    claimed = random.choice([600, 1750, 1800, 1850])
    told = {"against": random.random() < 0.3, "confirmed": random.random() < 0.7}
    told |= {
        "track": random.choice([None, claimed - 90, claimed + 40, 1800.5]),
        "side": random.choice([None, *Carriageway]),
    }
    where = random.choice([None, SCENE, Position(113.40, 23.12)])
    return [*taken(key, random.choice([*Zone])), *trip(key, claimed, position=where, **told)]


def _history(random: Random, key: str) -> list[ev.Event]:
    client = random.choice(["", "HP-1", "hp7", "GY"])
    history: list[ev.Event] = [
        ev.IncidentReported(
            incident_id=key, at=NOON, text="追尾", channel=Channel.CONSOLE, tier=random.choice([*Tier]), client=client
        )
    ]
    if random.random() < 0.8:
        history.append(_promise(random, {"incident_id": key, "at": NOON}))
    incident, seconds = fold(history), 0.0
    for _ in range(random.randint(0, STEPS)):
        seconds += random.choice([0, 1, 60, 300, 1200])
        choice = _steps if incident.open_assignments and random.random() < 0.6 else _possible
        for event in random.sample([*choice(random, incident, seconds)], k=3):
            with suppress(IllegalTransition, UnknownId):
                incident = advance(incident, event)
                history.append(event)
                break
    return history


def _possible(random: Random, incident: Incident, seconds: float) -> Iterator[ev.Event]:
    about = {"incident_id": incident.id, "at": at(seconds)}
    yield _place(about, random.choice([SCENE.lon, 113.34, 113.40]))
    yield _promise(random, about)
    yield from _steps(random, incident, seconds)
    yield ev.IncidentClosed(**about, reason="x", code=random.choice([*CloseCode, None]))
    yield ev.IncidentMerged(**about, kept_id="X", p_same=None, likeness="", reason="x")
    yield ev.MergeUndone(**about, kept_id="X", reason="x")
    yield ev.RemoteSurveyStarted(**about, surveyor="陈工", consent=random.choice(["", "同意"]))
    yield ev.RemoteSurveyEnded(**about, completed=random.random() < 0.6)
    yield ev.IncidentHeld(**about, reason=HoldReason.OTHER, until=at(seconds + 600))
    yield ev.HoldEnded(**about, how=HoldEnd.DUE)
    yield ev.TierChanged(**about, tiers=(random.choice([*Tier]),), reason="x")
    due = {"contact_due_at": at(600), "on_scene_due_at": at(3600)}
    yield ev.PartnerEngaged(**about, city="佛山", partner="甲", telephone="1", **due)
    yield ev.PartnerReported(**about, step=random.choice([*PartnerStep]), told_by="甲")


def _promise(random: Random, about: dict[str, Any]) -> ev.CommitmentMade:
    limit_s = random.choice([900.0, 1800.0, 3600.0])
    return ev.CommitmentMade(
        **about, kind="arrival", zone=random.choice([*Zone]), tier=random.choice([*Tier]), starts_at=NOON,
        due_at=at(limit_s), limit_s=limit_s, policy_version="test",
    )  # fmt: skip


def _steps(random: Random, incident: Incident, seconds: float) -> Iterator[ev.Event]:
    """An offer, and for each job under way every step it could take, some at a time captured earlier."""
    about = {"incident_id": incident.id, "at": at(seconds)}
    number = len(incident.assignments) + 1
    unit = f"S{random.randint(1, 4)}"
    head = {"incident_id": incident.id, "assignment_id": f"{incident.id}-{number}", "unit_id": unit}
    chosen = ev.Candidate(unit_id=unit, unit_name=unit, travel_s=600, eta_s=700, eta_p90_s=900, p_kept=0.9)
    decision = {"eta_at": about["at"], "p_kept": 0.9, "chosen": chosen, "runners_up": (), "refused": (), "rule": "test"}
    yield ev.UnitOffered(**head, at=about["at"], role=random.choice([Role.SURVEYOR, Role.TOW_UNIT]), **decision)
    for job in incident.open_assignments:
        earlier = timedelta(seconds=random.choice([0, 0, 0, 30, 4000]))
        own = {"incident_id": incident.id, "assignment_id": job.id, "unit_id": job.unit_id, "at": about["at"] - earlier}
        where = random.choice([None, SCENE, Position(113.40, 23.12)])
        for _ in range(3):  # so that jobs get on
            yield ev.AssignmentAccepted(**own)
            yield ev.UnitDeparted(**own)
            yield ev.ArrivalClaimed(**own, position=where)
        yield ev.ArrivalConfirmed(**own, distance_m=10)
        yield ev.AssignmentDeclined(**own, reason="x")
        yield ev.AssignmentReleased(**own, reason="x")
        yield ev.UnitCleared(**own)


def _place(about: dict[str, Any], lon: float) -> ev.IncidentLocated:
    return ev.IncidentLocated(
        **about,
        position=Position(lon, SCENE.lat),
        uncertainty_m=50,
        match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH,
        matched_text="猎德大道",
        district="天河区",
    )

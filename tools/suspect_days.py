"""Days of made-up incidents (模拟), honest or with one kind of gaming in a share of them: what suspicion is measured on.

Honest days are not clean: receivers slip by a kilometre now and then, buttons are pressed a minute late or early, clocks are
off, stated places are wrong by as much as they say, and a few scenes are moved afterwards for good reasons.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from dispatch import events as ev
from dispatch.capture import Capture, weighed
from dispatch.events import Event
from dispatch.location import Position
from dispatch.policy.policy import Captures
from dispatch.policy.verification_rules import Verification
from dispatch.suspicion.findings import Pattern
from dispatch.track_evidence import elsewhere_m, stay_at
from dispatch.unit import Fix
from dispatch.vocabulary import Channel, Confidence, MatchCode, Role, Tier, Zone

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
LIMIT_S, EVERY_S, UNITS = 1800.0, 15.0, 40
M_PER_LON, M_PER_LAT = 102_300.0, 111_195.0
CENTRE = Position(113.32, 23.12)
SLIP_P, MOVED_P, LATE_TIER_P, CAPTURED_P, WRONG_CLOCK_P = 0.003, 0.002, 0.003, 0.2, 0.01


@dataclass
class Days:
    """Histories, tracks by unit, and the incidents that were gamed."""

    histories: list[list[Event]] = field(default_factory=list)
    tracks: dict[str, list[Fix]] = field(default_factory=dict)
    gamed: set[str] = field(default_factory=set)

    def tracks_of(self, _jobs: object) -> dict[str, list[Fix]]:
        """All that was sent; it was sent around jobs only."""
        return self.tracks


@dataclass
class Job:
    """One incident as it truly went, in metres around the centre and seconds after its report."""

    key: str
    unit_id: str
    at: datetime
    scene: np.ndarray
    origin: np.ndarray
    stated: np.ndarray
    uncertainty_m: float
    accepted_s: float
    departed_s: float
    arrived_s: float
    pressed_s: float
    told_s: float
    pressed_at: np.ndarray
    skew_s: float | None = None
    claimed_early_s: float = 0.0
    moved_m: float = 0.0
    tier_late: bool = False
    fixes: list[Fix] = field(default_factory=list)


def days(
    draw: np.random.Generator,
    n: int,
    gaming: Pattern | None = None,
    share: float = 0.0,
    strength: float = 0.0,
    *,
    tracked: bool = True,
) -> Days:
    """``n`` incidents served by 40 units; in ``share`` of them somebody games in one way, so strongly.

    Without ``tracked`` no unit sends a position, which is quicker.
    """
    made, before = Days(), dict[str, Job]()
    for number in range(n):
        job = _honest(draw, number)
        job.fixes = list(_drive(job, draw)) if tracked else []
        if gaming is not None and draw.random() < share and _game(job, gaming, strength, draw, before):
            made.gamed.add(job.key)
        before[job.unit_id] = job
        made.tracks.setdefault(job.unit_id, []).extend(job.fixes)
        made.histories.append(list(_history(job, draw)))
    return made


def _honest(draw: np.random.Generator, number: int) -> Job:
    at = BEGIN + timedelta(seconds=number * 300.0 + float(draw.uniform(0, 60)))  # each unit has 40 * 300 s a job
    scene, origin = draw.normal(0, 6000, 2), np.zeros(2)
    angle, far_m = draw.uniform(0, 2 * np.pi), draw.uniform(1000, 9000)
    origin = scene + far_m * np.array([np.cos(angle), np.sin(angle)])
    told_s = far_m * 1.35 / 7.5
    accepted_s = float(draw.uniform(15, 120))
    departed_s = accepted_s + float(draw.lognormal(np.log(90), 0.5))
    arrived_s = departed_s + told_s * float(draw.lognormal(0, 0.35))
    uncertainty_m = float(draw.choice([50.0, 150.0, 400.0]))
    stated = scene + draw.normal(0, uncertainty_m / 2.146, 2)
    pressed_s = arrived_s + float(draw.normal(20, 35))
    pressed_at = scene + draw.normal(0, 20, 2)
    job = Job(
        f"GZ-{number:05d}", f"S{number % UNITS:03d}", at, scene, origin, stated, uncertainty_m, accepted_s, departed_s,
        arrived_s, max(pressed_s, departed_s + 60), told_s, pressed_at,
    )  # fmt: skip
    if draw.random() < CAPTURED_P:
        job.skew_s = float(draw.normal(0, 15)) + (400.0 if draw.random() < WRONG_CLOCK_P else 0.0)
    if draw.random() < MOVED_P:
        job.moved_m = 500.0
    job.tier_late = bool(draw.random() < LATE_TIER_P)
    return job


def _drive(job: Job, draw: np.random.Generator) -> Iterator[Fix]:
    for second in np.arange(job.accepted_s, job.arrived_s + 300, EVERY_S):
        share = np.clip((second - job.departed_s) / (job.arrived_s - job.departed_s), 0, 1)
        noise_m = float(draw.choice([5.0, 10.0, 25.0]))
        where = job.origin + share * (job.scene - job.origin) + draw.normal(0, noise_m, 2)
        if draw.random() < SLIP_P:
            where = where + draw.normal(0, 2000, 2)
        yield Fix(unit_id=job.unit_id, position=_position(where), at=_at(job, second), accuracy_m=1.5 * noise_m)


def _game(job: Job, how: Pattern, strength: float, draw: np.random.Generator, before: dict[str, Job]) -> bool:
    """Change a job so that it is gamed; answer whether it could be."""
    if how is Pattern.SPIKE:  # who is late by up to ``strength`` presses just in time
        late_s = job.pressed_s - LIMIT_S
        if not 0 < late_s < strength:
            return False
        job.pressed_s = LIMIT_S - float(draw.uniform(1, 50))
    elif how in (Pattern.BUTTON_FAR, Pattern.CONTRADICTED, Pattern.TRACK_LATER):  # ``strength`` seconds too soon
        job.pressed_s = max(job.pressed_s - strength, job.departed_s + 10)
        share = np.clip((job.pressed_s - job.departed_s) / (job.arrived_s - job.departed_s), 0, 1)
        job.pressed_at = job.origin + share * (job.scene - job.origin)
    elif how is Pattern.NO_INTERVAL:
        job.departed_s = job.pressed_s - strength
    elif how is Pattern.CLOCK_SKEW:
        job.skew_s = strength
    elif how is Pattern.TIME_DOUBTED:
        job.skew_s, job.claimed_early_s = 0.0, strength
    elif how is Pattern.SCENE_MOVED:
        job.moved_m = strength
    elif how is Pattern.TIER_LATE:
        job.tier_late = True
    else:
        return _game_track(job, how, strength, draw, before)
    return True


def _game_track(job: Job, how: Pattern, strength: float, draw: np.random.Generator, before: dict[str, Job]) -> bool:
    if how is Pattern.TELEPORT:  # the last part of the drive, ``strength`` seconds of it, is made up at the scene
        job.fixes = [f if _second(job, f) < job.arrived_s - strength else _moved(f, job.scene, draw) for f in job.fixes]
    elif how is Pattern.MOCKED:
        job.fixes = [replace(f, mocked=_second(job, f) > job.arrived_s - strength) for f in job.fixes]
    elif how is Pattern.SAME_TRACK:
        old = next((b for u, b in before.items() if u != job.unit_id), None)
        copied = old.fixes[: int(strength)] if old else []
        job.fixes[: len(copied)] = [replace(f, position=c.position) for f, c in zip(job.fixes, copied, strict=False)]
        return bool(copied)
    return True


def _moved(fix: Fix, to: np.ndarray, draw: np.random.Generator) -> Fix:
    return replace(fix, position=_position(to + draw.normal(0, 5, 2)))


def _history(job: Job, draw: np.random.Generator) -> Iterator[Event]:
    """The events that the desk would have recorded."""
    key, head = job.key, {"incident_id": job.key, "assignment_id": f"{job.key}-1", "unit_id": job.unit_id}
    yield ev.IncidentReported(
        incident_id=key, at=job.at, text="追尾", channel=Channel.SIMULATION, tier=Tier.STANDARD, simulated=True
    )
    yield _located(job, 1.0, job.stated)
    yield ev.CommitmentMade(
        incident_id=key, at=job.at, kind="arrival", zone=Zone.URBAN, tier=Tier.STANDARD, starts_at=job.at,
        due_at=_at(job, LIMIT_S), limit_s=LIMIT_S, policy_version="simulated",
    )  # fmt: skip
    chosen = ev.Candidate(
        unit_id=job.unit_id,
        unit_name=job.unit_id,
        travel_s=job.told_s,
        eta_s=job.told_s,
        eta_p90_s=job.told_s,
        p_kept=0.5,
    )
    yield ev.UnitOffered(
        **head, at=_at(job, 5), role=Role.SURVEYOR, eta_at=_at(job, job.told_s), p_kept=0.5, chosen=chosen,
        runners_up=(), refused=(), rule="simulated",
    )  # fmt: skip
    yield ev.AssignmentAccepted(**head, at=_at(job, job.accepted_s))
    departed_at = _at(job, job.departed_s)
    yield ev.UnitDeparted(**head, at=departed_at)
    pressed_at = _at(job, job.pressed_s)
    capture = None
    if job.skew_s is not None:
        told = Capture(
            claimed_at=pressed_at - timedelta(seconds=job.claimed_early_s), received_at=pressed_at, skew_s=job.skew_s
        )
        pressed_at, capture = weighed(told, departed_at, Captures())
    yield ev.ArrivalClaimed(**head, at=pressed_at, position=_position(job.pressed_at), captured=capture)
    yield from _by_track(job, head, pressed_at)
    if job.moved_m:
        angle = draw.uniform(0, 2 * np.pi)
        step = job.moved_m * np.array([np.cos(angle), np.sin(angle)])
        yield _located(job, job.pressed_s + 300, job.stated + step)
    if job.tier_late:
        yield ev.TierChanged(
            incident_id=key, at=_at(job, job.pressed_s + 400), tiers=(Tier.INJURY,), reason="补录", by="d1"
        )


def _by_track(job: Job, head: dict[str, str], claimed_at: datetime) -> Iterator[Event]:
    asked = _position(job.stated), job.uncertainty_m, claimed_at, job.fixes, Verification()
    stay, away_m = stay_at(*asked), elsewhere_m(*asked)
    at = claimed_at + timedelta(seconds=180)
    if stay is not None:
        yield ev.ArrivalConfirmed(
            **head, at=at, distance_m=stay.distance_m, track_arrived_at=stay.arrived_at, dwell_s=stay.dwell_s
        )  # fmt: skip
    elif away_m is not None:
        yield ev.ArrivalContradicted(**head, at=at, nearest_m=away_m, fixes=len(job.fixes))


def _located(job: Job, second: float, where: np.ndarray) -> ev.IncidentLocated:
    return ev.IncidentLocated(
        incident_id=job.key, at=_at(job, second), position=_position(where), uncertainty_m=job.uncertainty_m,
        match_code=MatchCode.GOOD, confidence=Confidence.HIGH, matched_text="", district="天河区", by="d1",
    )  # fmt: skip


def _at(job: Job, second: float) -> datetime:
    return job.at + timedelta(seconds=float(second))


def _second(job: Job, fix: Fix) -> float:
    return (fix.at - job.at).total_seconds()


def _position(where: np.ndarray) -> Position:
    return Position(CENTRE.lon + float(where[0]) / M_PER_LON, CENTRE.lat + float(where[1]) / M_PER_LAT)

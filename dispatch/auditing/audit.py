"""Every promise judged from the facts alone: kept, missed or open, with nobody left out of the account."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import nlargest
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np

from dispatch.auditing import judging
from dispatch.auditing.blame import blame
from dispatch.auditing.edits import Edit, EditKind, EditPhase, edits_of
from dispatch.auditing.record import Cause, Exclusion, Problem, Record
from dispatch.auditing.shares import (
    HOURS,
    VERDICTS,
    Groups,
    IntervalStat,
    StageStat,
    Tally,
    columns,
    grouped,
    interval_stats,
    months_of,
    stage_stats,
    tally,
    tally_by,
)
from dispatch.auditing.track_shares import TrackStat, track_stat
from dispatch.errors import DispatchError
from dispatch.events import CommitmentMade, Event, IncidentReported
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.policy.audit_rules import AuditRules
from dispatch.seals import Seal
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import INTERVALS, Verdict

QUICK_S = 60.0
MOST_LISTED = 200  # misses, and edits, written out one by one
MISSED = VERDICTS.index(Verdict.MISSED)
K = TypeVar("K")
NO_LEGS: tuple[float | None, ...] = (None,) * len(INTERVALS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one commitment and what it rests on.

    ``due_at`` and ``arrived_at`` are aware; None where there is no commitment, or nobody arrived.
    """

    record: Record
    due_at: datetime | None
    arrived_at: datetime | None

    @property
    def verdict(self) -> Verdict:
        """Kept, missed or open."""
        return self.record.verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an audit was judged from; shown with it wherever it goes.

    Parameters
    ----------
    title, source : str
    judged_at : datetime
        Aware; what was due by then counts.
    start : str
        End of an interval at which the clock starts: ``reported``, or ``dispatched`` in logs that know no better.
    timezone : str
        Of the hours and days.
    since, until : date or None
        First and last day, both included; None leaves that end open.
    start_at : datetime or None
        Where the period begins at a moment instead of a day: aware; it ends at ``judged_at``.
    rows, merged_rows : int or None
        Rows read from a log and how many of them spoke of an incident already seen; None for our own events.
    notes : tuple of str
        What a reader must know before quoting a figure.
    seal : Seal or None
        The last seal over the events, printed with the figures; None for another system's log.
    rules : AuditRules
        What legs are measured against, and the organisations of clients.
    """

    title: str
    source: str
    judged_at: datetime
    start: str = "reported"
    timezone: str = "Asia/Shanghai"
    since: date | None = None
    until: date | None = None
    start_at: datetime | None = None
    rows: int | None = None
    merged_rows: int | None = None
    notes: tuple[str, ...] = ()
    seal: Seal | None = None
    rules: AuditRules = field(default_factory=AuditRules)

    @property
    def period(self) -> str:
        """The period in words, in the basis's own time zone."""
        if self.start_at is not None:
            zone = ZoneInfo(self.timezone)
            first, last = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (self.start_at, self.judged_at))
            return f"{first} – {last}"
        if self.since is None and self.until is None:
            return "全部记录 (all on record)"
        return f"{self.since or '最早 (first)'} – {self.until or '最近 (latest)'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole account; every group adds up to ``totals``.

    ``quick`` counts kept incidents whose response was under `QUICK_S` seconds: possible, and worth a look. ``by_video``
    counts surveys completed by video, a service of its own kind and never an arrival. ``sent_later`` counts arrivals captured
    without signal and sent later, ``kept_by_capture`` those of them that are kept though their receipt came after the limit,
    ``doubted`` arrivals whose claimed time was not plausible, so that the receipt counts.

    ``cancelled_late`` counts incidents called off after their promise was due, by code: they stay missed. ``edits`` counts what
    was changed after intake, by kind and by how far the incident was; ``edited`` are the latest of them. ``causes`` are those of
    the misses and add up to them; ``misses`` are the worst ones; ``stages`` say where the time of the misses went.
    ``track`` is the button beside the track. ``intervals_by_zone`` are ``intervals`` by zone. Groups, ``by_month`` and ``by_day`` in order of name; ``unit_names`` name
    the units of ``by_unit``.
    """

    basis: Basis
    totals: Tally
    by_zone: Mapping[str, Tally]
    by_district: Mapping[str, Tally]
    by_hour: Mapping[str, Tally]
    by_tier: Mapping[str, Tally]
    not_judged: Mapping[Problem, int] = field(default_factory=dict)
    excluded: Mapping[Exclusion, int] = field(default_factory=dict)
    intervals: tuple[IntervalStat, ...] = ()
    quick: int = 0
    by_video: int = 0
    sent_later: int = 0
    kept_by_capture: int = 0
    doubted: int = 0
    track: TrackStat = field(default_factory=TrackStat)
    by_unit: Groups = field(default_factory=dict)
    by_client: Groups = field(default_factory=dict)
    by_month: Groups = field(default_factory=dict)
    by_day: Groups = field(default_factory=dict)
    unit_names: Mapping[str, str] = field(default_factory=dict)
    cancelled_late: Mapping[Exclusion, int] = field(default_factory=dict)
    edits: Mapping[EditKind, Mapping[EditPhase, int]] = field(default_factory=dict)
    edited: tuple[Edit, ...] = ()
    causes: Mapping[Cause, int] = field(default_factory=dict)
    misses: tuple[Record, ...] = ()
    stages: tuple[StageStat, ...] = ()
    intervals_by_zone: Mapping[str, tuple[IntervalStat, ...]] = field(default_factory=dict)


def judge(
    history: Sequence[Event] | Incident,
    now: datetime,
    rules: AuditRules | None = None,
    *,
    folded: Incident | None = None,
) -> Judgement:
    """Judge the arrival commitment of one incident.

    The clock runs from `IncidentReported` to the first surveyor's `ArrivalClaimed`, in another city to what the partner
    told of its arrival, whatever other times say. An arrival that a phone captured without signal counts at the time
    `dispatch.capture` decided on when it was received. The limit
    is the one frozen in `CommitmentMade`. Without a commitment nothing can be kept: it is missed once somebody
    arrived, the incident was closed, or the strictest limit of the house has passed.

    A report that a person merged into another incident is excluded, with the reason: the incident that was kept is the
    one due first, so no merge can turn a missed promise into a kept one. So is one that was surveyed by video with the
    caller's consent recorded before the promise was due, once that survey is completed and where nobody arrived; a survey
    by video without consent changes nothing. So is one called off (`CloseCode.is_cancelled`) before the promise was due and
    with nobody there; called off later it stays missed, or closing late would hide misses.

    Parameters
    ----------
    history : sequence of Event, or Incident
        All events of the incident in order, or their fold, which tells no edits and no cause of a miss.
    now : datetime
        Aware.
    rules : AuditRules, optional
        What counts as no delay, and the organisations of clients.
    folded : Incident, optional
        The fold of ``history``, by whoever has it already: folding takes most of the time.

    Returns
    -------
    Judgement

    Raises
    ------
    IllegalTransition, UnknownId
        When the history does not fold.
    """
    incident = folded or (history if isinstance(history, Incident) else fold(history))
    first = judging.first_arrival(incident)
    promise = incident.commitment
    due_at = incident.reported.at + timedelta(seconds=promise.limit_s) if promise else None
    excluded = judging.exclusion(incident, first, due_at)
    record = Record(
        incident=incident.id,
        limit_s=promise.limit_s if promise else None,
        legs_s=judging.legs_s(incident, first),
        problem=None if excluded else judging.problem(incident, first, now),
        excluded=excluded,
        district=incident.location.district if incident.location else None,
        track=judging.track(incident, first),
        by_video=incident.remote is not None and incident.remote.completed,
        received_s=judging.received_s(incident, first),
        doubted=judging.is_doubted(first),
        cancelled_late=None if excluded else judging.cancelled_late(incident, first, due_at),
        **_groups(incident, first, rules or AuditRules()),
    )
    if not isinstance(history, Incident):
        record = _with_history(record, history, incident, first, now, rules or AuditRules())
    return Judgement(record=record, due_at=due_at, arrived_at=first.claimed_at if first else None)


def _groups(incident: Incident, first: judging.First, rules: AuditRules) -> dict[str, Any]:
    """What an incident is grouped by, as it was frozen at intake."""
    promise, local = incident.commitment, incident.reported.at.astimezone(GUANGZHOU_TIME)
    unit, unit_name = judging.named(judging.holder(incident, first))
    return {
        "zone": promise.zone.value if promise else None,
        "tier": (promise.tier if promise else incident.reported.tier).value,
        "hour": local.hour,
        "day": local.date().isoformat(),
        "simulated": incident.simulated,
        "unit": unit,
        "unit_name": unit_name,
        "client": rules.organisation(incident.reported.client),
    }


def _with_history(
    record: Record, history: Sequence[Event], incident: Incident, first: judging.First, now: datetime, rules: AuditRules
) -> Record:
    """The record with what only the events themselves tell: edits, and the cause of a miss."""
    edits = edits_of(history)
    missed = record.verdict is Verdict.MISSED
    why = blame(history, incident, edits, first, record.problem, now, rules) if missed else None
    return replace(record, edits=edits, blame=why) if edits or why else record


def audit(histories: Iterable[Sequence[Event]], now: datetime, basis: Basis | None = None) -> Audit:
    """Judge every incident and add up.

    Parameters
    ----------
    histories : iterable of sequence of Event
        As `dispatch.log.EventLog.all_events` gives them. A history that contradicts itself is counted, as not kept.
    now : datetime
        Aware.
    basis : Basis, optional
        What to say the figures rest on.

    Returns
    -------
    Audit
    """
    basis = basis or Basis(title="时效承诺审计", source="本系统事件记录 (event log)", judged_at=now)
    return summarise([record_of(history, now, basis.rules) for history in histories], basis)


def summarise(records: Sequence[Record], basis: Basis) -> Audit:
    """Add records up, whatever system they came from."""
    whole = columns(records)
    nobody = tally(columns(()))
    zones = grouped(map(attrgetter("zone"), records))
    days = grouped(map(attrgetter("day"), records))
    hours = tally_by(whole, grouped(None if r.hour is None else HOURS[r.hour] for r in records))
    return Audit(
        basis=basis,
        totals=tally(whole),
        by_zone=tally_by(whole, zones),
        by_district=tally_by(whole, grouped(map(attrgetter("district"), records))),
        by_hour=dict.fromkeys(HOURS, nobody) | hours,
        by_tier=tally_by(whole, grouped(map(attrgetter("tier"), records))),
        by_unit=tally_by(whole, grouped(map(attrgetter("unit"), records))),
        by_client=tally_by(whole, grouped(map(attrgetter("client"), records))),
        by_month=tally_by(whole, months_of(days)),
        by_day=tally_by(whole, days),
        intervals=interval_stats(whole, basis.rules),
        intervals_by_zone={zone: interval_stats(whole.take(lines), basis.rules) for zone, lines in zones.items()},
        quick=int(((whole.verdict == VERDICTS.index(Verdict.KEPT)) & (whole.time_s < QUICK_S)).sum()),
        track=track_stat(records),
        **_counts(records),
        **_explained([records[i] for i in np.flatnonzero(whole.verdict == MISSED).tolist()]),
    )


def _counts(records: Sequence[Record]) -> dict[str, Any]:
    """What is counted one by one, most of it rare."""
    edits = list(chain.from_iterable(map(attrgetter("edits"), records)))
    kinds = Counter((e.kind, e.phase) for e in edits)
    later = [r for r in records if r.received_s is not None]
    return {
        "not_judged": _most_first(map(attrgetter("problem"), records)),
        "excluded": _most_first(map(attrgetter("excluded"), records)),
        "cancelled_late": _most_first(map(attrgetter("cancelled_late"), records)),
        "by_video": sum(map(attrgetter("by_video"), records)),
        "sent_later": len(later),
        "kept_by_capture": sum(r.kept_by_capture for r in later),
        "doubted": sum(map(attrgetter("doubted"), records)),
        "unit_names": {r.unit: r.unit_name for r in records if r.unit_name and r.unit},
        "edits": {
            k: {p: kinds[k, p] for p in EditPhase if kinds[k, p]} for k in EditKind if k in {e.kind for e in edits}
        },
        "edited": tuple(nlargest(MOST_LISTED, edits, key=_latest)),
    }


def _explained(missed: Sequence[Record]) -> dict[str, Any]:
    """Why promises were missed, and the worst of them."""
    blamed = [r for r in missed if r.blame is not None]
    return {
        "causes": _most_first(r.blame.cause if r.blame else Cause.UNKNOWN for r in missed),
        "misses": tuple(nlargest(MOST_LISTED, blamed, key=_worst)),
        "stages": stage_stats(blamed),
    }


def _worst(missed: Record) -> tuple[float, str]:
    """The longest over first; the name as well, so that the list does not hang on the order in which records came."""
    return (missed.blame.over_s if missed.blame else 0.0, missed.incident)


def _latest(edit: Edit) -> tuple[datetime, str, str]:
    return (edit.at, edit.incident, edit.kind.value)


def _most_first(reasons: Iterable[K | None]) -> dict[K, int]:
    return dict(Counter(filter(None, reasons)).most_common())


def record_of(history: Sequence[Event], now: datetime, rules: AuditRules) -> Record:
    """Judge a history as it is counted: one that contradicts itself is a problem of its own and no error."""
    try:
        return judge(history, now, rules).record
    except DispatchError:
        return broken(history)


def broken(history: Sequence[Event]) -> Record:
    """Record of a history that contradicts itself: counted, as not kept."""
    reported = next((e for e in history if isinstance(e, IncidentReported)), None)
    promise = next((e for e in history if isinstance(e, CommitmentMade)), None)
    local = reported.at.astimezone(GUANGZHOU_TIME) if reported else None
    return Record(
        incident=history[0].incident_id if history else "",
        limit_s=promise.limit_s if promise else None,
        legs_s=NO_LEGS,
        problem=Problem.BROKEN_HISTORY,
        zone=promise.zone.value if promise else None,
        hour=local.hour if local else None,
        day=local.date().isoformat() if local else None,
        simulated=reported.simulated if reported else False,
    )

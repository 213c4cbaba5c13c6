"""Every promise judged from the facts alone: kept, missed or open, with nobody left out of the account."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch.capture import Capture
from dispatch.errors import DispatchError
from dispatch.events import CommitmentMade, Event, IncidentReported
from dispatch.folding import fold
from dispatch.incident import Assignment, Incident
from dispatch.location import distance_m
from dispatch.partner import PartnerService
from dispatch.policy import ArrivalCommitment
from dispatch.record import Exclusion, Problem, Record
from dispatch.seals import Seal
from dispatch.shares import HOURS, VERDICTS, IntervalStat, Tally, columns, interval_stat, tally, tally_by
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import INTERVALS, AssignmentStatus, Role, Verdict

QUICK_S = 60.0
CLAIM_REACH_M = 500.0  # a button pressed farther from the scene than this, and its uncertainty, is no arrival
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


def judge(history: Sequence[Event] | Incident, now: datetime) -> Judgement:
    """Judge the arrival commitment of one incident.

    The clock runs from `IncidentReported` to the first surveyor's `ArrivalClaimed`, in another city to what the partner
    told of its arrival, whatever other times say. An arrival that a phone captured without signal counts at the time
    `dispatch.capture` decided on when it was received. The limit
    is the one frozen in `CommitmentMade`. Without a commitment nothing can be kept: it is missed once somebody
    arrived, the incident was closed, or the strictest limit of the house has passed.

    A report that a person merged into another incident is excluded, with the reason: the incident that was kept is the
    one due first, so no merge can turn a missed promise into a kept one. So is one that was surveyed by video with the
    caller's consent recorded before the promise was due, once that survey is completed and where nobody arrived; a survey
    by video without consent changes nothing.

    Parameters
    ----------
    history : sequence of Event, or Incident
        All events of the incident in order, or their fold.
    now : datetime
        Aware.

    Returns
    -------
    Judgement

    Raises
    ------
    IllegalTransition, UnknownId
        When the history does not fold.
    """
    incident = history if isinstance(history, Incident) else fold(history)
    first = _first_arrival(incident)
    promise = incident.commitment
    due_at = incident.reported.at + timedelta(seconds=promise.limit_s) if promise else None
    excluded = _exclusion(incident, first, due_at)
    record = Record(
        incident=incident.id,
        limit_s=promise.limit_s if promise else None,
        legs_s=_legs_s(incident, first),
        problem=None if excluded else _problem(incident, first, now),
        excluded=excluded,
        zone=promise.zone.value if promise else None,
        district=incident.location.district if incident.location else None,
        tier=(promise.tier if promise else incident.reported.tier).value,
        hour=incident.reported.at.astimezone(GUANGZHOU_TIME).hour,
        confirmed=first.confirmed_at is not None if isinstance(first, Assignment) else None,
        simulated=incident.simulated,
        by_video=incident.remote is not None and incident.remote.completed,
        received_s=_received_s(incident, first),
        doubted=_is_doubted(first),
    )
    return Judgement(record=record, due_at=due_at, arrived_at=first.claimed_at if first else None)


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
    return summarise([_record(history, now) for history in histories], basis)


def summarise(records: Sequence[Record], basis: Basis) -> Audit:
    """Add records up, whatever system they came from."""
    whole = columns(records)
    problems = Counter(r.problem for r in records if r.problem is not None)
    exclusions = Counter(r.excluded for r in records if r.excluded is not None)
    nobody = tally(columns(()))
    hours = tally_by(whole, (None if r.hour is None else HOURS[r.hour] for r in records))
    return Audit(
        basis=basis,
        totals=tally(whole),
        by_zone=tally_by(whole, (r.zone for r in records)),
        by_district=tally_by(whole, (r.district for r in records)),
        by_hour=dict.fromkeys(HOURS, nobody) | hours,
        by_tier=tally_by(whole, (r.tier for r in records)),
        not_judged=dict(problems.most_common()),
        excluded=dict(exclusions.most_common()),
        intervals=tuple(interval_stat(records, i) for i in range(len(INTERVALS))),
        quick=int(((whole.verdict == VERDICTS.index(Verdict.KEPT)) & (whole.time_s < QUICK_S)).sum()),
        by_video=sum(r.by_video for r in records),
        sent_later=sum(r.received_s is not None for r in records),
        kept_by_capture=sum(r.kept_by_capture for r in records),
        doubted=sum(r.doubted for r in records),
    )


def _record(history: Sequence[Event], now: datetime) -> Record:
    try:
        return judge(history, now).record
    except DispatchError:
        return broken(history)


def broken(history: Sequence[Event]) -> Record:
    """Record of a history that contradicts itself: counted, as not kept."""
    reported = next((e for e in history if isinstance(e, IncidentReported)), None)
    promise = next((e for e in history if isinstance(e, CommitmentMade)), None)
    return Record(
        incident=history[0].incident_id if history else "",
        limit_s=promise.limit_s if promise else None,
        legs_s=NO_LEGS,
        problem=Problem.BROKEN_HISTORY,
        zone=promise.zone.value if promise else None,
        hour=reported.at.astimezone(GUANGZHOU_TIME).hour if reported else None,
        simulated=reported.simulated if reported else False,
    )


def _exclusion(
    incident: Incident, first: Assignment | PartnerService | None, due_at: datetime | None
) -> Exclusion | None:
    if incident.merged_into:
        return Exclusion.MERGED
    remote = incident.remote
    if remote is None or not remote.completed or not remote.started.consent or first is not None or due_at is None:
        return None
    return Exclusion.REMOTE_CONSENT if remote.started.at <= due_at else None


def _first_arrival(incident: Incident) -> Assignment | PartnerService | None:
    arrived: list[Assignment | PartnerService] = [
        a for a in incident.assignments.values() if a.role is Role.SURVEYOR and a.claimed_at
    ]
    if incident.partner is not None and incident.partner.claimed_at:
        arrived.append(incident.partner)
    return min(arrived, key=lambda a: a.claimed_at or incident.reported.at, default=None)


def _legs_s(incident: Incident, first: Assignment | PartnerService | None) -> tuple[float | None, ...]:
    """Legs of who arrived first; without anybody only what the open assignment or the partner has come to is known."""
    served = first or incident.open_in(Role.SURVEYOR) or incident.partner
    ends: dict[str, datetime | None] = {"reported": incident.reported.at}
    if served is not None:
        ends |= {"assigned": served.accepted_at, "en_route": served.departed_at}
        ends |= {"on_scene": served.claimed_at, "cleared": served.cleared_at}
    return tuple(_between_s(ends.get(i.start), ends.get(i.stop)) for i in INTERVALS)


def _capture(first: Assignment | PartnerService | None) -> Capture | None:
    return first.captures.get(AssignmentStatus.ON_SCENE) if isinstance(first, Assignment) else None


def _received_s(incident: Incident, first: Assignment | PartnerService | None) -> float | None:
    captured = _capture(first)
    if captured is None or captured.doubt is not None or not captured.was_sent_later:
        return None
    return (captured.received_at - incident.reported.at).total_seconds()


def _is_doubted(first: Assignment | PartnerService | None) -> bool:
    captured = _capture(first)
    return captured is not None and captured.doubt is not None


def _between_s(start: datetime | None, stop: datetime | None) -> float | None:
    return (stop - start).total_seconds() if start and stop else None


def _problem(incident: Incident, first: Assignment | PartnerService | None, now: datetime) -> Problem | None:
    reported_at = incident.reported.at
    limit_s = incident.commitment.limit_s if incident.commitment else ArrivalCommitment().urban_limit_s
    past_due = now > reported_at + timedelta(seconds=limit_s)
    closed = incident.closed_at is not None
    if incident.commitment is None:
        return Problem.NO_COMMITMENT if first or closed or past_due else None
    if first is None or first.claimed_at is None:
        return Problem.NO_ARRIVAL if closed else Problem.OVERDUE if past_due else None
    if first.claimed_at <= reported_at:
        return Problem.ZERO_INTERVAL if first.claimed_at == reported_at else Problem.ARRIVAL_BEFORE_START
    if first.claimed_at > now:
        return Problem.ARRIVAL_AFTER_NOW
    return Problem.CLAIMED_AWAY if _claimed_away(incident, first) else None


def _claimed_away(incident: Incident, first: Assignment | PartnerService) -> bool:
    """Whether the phone itself said it was elsewhere when the button was pressed, and no track says otherwise."""
    if first.claimed_from is None or incident.location is None or first.confirmed_at is not None:
        return False
    reach_m = CLAIM_REACH_M + incident.location.uncertainty_m
    return distance_m(first.claimed_from, incident.location.position) > reach_m

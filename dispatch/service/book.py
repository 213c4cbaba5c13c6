"""The account of all promises of a period: who was promised what, what became of it, and the shares."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.auditing.record import Record
from dispatch.auditing.shares import Share, share
from dispatch.errors import InvalidInput
from dispatch.events import Event, IncidentReported
from dispatch.promises.facts import Pattern, Scope
from dispatch.promises.judging import Judgement, PromiseVerdict
from dispatch.promises.rules import Promise

# Arrival has an audit of its own, with problems and legs; here it stands beside the others with the same verdict.
ARRIVAL = Promise(
    name="arrival",
    label="到达现场",
    english="Arrival on scene",
    about=Scope.INCIDENT,
    starts=(Pattern("incident_reported"),),
    kept_by=(Pattern("arrival_claimed"),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseTally:
    """What became of one promise; always ``reported`` is the sum of the five verdicts.

    ``recorded_late`` of the kept ones rest on facts recorded after they were due, ``by_correction`` on corrected ones.
    ``reasons`` counts the codes of what is excluded.
    """

    rule: Promise
    reported: int
    kept: int
    missed: int
    open: int
    excluded: int
    unjudged: int
    recorded_late: int
    by_correction: int
    simulated: int
    reasons: Mapping[str, int]

    def __post_init__(self) -> None:
        if self.reported != self.kept + self.missed + self.open + self.excluded + self.unjudged:
            raise InvalidInput("A tally lost promises: reported must equal the sum of its verdicts.")

    @property
    def share_kept(self) -> Share:
        """Kept among those that are due: the headline; none for a standing promise, of which there is but one."""
        return share(0, 0) if self.rule.at_least else share(self.kept, self.kept + self.missed)

    @property
    def share_with_excluded(self) -> Share:
        """The headline with every excluded promise put back as not kept: what exclusions can hide at most."""
        return share(0, 0) if self.rule.at_least else share(self.kept, self.kept + self.missed + self.excluded)


def arrivals(records: Iterable[Record], reported_at: Mapping[str, datetime]) -> list[Judgement]:
    """The arrival promises of some incidents as `dispatch.auditing.audit` judged them; their words are left to whoever shows one.

    Parameters
    ----------
    records : iterable of Record
    reported_at : mapping
        When each incident was reported, aware; one that is not in it has no times.
    """
    return [_arrival(record, reported_at.get(record.incident)) for record in records]


def _arrival(record: Record, reported_at: datetime | None) -> Judgement:
    done_at = _after(reported_at, record.response_s)
    return Judgement(
        rule=ARRIVAL,
        subject=record.incident,
        verdict=PromiseVerdict(record.verdict.value),
        started_at=reported_at,
        due_at=_after(reported_at, record.limit_s),
        done_at=done_at,
        reason=record.excluded.value if record.excluded else record.problem.value if record.problem else "",
        wanting=() if done_at else ARRIVAL.kept_by,
        simulated=record.simulated,
    )


def _after(start: datetime | None, seconds: float | None) -> datetime | None:
    return None if start is None or seconds is None else start + timedelta(seconds=seconds)


def words_of(history: Sequence[Event]) -> str:
    """What tells an incident to a reader: its plate, else how the report begins."""
    reported = history[0]
    return reported.plate or reported.text[:30] if isinstance(reported, IncidentReported) else ""


def of_period(judged: Iterable[Judgement], since: datetime, until: datetime | None) -> list[Judgement]:
    """Those that fall due in ``[since, until)``, and the standing ones; what has no due time counts by its start.

    Without ``until`` all that are still open are among them.
    """
    return [one for one in judged if _falls(one.due_at or one.started_at, since, until)]


def _falls(at: datetime | None, since: datetime, until: datetime | None) -> bool:
    return at is None or (at >= since and (until is None or at < until))


def tallies(judged: Iterable[Judgement], rules: Iterable[Promise]) -> list[PromiseTally]:
    """Add promises up by name: the rules in force in their order, those nobody was promised too, then earlier ones."""
    groups: dict[str, list[Judgement]] = {}
    for one in judged:
        groups.setdefault(one.rule.name, []).append(one)
    named = {rule.name: rule for rule in rules}
    gone = {name: group[-1].rule for name, group in groups.items() if name not in named}
    return [_tally(rule, groups.get(name, [])) for name, rule in (named | gone).items()]


def _tally(rule: Promise, group: Sequence[Judgement]) -> PromiseTally:
    by = Counter(one.verdict for one in group)
    return PromiseTally(
        rule=rule,
        reported=len(group),
        kept=by[PromiseVerdict.KEPT],
        missed=by[PromiseVerdict.MISSED],
        open=by[PromiseVerdict.OPEN],
        excluded=by[PromiseVerdict.EXCLUDED],
        unjudged=by[PromiseVerdict.UNJUDGED],
        recorded_late=sum(one.recorded_late for one in group),
        by_correction=sum(one.by_correction for one in group),
        simulated=sum(one.simulated for one in group),
        reasons=dict(Counter(one.reason for one in group if one.verdict is PromiseVerdict.EXCLUDED).most_common()),
    )


def still_due(judged: Iterable[Judgement], now: datetime) -> list[Judgement]:
    """What is still to be done, the most urgent first: overdue ones, then by the time left, last what has no due time.

    A month or quarter that has passed is missed for good: the next one asks for the same.
    """
    waiting = [
        one for one in judged if one.wanting and one.verdict is not PromiseVerdict.EXCLUDED and not _is_past(one)
    ]
    return sorted(waiting, key=lambda one: (one.due_at is None, one.due_at or now, one.rule.name, one.subject))


def _is_past(one: Judgement) -> bool:
    return one.rule.every is not None and one.verdict is PromiseVerdict.MISSED

"""Verdicts: every promise that was ever started is kept, missed, open, excluded, or cannot be judged yet.

A promise is kept at the moment the last fact it needs is there (with ``any_of`` the first), if that is no later than due.
It is excluded only by a fact that was recorded before it was done and before it was due: nobody can take back a promise
that is broken already. A starting fact that was corrected in time is excluded in the same way (``corrected``), for the
fact in its place starts a promise of its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, takewhile

from dispatch.days import midnight
from dispatch.promises.facts import Fact, Pattern
from dispatch.promises.limits import CalendarEnds, WorkingDays, months_after
from dispatch.promises.rules import Promise
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Labelled

CORRECTED = "corrected"
MOST_PERIODS = 1200  # of a recurring promise: a hundred years of months


class PromiseVerdict(Labelled):
    """How a promise was judged."""

    KEPT = "kept", "已履行"
    MISSED = "missed", "未履行"
    OPEN = "open", "待履行"
    EXCLUDED = "excluded", "不计"
    UNJUDGED = "unjudged", "暂不能判定"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict on one promise and what it rests on.

    Parameters
    ----------
    rule : Promise
        As it was when the promise started.
    subject : str
        Which incident, client or problem.
    verdict : PromiseVerdict
    started_at, due_at, done_at : datetime or None
        A standing promise has neither start nor due time; nothing is due that cannot be judged.
    evidence : tuple of str
        Ids of the facts: what started it, what kept it, what excluded it.
    wanting : tuple of Pattern
        What is still missing; empty once it is done.
    reason : str
        Code of the exclusion, or why it cannot be judged; else empty.
    recorded_late : bool
        Whether it is kept by a fact that was recorded only after it was due.
    by_correction : bool
        Whether a fact that keeps it took the place of another.
    words : str
        Of the starting fact.
    simulated : bool
    """

    rule: Promise
    subject: str
    verdict: PromiseVerdict
    started_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    evidence: tuple[str, ...] = ()
    wanting: tuple[Pattern, ...] = ()
    reason: str = ""
    recorded_late: bool = False
    by_correction: bool = False
    words: str = ""
    simulated: bool = False

    def margin_s(self, now: datetime) -> float | None:
        """Seconds by which it was done in time, or that are left; negative where late. None where nothing is due."""
        if self.due_at is None or self.verdict is PromiseVerdict.EXCLUDED:
            return None
        return (self.due_at - (self.done_at or now)).total_seconds()


def judge(rule: Promise, start: Fact, facts: Sequence[Fact], now: datetime, calendar: WorkingDays) -> Judgement:
    """Judge the promise that one fact started.

    Parameters
    ----------
    rule : Promise
        One that does not recur.
    start : Fact
    facts : sequence of Fact
        All about the same subject, in any order.
    now : datetime
        Aware; what happened or was recorded later is not known.
    calendar : WorkingDays

    Returns
    -------
    Judgement
        `PromiseVerdict.UNJUDGED`, with the reason, where the calendar does not hold a day that is needed.
    """
    begun = Judgement(
        rule=rule,
        subject=start.subjects[rule.about],
        verdict=PromiseVerdict.UNJUDGED,
        started_at=start.at,
        evidence=(start.id,),
        words=start.words,
        simulated=start.simulated,
    )
    known = [fact for fact in _known(facts, now) if _counts_for(fact, start)]
    try:
        due_at = rule.within.due_at(start.at, calendar) if rule.within else start.due_at
    except CalendarEnds as error:
        return replace(begun, reason=str(error), wanting=_wanting(rule, known))
    corrected_at = start.corrected_at if start.corrected_at and start.corrected_at <= now else None
    return _judged(replace(begun, due_at=due_at), known, now, corrected_at)


def periods(rule: Promise, start: Fact, facts: Sequence[Fact], now: datetime) -> Iterator[Judgement]:
    """Judge a recurring promise, period by period from its start to the one that runs at ``now``.

    Periods follow each other without a gap from the Guangzhou day of the start; none begins after a fact of ``ends``.
    """
    if rule.every is None:
        return
    first, n = start.at.astimezone(GUANGZHOU_TIME).date(), rule.every.n
    known = _known(facts, now)
    ended_at = min((f.at for f in known if _any_fits(rule.ends, f) and f.at >= start.at), default=None)
    bounds = ((midnight(months_after(first, k * n)), midnight(months_after(first, (k + 1) * n))) for k in count())
    running = takewhile(lambda bound: bound[0] <= now and (ended_at is None or bound[0] < ended_at), bounds)
    for number, (begin_at, end_at) in zip(range(MOST_PERIODS), running, strict=False):
        started_at = max(begin_at, start.at) if number == 0 else begin_at
        within = [f for f in known if started_at <= f.at < end_at]
        begun = Judgement(
            rule=rule,
            subject=start.subjects[rule.about],
            verdict=PromiseVerdict.UNJUDGED,
            started_at=started_at,
            due_at=end_at,
            evidence=(start.id,),
            words=start.words,
            simulated=start.simulated,
        )
        yield _judged(begun, within, now, None)


def standing(rule: Promise, facts: Iterable[Fact], subject: str) -> Judgement:
    """Judge a promise that holds while enough facts do, by those that hold now."""
    holding = [fact for fact in facts if _any_fits(rule.kept_by, fact)]
    kept = len(holding) >= rule.at_least
    return Judgement(
        rule=rule,
        subject=subject,
        verdict=PromiseVerdict.KEPT if kept else PromiseVerdict.MISSED,
        evidence=tuple(fact.id for fact in holding),
        wanting=() if kept else rule.kept_by,
        simulated=any(fact.simulated for fact in holding),
    )


def _known(facts: Iterable[Fact], now: datetime) -> list[Fact]:
    """What was known at ``now``; a fact that was corrected only later counts still."""
    known = (f for f in facts if f.at <= now and f.known_at <= now)
    return [replace(f, corrected_at=None) if f.corrected_at and f.corrected_at > now else f for f in known]


def _counts_for(fact: Fact, start: Fact) -> bool:
    """What was told before a decision was corrected told something else."""
    return fact.at >= start.at and not (start.corrects and fact.known_at < start.known_at)


def _judged(begun: Judgement, known: Sequence[Fact], now: datetime, corrected_at: datetime | None) -> Judgement:
    rule, due_at = begun.rule, begun.due_at
    keepers = _keepers(rule, known)
    done_at = max((f.at for f in keepers), default=None) if keepers else None
    out = _exclusion(rule, known, corrected_at)
    if out and due_at and out[0] <= due_at and (done_at is None or out[0] < done_at):
        evidence = (*begun.evidence, *out[2])
        return replace(begun, verdict=PromiseVerdict.EXCLUDED, reason=out[1], evidence=evidence)
    if done_at is not None and due_at is not None:
        return replace(
            begun,
            verdict=PromiseVerdict.KEPT if done_at <= due_at else PromiseVerdict.MISSED,
            done_at=done_at,
            evidence=tuple(dict.fromkeys((*begun.evidence, *(f.id for f in keepers)))),
            recorded_late=done_at <= due_at < max(f.known_at for f in keepers),
            by_correction=any(f.corrects for f in keepers),
        )
    overdue = due_at is not None and now > due_at
    verdict = PromiseVerdict.MISSED if overdue else PromiseVerdict.OPEN
    return replace(begun, verdict=verdict, wanting=_wanting(rule, known))


def _keepers(rule: Promise, known: Sequence[Fact]) -> list[Fact]:
    """The facts at which it was done; empty while it is not."""
    firsts = [_first(pattern, known) for pattern in rule.kept_by]
    found = [fact for fact in firsts if fact is not None]
    if rule.any_of:
        return [min(found, key=lambda f: f.at)] if found else []
    return found if len(found) == len(firsts) else []


def _first(pattern: Pattern, known: Sequence[Fact]) -> Fact | None:
    fitting = (f for f in known if f.corrected_at is None and pattern.fits(f))
    return min(fitting, key=lambda f: (f.at, f.id), default=None)


def _wanting(rule: Promise, known: Sequence[Fact]) -> tuple[Pattern, ...]:
    if _keepers(rule, known):
        return ()
    return tuple(p for p in rule.kept_by if _first(p, known) is None)


def _exclusion(
    rule: Promise, known: Sequence[Fact], corrected_at: datetime | None
) -> tuple[datetime, str, tuple[str, ...]] | None:
    """When the first exclusion was known, its code and its evidence."""
    found: list[tuple[datetime, str, tuple[str, ...]]] = [
        (f.known_at, f.traits.get("code", f.kind), (f.id,)) for f in known if _any_fits(rule.excluded_by, f)
    ]
    if corrected_at is not None:
        found.append((corrected_at, CORRECTED, ()))
    return min(found, default=None)


def _any_fits(patterns: Iterable[Pattern], fact: Fact) -> bool:
    return any(pattern.fits(fact) for pattern in patterns)

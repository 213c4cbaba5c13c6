"""Which rules held when: a promise is judged by those in force when it started, whatever the policy says later."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.promises.facts import Fact, Pattern
from dispatch.promises.judging import Judgement, judge, periods, standing
from dispatch.promises.limits import WorkingDays
from dispatch.promises.rules import Promise

HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Rules as they came into force; they hold until the next edition.

    ``from_at`` is when that was recorded; the first edition also holds for all that started before it was.
    """

    from_at: datetime
    version: str
    rules: tuple[Promise, ...]


def judge_all(
    editions: Sequence[Edition], facts: Sequence[Fact], now: datetime, calendar: WorkingDays
) -> list[Judgement]:
    """Judge every promise that the facts started, each by the edition that held at its start.

    A recurring promise starts anew with each period, so a new edition holds from the first period that begins under it.

    Parameters
    ----------
    editions : sequence of Edition
        In order of time, at least one.
    facts : sequence of Fact
        Of all subjects, in any order.
    now : datetime
    calendar : WorkingDays

    Returns
    -------
    list of Judgement
        In no particular order; none is left out.
    """
    by_kind: dict[str, list[Fact]] = {}
    for fact in sorted(facts, key=lambda f: f.at):
        by_kind.setdefault(fact.kind, []).append(fact)
    found: list[Judgement] = []
    for number, edition in enumerate(editions):
        since = None if number == 0 else edition.from_at
        until = editions[number + 1].from_at if number + 1 < len(editions) else None
        for rule in edition.rules:
            judged = _judged(rule, by_kind, now, calendar)
            found += [j for j in judged if _holds(j.started_at, since, until)]
    return found


def _judged(
    rule: Promise, by_kind: Mapping[str, Sequence[Fact]], now: datetime, calendar: WorkingDays
) -> Iterator[Judgement]:
    if rule.at_least:
        yield standing(rule, _of(rule.kept_by, by_kind), HOUSE)
        return
    starts = [f for f in _of(rule.starts, by_kind) if rule.about in f.subjects and f.at <= now and f.known_at <= now]
    mine: dict[str, list[Fact]] = {start.subjects[rule.about]: [] for start in starts}
    for fact in _of((*rule.kept_by, *rule.excluded_by, *rule.ends), by_kind):
        about = mine.get(fact.subjects.get(rule.about, ""))
        if about is not None:
            about.append(fact)
    for start in starts:
        known = mine[start.subjects[rule.about]]
        if rule.every is None:
            yield judge(rule, start, known, now, calendar)
        else:
            yield from periods(rule, start, known, now)


def _of(patterns: Iterable[Pattern], by_kind: Mapping[str, Sequence[Fact]]) -> Iterator[Fact]:
    """Facts that one of the patterns at least fits, each once."""
    patterns = tuple(patterns)
    for kind in dict.fromkeys(pattern.kind for pattern in patterns):
        of_kind = [pattern for pattern in patterns if pattern.kind == kind]
        yield from (fact for fact in by_kind.get(kind, ()) if any(pattern.fits(fact) for pattern in of_kind))


def _holds(at: datetime | None, since: datetime | None, until: datetime | None) -> bool:
    """Whether an edition's rule is the one for a promise that started then; what stands is judged by the last edition."""
    if at is None:
        return until is None
    return (since is None or at >= since) and (until is None or at < until)

"""Which rules held when: a promise is judged by those in force when it started, whatever the policy says later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.promises.facts import Fact, Scope
from dispatch.promises.judging import Judgement, by_subject, judge, periods, standing
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
    about = {scope: by_subject(facts, scope) for scope in Scope}
    found: list[Judgement] = []
    for number, edition in enumerate(editions):
        since = None if number == 0 else edition.from_at
        until = editions[number + 1].from_at if number + 1 < len(editions) else None
        for rule in edition.rules:
            if rule.at_least:
                found += [standing(rule, about[rule.about].get(HOUSE, []), HOUSE)] if until is None else []
                continue
            judged = (j for mine in about[rule.about].values() for j in _started(rule, mine, now, calendar))
            found += [j for j in judged if j.started_at and _within(j.started_at, since, until)]
    return found


def _started(rule: Promise, mine: Sequence[Fact], now: datetime, calendar: WorkingDays) -> Iterator[Judgement]:
    for start in mine:
        if start.at > now or start.known_at > now or not any(pattern.fits(start) for pattern in rule.starts):
            continue
        if rule.every is None:
            yield judge(rule, start, mine, now, calendar)
        else:
            yield from periods(rule, start, mine, now)


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)

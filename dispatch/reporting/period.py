"""Months and quarters of Guangzhou days."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dispatch.days import midnight
from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Labelled

MONTH = re.compile(r"(20\d\d|21\d\d)-(0[1-9]|1[0-2])")
QUARTER = re.compile(r"(20\d\d|21\d\d)-?[Qq]([1-4])")


class PeriodKind(Labelled):
    """How long a report looks back."""

    MONTH = "monthly", "月"
    QUARTER = "quarterly", "季"

    @property
    def months(self) -> int:
        """How many months it has."""
        return 1 if self is PeriodKind.MONTH else 3


@dataclass(frozen=True, slots=True)
class Period:
    """One month or quarter; ``first`` is its first Guangzhou day."""

    kind: PeriodKind
    first: date

    @property
    def last(self) -> date:
        """Its last day, included."""
        return _months_on(self.first, self.kind.months) - timedelta(days=1)

    @property
    def start_at(self) -> datetime:
        """Its first moment, aware."""
        return midnight(self.first)

    @property
    def end_at(self) -> datetime:
        """The first moment after it, aware."""
        return midnight(self.last + timedelta(days=1))

    @property
    def previous(self) -> "Period":
        """The one before it."""
        return Period(self.kind, _months_on(self.first, -self.kind.months))

    @property
    def days(self) -> list[date]:
        """All its days in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def name(self) -> str:
        """As it is asked for, e.g. ``2026-10`` or ``2026Q3``."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}Q{_quarter(self.first)}"

    @property
    def label(self) -> str:
        """In Chinese, e.g. 2026年10月, 2026年第3季度."""
        if self.kind is PeriodKind.MONTH:
            return f"{self.first.year}年{self.first.month}月"
        return f"{self.first.year}年第{_quarter(self.first)}季度"


def read_period(kind: PeriodKind, words: str | None, now: datetime) -> Period:
    """Understand which period is meant.

    Parameters
    ----------
    kind : PeriodKind
    words : str or None
        ``2026-10`` or ``2026Q3``; ``this`` and ``previous`` go by ``now``, and None is ``previous``: the last whole one.
    now : datetime
        Aware.

    Raises
    ------
    InvalidInput
        For anything else, and for a period that has not begun.
    """
    current = _holding(kind, now.astimezone(GUANGZHOU_TIME).date())
    if words in (None, "", "previous"):
        return current.previous
    found = current if words == "this" else _spelled(kind, words or "")
    if found.first > current.first:
        raise InvalidInput(
            f"{found.label}尚未开始:请选较早的时段。({found.name} has not begun: choose an earlier one.)"
        )
    return found


def _spelled(kind: PeriodKind, words: str) -> Period:
    if kind is PeriodKind.MONTH:
        found = MONTH.fullmatch(words)
        if found is None:
            raise InvalidInput(f"{words!r} 不是月份:请写成 2026-10。(Write a month as 2026-10, or this, or previous.)")
        return Period(kind, date(int(found[1]), int(found[2]), 1))
    found = QUARTER.fullmatch(words)
    if found is None:
        raise InvalidInput(f"{words!r} 不是季度:请写成 2026Q3。(Write a quarter as 2026Q3, or this, or previous.)")
    return Period(kind, date(int(found[1]), 3 * int(found[2]) - 2, 1))


def _holding(kind: PeriodKind, day: date) -> Period:
    month = day.month if kind is PeriodKind.MONTH else 3 * _quarter(day) - 2
    return Period(kind, date(day.year, month, 1))


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _months_on(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)

"""How long a promise leaves: seconds and hours from the moment, working days and months by whole Guangzhou days.

The rules are those a Chinese reader of a contract goes by, Civil Code of the People's Republic of China, articles 201 to
203: hours run from the moment itself; of days and months the day it begins is not counted, the last one ends at 24:00;
a month ends on the day of the same number, or on the last of a shorter month. Article 203 lets a limit whose last day is
a holiday end later; months here do not make use of that: the stricter reading is the one no client can object to.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from dispatch.days import midnight
from dispatch.errors import InvalidInput, Unavailable
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Labelled


class CalendarEnds(Unavailable):
    """The calendar does not hold the year: what needs it cannot be judged yet."""


class WorkingDays(Protocol):
    """Which days are worked, public holidays and the days that make up for them considered."""

    def is_working_day(self, day: date) -> bool:
        """Whether it is one; raises `CalendarEnds` for a year that is not known."""
        ...


class LimitUnit(Labelled):
    """In what a limit is counted."""

    SECONDS = "s", "秒"
    MINUTES = "min", "分钟"
    HOURS = "h", "小时"
    WORKING_DAYS = "working days", "个工作日"
    MONTHS = "months", "个月"


SECONDS = {LimitUnit.SECONDS: 1, LimitUnit.MINUTES: 60, LimitUnit.HOURS: 3600}
MOST = {
    LimitUnit.SECONDS: 366 * 86_400,
    LimitUnit.MINUTES: 366 * 1440,
    LimitUnit.HOURS: 366 * 24,
    LimitUnit.WORKING_DAYS: 250,
    LimitUnit.MONTHS: 120,
}
WRITTEN = re.compile(r"(\d{1,9}) *(s|min|h|working days?|months?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of a unit, e.g. 2 working days; ``str`` writes it as a policy file does."""

    n: int
    unit: LimitUnit

    def __str__(self) -> str:
        word = self.unit.value if self.n != 1 else self.unit.value.removesuffix("s") or "s"
        return f"{self.n} {word}"

    @property
    def label(self) -> str:
        """In Chinese, e.g. ``2 个工作日``."""
        return (
            f"{self.n} {self.unit.label.removeprefix('个')}" if self.unit in SECONDS else f"{self.n} {self.unit.label}"
        )

    @property
    def seconds(self) -> int | None:
        """How many seconds; None for working days and months."""
        return self.n * SECONDS[self.unit] if self.unit in SECONDS else None

    @property
    def days_at_most(self) -> int:
        """Calendar days within which it surely ends; the longest holidays are not half of these."""
        if self.seconds is not None:
            return self.seconds // 86_400 + 1
        return 31 * self.n + 1 if self.unit is LimitUnit.MONTHS else 3 * self.n + 14

    def due_at(self, start: datetime, calendar: WorkingDays) -> datetime:
        """The last moment that still keeps a promise begun at ``start`` (aware).

        Raises
        ------
        CalendarEnds
            When working days are to be counted in a year the calendar does not hold.
        """
        if self.seconds is not None:
            return start + timedelta(seconds=self.seconds)
        first = start.astimezone(GUANGZHOU_TIME).date()
        if self.unit is LimitUnit.MONTHS:
            return end_of(months_after(first, self.n))
        return end_of(working_day_after(first, self.n, calendar))


def read_limit(text: object) -> Limit:
    """Read a limit such as ``30 min``, ``24 h``, ``2 working days`` or ``1 month``.

    Raises
    ------
    InvalidInput
        For anything else; the message starts with what was written.
    """
    found = WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise InvalidInput(f'{text!r} is no limit: write "90 s", "30 min", "24 h", "2 working days" or "1 month".')
    word = found[2] if found[2] in ("s", "min", "h") else f"{found[2].removesuffix('s')}s"
    limit = Limit(int(found[1]), LimitUnit(word))
    if not 0 < limit.n <= MOST[limit.unit]:
        raise InvalidInput(f"{text!r} is no limit: give 1 to {MOST[limit.unit]} {limit.unit.value}.")
    return limit


def end_of(day: date) -> datetime:
    """24:00 of a Guangzhou day."""
    return midnight(day + timedelta(days=1))


def months_after(day: date, n: int) -> date:
    """The day of the same number ``n`` months on, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def working_day_after(day: date, n: int, calendar: WorkingDays) -> date:
    """The ``n``-th working day after ``day``, which itself does not count; raises `CalendarEnds`."""
    while n:
        day += timedelta(days=1)
        n -= calendar.is_working_day(day)
    return day

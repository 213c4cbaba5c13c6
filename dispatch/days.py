"""Guangzhou days: when one begins, and a period of them as somebody asks for it."""

from datetime import date, datetime, time, timedelta

from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME

FIRST_YEAR, LAST_YEAR = 2000, 2199


def midnight(day: date) -> datetime:
    """Beginning of a day, aware."""
    return datetime.combine(day, time(), GUANGZHOU_TIME)


def bounds(since: date | None, until: date | None) -> tuple[datetime | None, datetime | None]:
    """A period of days, both included, as moments ``[start, end)``; None on a side that is open.

    Raises
    ------
    InvalidInput
        For a first day after the last, or a year that no report of ours can have.
    """
    in_order(since, until)
    if any(day and not FIRST_YEAR <= day.year <= LAST_YEAR for day in (since, until)):
        raise InvalidInput(
            f"日期须在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间。(A day must lie in {FIRST_YEAR} to {LAST_YEAR}.)"
        )
    return midnight(since) if since else None, midnight(until + timedelta(days=1)) if until else None


def in_order(since: date | None, until: date | None) -> None:
    """Let a first day pass that is not after the last; raises `InvalidInput` for any other."""
    if since and until and since > until:
        raise InvalidInput(f"开始日 {since} 晚于结束日 {until}:请对调。({since} is after {until}: swap them.)")

"""Which kind of day it is in Guangzhou: working day, weekend or public holiday.

Public holidays and the working days that make up for them are those the State Council announces each autumn for the
next year, as kept in the package ``chinesecalendar``. A year it does not hold yet has plain weekdays and weekends; that
is logged once.
"""

import logging
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache

from chinese_calendar import get_holiday_detail

from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME

log = logging.getLogger(__name__)


class DayKind(StrEnum):
    """Days that differ in traffic and in accidents."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


def day_kind(now: datetime) -> DayKind:
    """Kind of day at ``now`` in Guangzhou.

    Every day off of a public holiday, weekend days among them, is a holiday; a weekend day worked to make up for one
    is a weekday. Outside the years the calendar holds, Monday to Friday are weekdays.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    return _kind_of(guangzhou_clock(now).date())


@lru_cache(maxsize=1000)  # every travel time asks, and the calendar is slow
def _kind_of(today: date) -> DayKind:
    try:
        day_off, holiday = get_holiday_detail(today)
    except NotImplementedError:  # what the package raises for a year it does not hold
        _tell_unknown(today.year)
        return DayKind.WEEKEND if today.weekday() >= 5 else DayKind.WEEKDAY
    if not day_off:
        return DayKind.WEEKDAY
    return DayKind.HOLIDAY if holiday else DayKind.WEEKEND


def guangzhou_clock(now: datetime) -> datetime:
    """``now`` on the clocks of Guangzhou.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise InvalidInput("A moment without a time zone is ambiguous: give it with its UTC offset, e.g. +08:00.")
    return now.astimezone(GUANGZHOU_TIME)


@cache
def _tell_unknown(year: int) -> None:
    log.warning(
        "public holidays of %d are not known: its days count as weekdays and weekends; update chinesecalendar", year
    )

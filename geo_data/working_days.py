"""Working days in Guangzhou by the State Council's yearly announcement, as kept in the package ``chinesecalendar``.

A day that makes up for a holiday is worked though it is a Saturday or Sunday. A year the package does not hold has no
answer here: guessing weekdays would judge promises by a calendar nobody has announced yet. (`geo_data.day_kinds` does
guess, for traffic, where an answer is needed and an error of a day does no harm.)
"""

from datetime import date
from functools import lru_cache

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays

from dispatch.promises.limits import CalendarEnds

LAST_YEAR = max(day.year for day in holidays)


class ChineseWorkingDays:
    """`dispatch.promises.limits.WorkingDays` for Mainland China."""

    def is_working_day(self, day: date) -> bool:
        """Whether ``day`` is worked.

        Raises
        ------
        CalendarEnds
            For a year whose holidays the package does not hold.
        """
        return _is_working_day(day)


@lru_cache(maxsize=4000)
def _is_working_day(day: date) -> bool:
    try:
        return bool(is_workday(day))
    except NotImplementedError:  # what the package raises for a year it does not hold
        raise CalendarEnds(
            f"节假日历只到 {LAST_YEAR} 年,{day} 是否工作日尚不知:请更新 chinesecalendar。"
            f"(The calendar ends with {LAST_YEAR}: update the package chinesecalendar.)"
        ) from None

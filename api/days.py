"""Days that people give: those far off are refused by name, before they break a calendar."""

from datetime import date

from dispatch.errors import InvalidInput


def near(*days: date | None) -> None:
    """Raise `InvalidInput` for a day outside the years 2000 to 2199; None is any day."""
    if any(day and not 2000 <= day.year < 2200 for day in days):
        raise InvalidInput("日期须在 2000 至 2200 年之间。(A day must lie between the years 2000 and 2200.)")

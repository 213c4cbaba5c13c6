"""Guangzhou days and periods of them."""

from datetime import UTC, date, datetime

import pytest

from dispatch.days import bounds, in_order, midnight
from dispatch.errors import InvalidInput

DAY = date(2026, 10, 1)


def test_a_day_begins_eight_hours_before_greenwich_does():
    assert midnight(DAY) == datetime(2026, 9, 30, 16, tzinfo=UTC)


def test_both_days_of_a_period_are_in_it_and_an_open_side_has_no_bound():
    assert bounds(DAY, DAY) == (midnight(DAY), midnight(date(2026, 10, 2)))
    assert bounds(DAY, None) == (midnight(DAY), None)
    assert bounds(None, DAY) == (None, midnight(date(2026, 10, 2)))


@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date(2200, 1, 1), date.max])
def test_a_year_that_cannot_be_is_refused_in_words_and_not_by_an_overflow(day: date):
    with pytest.raises(InvalidInput, match="2000"):
        bounds(day, None)
    with pytest.raises(InvalidInput, match="2000"):
        bounds(None, day)


def test_a_first_day_after_the_last_is_refused():
    with pytest.raises(InvalidInput, match="swap"):
        in_order(date(2026, 10, 2), DAY)
    in_order(DAY, DAY)

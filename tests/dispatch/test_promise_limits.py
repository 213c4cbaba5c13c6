"""When a promise is due: by hand for 2026, and what must hold on any calendar."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.days import midnight
from dispatch.errors import InvalidInput
from dispatch.promises.limits import Limit, LimitUnit, months_after, read_limit, working_day_after
from dispatch.unit import GUANGZHOU_TIME
from geo_data.working_days import LAST_YEAR, ChineseWorkingDays

CALENDAR = ChineseWorkingDays()


def guangzhou(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=GUANGZHOU_TIME)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        # The State Council's notice for 2026: Spring Festival 15 to 23 February, worked on Saturdays 14 and 28 February.
        ("2026-02-13 10:00", "1 working day", "2026-02-15 00:00"),  # Friday → the Saturday that is worked
        ("2026-02-14 16:00", "1 working day", "2026-02-25 00:00"),  # its eve → Tuesday 24
        ("2026-02-18 09:00", "2 working days", "2026-02-26 00:00"),  # amid the festival → Wednesday 25
        ("2026-02-27 09:00", "2 working days", "2026-03-03 00:00"),  # Friday → Saturday 28, Monday 2 March
        # National Day 1 to 7 October, worked on Sunday 20 September and Saturday 10 October.
        ("2026-09-18 18:00", "1 working day", "2026-09-21 00:00"),
        ("2026-09-30 23:59", "1 working day", "2026-10-09 00:00"),
        ("2026-10-08 08:00", "3 working days", "2026-10-13 00:00"),  # Friday, Saturday 10, Monday 12
        # Labour Day 1 to 5 May, worked on Saturday 9 May; an ordinary weekend.
        ("2026-04-30 12:00", "2 working days", "2026-05-08 00:00"),
        ("2026-05-08 12:00", "1 working day", "2026-05-10 00:00"),
        ("2026-11-27 12:00", "1 working day", "2026-12-01 00:00"),
        ("2026-11-28 12:00", "1 working day", "2026-12-01 00:00"),  # from a Saturday no less than from the Friday
        # Hours run from the moment, through holidays; months end with the day of the same number, or the last.
        ("2026-02-14 16:00", "24 h", "2026-02-15 16:00"),
        ("2026-01-31 10:00", "1 month", "2026-03-01 00:00"),
        ("2026-12-15 10:00", "1 month", "2027-01-16 00:00"),
        ("2028-01-30 10:00", "1 month", "2028-03-01 00:00"),  # a leap year
    ],
)
def test_limits_end_when_a_reader_of_the_contract_says_they_do(start: str, limit: str, due: str) -> None:
    assert read_limit(limit).due_at(guangzhou(start), CALENDAR) == guangzhou(due)


def test_a_day_counts_by_the_clock_of_guangzhou() -> None:
    late_on_thursday = datetime.fromisoformat("2026-11-26T17:00:00+00:00")  # Friday 01:00 in Guangzhou
    assert read_limit("1 working day").due_at(late_on_thursday, CALENDAR) == guangzhou("2026-12-01 00:00")


DAYS = st.dates(date(2020, 1, 1), date(LAST_YEAR, 10, 31))


@given(DAYS, st.integers(1, 15))
def test_working_days_never_end_before_calendar_days_and_always_on_a_day_that_is_worked(day: date, n: int) -> None:
    last = working_day_after(day, n, CALENDAR)
    assert last >= day + timedelta(days=n)
    assert CALENDAR.is_working_day(last)
    between = [day + timedelta(days=d) for d in range(1, (last - day).days + 1)]
    assert sum(map(CALENDAR.is_working_day, between)) == n


@given(DAYS, st.integers(0, 40), st.integers(1, 10), st.integers(0, 5))
def test_a_later_start_or_a_longer_limit_is_never_due_earlier(day: date, later: int, n: int, more: int) -> None:
    first, second = (midnight(d) + timedelta(hours=9) for d in (day, day + timedelta(days=later)))
    for unit in LimitUnit:
        limit = Limit(n, unit)
        assert limit.due_at(first, CALENDAR) <= first + timedelta(days=limit.days_at_most)
        assert Limit(n, unit).due_at(first, CALENDAR) <= Limit(n + more, unit).due_at(second, CALENDAR)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_months_add_up_but_for_short_months_and_never_run_backwards(day: date, a: int, b: int) -> None:
    assert months_after(day, 0) == day
    assert (months_after(day, a) <= months_after(day, b)) == (a <= b)
    whole = months_after(day.replace(day=1), a + b)
    assert months_after(months_after(day, a), b).replace(day=1) == whole
    assert months_after(day, a + b).day in (day.day, 28, 29, 30)


@pytest.mark.parametrize("text", ["30 min", "24 h", "2 working days", "1 working day", "1 month", "3 months", "90 s"])
def test_a_limit_is_written_as_it_is_read(text: str) -> None:
    assert str(read_limit(text)) == text


@pytest.mark.parametrize("text", ["", "soon", "0 h", "1.5 h", "-1 h", "2 days", "1000 months", "9999999999 s", 3, None])
def test_what_is_no_limit_is_told_with_what_is(text: object) -> None:
    with pytest.raises(InvalidInput, match="is no limit"):
        read_limit(text)

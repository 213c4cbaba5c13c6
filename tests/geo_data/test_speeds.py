"""Speed ratios by day kind and hour."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME
from geo_data.speeds import RATIO_TO_FREE_FLOW, DayKind, day_kind, metric_name, speed_ratio

WEDNESDAY = datetime(2025, 6, 4, tzinfo=GUANGZHOU_TIME)


@pytest.mark.parametrize(("hour", "ratio"), [(4, 0.98), (8, 0.74), (18, 0.57)])
def test_a_weekday_is_free_at_four_slow_at_eight_and_slowest_at_six(hour: int, ratio: float) -> None:
    assert round(speed_ratio(WEDNESDAY.replace(hour=hour)), 2) == ratio
    assert min(RATIO_TO_FREE_FLOW[DayKind.WEEKDAY]) == RATIO_TO_FREE_FLOW[DayKind.WEEKDAY][18]


def test_the_day_kind_is_that_of_guangzhou_whatever_the_time_zone_of_the_clock() -> None:
    friday_evening_in_utc = datetime(2025, 6, 6, 17, 30, tzinfo=UTC)
    assert day_kind(friday_evening_in_utc) is DayKind.WEEKEND
    assert metric_name(friday_evening_in_utc) == "weekend-01"


@given(st.integers(0, 3650 * 24 * 60))
def test_every_hour_has_one_ratio_between_a_third_and_one(minutes: int) -> None:
    now = WEDNESDAY + timedelta(minutes=minutes)
    assert 1 / 3 < speed_ratio(now) < 1.01
    start = now.replace(minute=0, second=0, microsecond=0)
    assert speed_ratio(now) == speed_ratio(start) == speed_ratio(start + timedelta(minutes=59))


def test_a_clock_without_time_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        speed_ratio(WEDNESDAY.replace(tzinfo=None))


def test_the_figures_are_those_of_the_source(shared_data: Path) -> None:
    with (shared_data / "guangzhou" / "speed_profile_hourly.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(hours) for hours in RATIO_TO_FREE_FLOW.values()) == 72
    for row in rows:
        ours = RATIO_TO_FREE_FLOW[DayKind(row["day_kind"])][int(row["hour"])]
        assert ours == pytest.approx(float(row["ratio_to_p95_median"]), abs=0.0006)

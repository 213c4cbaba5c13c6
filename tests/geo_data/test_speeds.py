"""Speed ratios by day kind and hour."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.policy.policy import ArrivalModel
from dispatch.unit import GUANGZHOU_TIME
from geo_data.day_kinds import DayKind, day_kind
from geo_data.roads.free_flow import FREE_FLOW_KPH
from geo_data.roads.speeds import LOG_SD, RATIO_TO_FREE_FLOW, metric_name, speed_log_sd, speed_ratio

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
    assert 0.05 < speed_log_sd(now) < 0.2
    assert speed_log_sd(now) == speed_log_sd(start)


def test_speeds_scatter_most_in_the_evening_peak_and_least_before_dawn() -> None:
    by_hour = [speed_log_sd(WEDNESDAY.replace(hour=h)) for h in range(24)]
    assert by_hour.index(max(by_hour)) == 18
    assert by_hour.index(min(by_hour)) in (3, 5)


def test_the_usual_hour_of_the_policy_is_the_mean_of_these_hours() -> None:
    week = [(LOG_SD[kind][h], days) for kind, days in ((DayKind.WEEKDAY, 5), (DayKind.WEEKEND, 2)) for h in range(24)]
    mean = (sum(days * sd**2 for sd, days in week) / 168) ** 0.5
    assert ArrivalModel().usual_hour_log_sd == pytest.approx(mean, abs=0.0005)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-10-01", DayKind.HOLIDAY),  # National Day, a Thursday
        ("2026-10-03", DayKind.HOLIDAY),  # a Saturday inside its days off
        ("2026-10-10", DayKind.WEEKDAY),  # a Saturday worked to make up for it
        ("2026-11-21", DayKind.WEEKEND),
        ("2026-11-23", DayKind.WEEKDAY),
        ("2026-02-17", DayKind.HOLIDAY),  # Spring Festival
    ],
)
def test_public_holidays_and_the_days_worked_for_them_are_known(day: str, kind: DayKind) -> None:
    assert day_kind(datetime.fromisoformat(f"{day}T12:00+08:00")) is kind


@given(st.integers(0, 365 * 24), st.sampled_from([1999, 2199]))
def test_years_beyond_the_calendar_have_weekdays_and_weekends_only(hours: int, year: int) -> None:
    now = datetime(year, 1, 1, tzinfo=GUANGZHOU_TIME) + timedelta(hours=hours)
    assert day_kind(now) is (DayKind.WEEKEND if now.weekday() >= 5 else DayKind.WEEKDAY)


def test_a_year_beyond_the_calendar_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    for day in (1, 2):
        day_kind(datetime(2301, 5, day, tzinfo=GUANGZHOU_TIME))
    assert [r.getMessage()[:32] for r in caplog.records] == ["public holidays of 2301 are not k"[:32]]


def test_free_flow_falls_with_the_class_of_road() -> None:
    speeds = list(FREE_FLOW_KPH.values())
    assert speeds == sorted(speeds, reverse=True)


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
        spread = LOG_SD[DayKind(row["day_kind"])][int(row["hour"])]
        assert spread == pytest.approx(float(row["sigma_log_within_road_incl_residual"]), abs=0.0006)

"""Simulated demand in time: hours, weekdays, weather, and days better or worse than chance."""

import csv
import gzip
import re
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME
from geo_data.day_kinds import DayKind, day_kind
from geo_data.demand.shape_of import scatter
from geo_data.demand.times import DAY_VARIANCE, HOUR_SHARE, WEEKDAY_LEVEL, Rate, shape, speed_factor
from geo_data.demand.weather import DEMAND_FACTOR, RAIN_DAYS, SPEED_FACTOR, TYPHOON_DAYS, Weather, weather_of

START = datetime(2025, 1, 1, tzinfo=GUANGZHOU_TIME)
YEAR = [START + timedelta(hours=n) for n in range(365 * 24)]
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda n: START + timedelta(minutes=n))


@pytest.fixture(scope="module")
def year() -> list[datetime]:
    """Reports of 2025, as many as the file of São Paulo has."""
    rate, counts = Rate(23_474 / 365 / 24, seed=4), np.random.default_rng(4)
    return [at for at in YEAR for _ in range(counts.poisson(rate(at)))]


def test_the_mean_of_many_years_is_the_mean_asked_for() -> None:
    by_seed = [np.mean([Rate(30.0, seed)(at) for at in YEAR[::7]]) for seed in range(8)]
    assert np.mean(by_seed) == pytest.approx(30.0, rel=0.03)


@given(moments, st.integers(0, 99))
def test_the_rate_is_positive_steps_at_full_hours_and_is_the_same_for_the_same_seed(at: datetime, seed: int) -> None:
    begin = at.replace(minute=0)
    assert Rate(30.0, seed)(at) == Rate(30.0, seed)(begin) > 0
    assert Rate(60.0, seed)(at) == pytest.approx(2 * Rate(30.0, seed)(at))


def test_another_seed_has_other_days() -> None:
    assert Rate(30.0, 1)(START) != Rate(30.0, 2)(START)


def test_a_clock_without_time_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        Rate(30.0, 1)(datetime(2025, 1, 1))  # noqa: DTZ001


def test_reports_follow_hour_and_weekday(year: list[datetime]) -> None:
    """Chi-square of the 7 x 24 table, scaled by the scatter of good and bad days."""
    seen, wanted = np.zeros((7, 24)), np.zeros((7, 24))
    for at in year:
        seen[at.weekday(), at.hour] += 1
    for at in YEAR:
        wanted[at.weekday(), at.hour] += shape(at)
    wanted *= len(year) / wanted.sum()
    overdispersion = 1 + DAY_VARIANCE * len(year) / 365
    assert chisquare(seen.ravel() / overdispersion, wanted.ravel() / overdispersion).pvalue > 0.001
    flat = np.full(168, len(year) / 168)
    assert chisquare(seen.ravel() / overdispersion, flat / overdispersion).pvalue < 1e-6


def test_nights_belong_to_the_weekend_and_mornings_to_working_days() -> None:
    wednesday, sunday = datetime(2025, 6, 11, tzinfo=GUANGZHOU_TIME), datetime(2025, 6, 15, tzinfo=GUANGZHOU_TIME)
    assert shape(sunday.replace(hour=1)) > 2 * shape(wednesday.replace(hour=1))
    assert shape(wednesday.replace(hour=8)) > 2 * shape(sunday.replace(hour=8))


def test_counts_scatter_as_much_beyond_chance_as_in_the_source() -> None:
    found = []
    for seed in range(6):
        rate, counts = Rate(23_474 / 365 / 24, seed), np.random.default_rng(seed)
        found.append(scatter([at for at in YEAR for _ in range(counts.poisson(rate(at)))]))
    assert np.mean([f.day for f in found]) == pytest.approx(0.022, abs=0.006)
    assert np.mean([f.index for f in found]) == pytest.approx(1.08, abs=0.04)


def test_a_plain_poisson_process_scatters_no_more_than_chance() -> None:
    counts = np.random.default_rng(1)
    plain = scatter([at for at in YEAR for _ in range(counts.poisson(3.0))])
    assert plain.day == pytest.approx(0, abs=0.004)
    assert plain.index == pytest.approx(1, abs=0.03)


def test_it_rains_about_150_days_a_year_most_of_them_from_april_to_september() -> None:
    days = [date(2000, 1, 1) + timedelta(days=n) for n in range(40 * 365)]
    kinds = {day: weather_of(day, seed=9) for day in days}
    rain = [day for day, kind in kinds.items() if kind is Weather.RAIN]
    assert len(rain) / 40 == pytest.approx(sum(RAIN_DAYS), rel=0.04)
    assert sum(4 <= day.month <= 9 for day in rain) > 0.6 * len(rain)
    storms = [day for day, kind in kinds.items() if kind is Weather.TYPHOON]
    assert len(storms) / 40 == pytest.approx(sum(TYPHOON_DAYS), rel=0.3)
    assert {day.month for day in storms} <= {6, 7, 8, 9, 10}


def test_bad_weather_has_more_accidents_and_slower_roads() -> None:
    worse = [Weather.DRY, Weather.RAIN, Weather.TYPHOON]
    assert sorted(worse, key=DEMAND_FACTOR.__getitem__) == worse
    assert sorted(worse, key=SPEED_FACTOR.__getitem__, reverse=True) == worse
    found = {weather_of(at.date(), 3): speed_factor(at, 3) for at in YEAR}
    assert found == {kind: SPEED_FACTOR[kind] for kind in found}
    assert len(found) == 3


def test_the_figures_are_those_of_the_source(shared_data: Path) -> None:
    times = []
    with gzip.open(shared_data / "accidents" / "sao_paulo_accidents_2014.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            clock = row["HORA"].zfill(4)
            if re.fullmatch(r"([01]\d|2[0-3])[0-5]\d", clock) and re.search(r"\d\.\d", row["WKT"]):
                times.append(datetime.strptime(f"{row['DATA']} {clock} +0800", "%Y/%m/%d %H%M %z"))
    for kind, free in ((DayKind.WEEKDAY, False), (DayKind.WEEKEND, True)):
        hours = Counter(at.hour for at in times if (at.weekday() >= 5) is free)
        total = sum(hours.values())
        assert [round(1000 * hours[h] / total) for h in range(24)] == list(HOUR_SHARE[kind])
    days = Counter((date(2014, 1, 1) + timedelta(days=n)).weekday() for n in range(365))
    levels = Counter(at.weekday() for at in times)
    for weekday, level in enumerate(WEEKDAY_LEVEL):
        assert levels[weekday] / days[weekday] / len(times) * 365 == pytest.approx(level, abs=0.001)
    assert scatter(times).day == pytest.approx(DAY_VARIANCE, abs=0.0005)


def test_a_public_holiday_goes_by_sunday() -> None:
    national_day = datetime(2025, 10, 1, 1, tzinfo=GUANGZHOU_TIME)
    assert day_kind(national_day) is DayKind.HOLIDAY
    assert shape(national_day) == shape(datetime(2025, 6, 15, 1, tzinfo=GUANGZHOU_TIME))

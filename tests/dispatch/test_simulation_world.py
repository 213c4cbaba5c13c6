"""The hidden world of a simulation: draws by name, traffic, closures."""

from datetime import date, datetime, timedelta
from statistics import mean, median, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import NOON, SCENE, straight_times
from scipy.stats import kstest

from dispatch.location import Position
from dispatch.simulation.closures import Closure, DailyClosures
from dispatch.simulation.draws import Draws
from dispatch.simulation.traffic import Traffic, Trip
from dispatch.unit import GUANGZHOU_TIME

WEST, EAST = Position(113.28, 23.12), Position(113.38, 23.12)


def trip(n: int, at: datetime = NOON, told_s: float = 600.0) -> Trip:
    return Trip(told_s, at, at, WEST, EAST, f"GZ-{n}", "S1")


def closed(told_after_min: float = 30.0, centre: Position = SCENE) -> Closure:
    told_at = NOON + timedelta(minutes=told_after_min)
    return Closure(centre, 400.0, NOON, NOON + timedelta(hours=2), told_at, 300.0)


def test_draws_are_even_and_do_not_depend_on_one_another() -> None:
    draws = Draws(4)
    even = [draws.uniform("trip", f"GZ-{n}", "S1") for n in range(4000)]
    other = [draws.uniform("trip", f"GZ-{n}", "S2") for n in range(4000)]
    assert kstest(even, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(even, other)[0, 1]) < 0.06
    assert abs(np.corrcoef(even[1:], even[:-1])[0, 1]) < 0.06


def test_normal_and_exponential_draws_have_their_distributions() -> None:
    draws = Draws(4)
    assert kstest([draws.normal("a", n) for n in range(3000)], "norm").pvalue > 0.001
    assert mean(draws.exponential(50.0, "b", n) for n in range(4000)) == pytest.approx(50, rel=0.06)


@given(st.integers(), st.lists(st.one_of(st.integers(), st.text()), max_size=4))
def test_a_draw_follows_from_its_keys_alone_and_lies_strictly_between_0_and_1(seed: int, keys: list[int | str]) -> None:
    first = Draws(seed)
    first.uniform("something else")
    assert 0 < first.uniform(*keys) == Draws(seed).uniform(*keys) < 1


def test_draws_are_the_same_in_every_process() -> None:
    assert Draws(1).bits("trip", "GZ260302-00001", 7) == 2658009819817489899  # no hash that changes from run to run


def test_hidden_trips_scatter_about_the_told_time_and_jams_lengthen_some() -> None:
    seconds = [Traffic(seed).trip_s(trip(n)) for seed in range(40) for n in range(40)]
    logs = np.log(np.array(seconds) / 600.0)
    assert median(seconds) == pytest.approx(600, rel=0.05)
    assert 0.25 < stdev(logs) < 0.45
    assert ((logs - logs.mean()) ** 3).mean() / stdev(logs) ** 3 > 0.1  # jams: not lognormal


def test_an_hour_is_like_the_hour_before_for_the_whole_city() -> None:
    hours = [[Traffic(seed).trip_s(trip(1, NOON + timedelta(hours=h))) for h in (0, 1, 6)] for seed in range(300)]
    now, next_hour, later = np.log(np.array(hours)).T
    assert np.corrcoef(now, next_hour)[0, 1] > np.corrcoef(now, later)[0, 1]


def test_slow_weather_lengthens_every_trip_alike() -> None:
    wet, dry = Traffic(3, lambda _: 0.5), Traffic(3)
    assert wet.trip_s(trip(1)) == pytest.approx(2 * dry.trip_s(trip(1)))


def test_a_closure_lengthens_trips_past_it_and_no_others() -> None:
    traffic, free = Traffic(3, closures=lambda _: [closed()]), Traffic(3)
    assert traffic.trip_s(trip(1)) == pytest.approx(free.trip_s(trip(1)) + 300)
    before, aside = trip(1, NOON - timedelta(hours=1)), trip(1)._replace(scene=Position(113.28, 23.2))
    assert traffic.trip_s(before) == free.trip_s(before)
    assert traffic.trip_s(aside) == free.trip_s(aside)


def test_the_desk_reckons_with_a_closure_from_when_it_is_told() -> None:
    traffic = Traffic(3, closures=lambda _: [closed(told_after_min=30.0)])
    told = traffic.told(straight_times)
    early, late = NOON + timedelta(minutes=10), NOON + timedelta(minutes=40)
    usual = straight_times([WEST], EAST, NOON).seconds[0]
    assert told([WEST], EAST, early).seconds[0] == pytest.approx(usual)
    assert told([WEST], EAST, late).seconds[0] == pytest.approx(usual + 300)
    known = trip(1, late, usual + 300)
    assert traffic.trip_s(known) == pytest.approx(Traffic(3).trip_s(trip(1, late, usual)) + 300)


def test_daily_closures_lie_in_their_day_and_are_told_before_they_end() -> None:
    daily = DailyClosures(3, [WEST, EAST], 3.0)
    days = [date(2026, 3, 2) + timedelta(days=n) for n in range(200)]
    found = [daily(day) for day in days]
    assert mean(len(f) for f in found) == pytest.approx(3, rel=0.2)
    for day, closures in zip(days, found, strict=True):
        assert all(c.begins_at.astimezone(GUANGZHOU_TIME).date() == day for c in closures)
        assert all(c.begins_at <= c.told_at <= c.ends_at and c.centre in (WEST, EAST) for c in closures)
    assert DailyClosures(3, [WEST], 0.0)(days[0]) == ()

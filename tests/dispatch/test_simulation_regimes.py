"""Hidden traffic of another form: the same for the same seed, and not what forecasts assume."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.location import Position
from dispatch.simulation.draws import Draws
from dispatch.simulation.pace import share_done
from dispatch.simulation.regimes import Queue, RegimeTraffic
from dispatch.simulation.traffic import Trip
from dispatch.unit import GUANGZHOU_TIME

MORNING = datetime(2026, 3, 2, 8, tzinfo=GUANGZHOU_TIME)
HERE, THERE = Position(113.26, 23.13), Position(113.34, 23.13)


def trip(n: int, at: datetime = MORNING) -> Trip:
    return Trip(900.0, at, at, HERE, THERE, f"I{n}", "U")


def test_the_same_seed_has_the_same_trips() -> None:
    assert RegimeTraffic(5).trip_s(trip(1)) == RegimeTraffic(5).trip_s(trip(1))
    assert RegimeTraffic(5).trip_s(trip(1)) != RegimeTraffic(6).trip_s(trip(1))


def test_trips_scatter_about_as_widely_as_those_of_the_usual_traffic() -> None:
    logs = np.log([RegimeTraffic(seed).trip_s(trip(n)) / 900 for seed in range(40) for n in range(10)])
    assert 0.0 < logs.mean() < 0.3
    assert 0.2 < logs.std() < 0.4


def test_wet_roads_are_slow() -> None:
    assert RegimeTraffic(5, lambda _: 0.5).trip_s(trip(1)) > 1.5 * RegimeTraffic(5).trip_s(trip(1))


def test_whoever_passes_a_queue_at_its_worst_waits_longest_and_others_do_not() -> None:
    queue = Queue(Position(113.30, 23.131), MORNING, 3600.0, 300.0)
    half = MORNING + timedelta(minutes=30)
    assert queue.wait_s(HERE, THERE, half) == pytest.approx(300)
    assert queue.wait_s(HERE, THERE, MORNING + timedelta(minutes=15)) == pytest.approx(150)
    assert queue.wait_s(HERE, THERE, MORNING + timedelta(hours=2)) == 0
    assert queue.wait_s(Position(113.5, 23.0), Position(113.5, 23.1), half) == 0


@given(st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1))
def test_a_way_is_driven_from_its_beginning_to_its_end_and_never_back(n: int, a: float, b: float) -> None:
    low, high = (share_done(Draws(1), f"I{n}", "U", share) for share in sorted([a, b]))
    assert 0 <= low <= high <= 1 + 1e-9
    assert share_done(Draws(1), f"I{n}", "U", 0.0) == 0
    assert share_done(Draws(1), f"I{n}", "U", 1.0) == pytest.approx(1)

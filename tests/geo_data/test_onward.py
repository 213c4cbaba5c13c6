"""From one place to many: what each way takes by itself, the change of hours counted."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest

from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.network import Network
from geo_data.roads.onward import OnwardTimes
from geo_data.roads.routing import Router
from geo_data.scenarios import Scenarios
from geo_data.trip_times import TripTimes

SIDE = 6
GRID = [Position(113.30 + 0.01 * (i % SIDE), 23.10 + 0.01 * (i // SIDE)) for i in range(SIDE * SIDE)]
SCENE = Position(113.3312, 23.1204)
SHOPS = [*GRID[::5], Position(114.9, 24.9)]  # the last lies far from any road
RUSH = datetime(2025, 6, 4, 16, 55, tzinfo=GUANGZHOU_TIME)


@pytest.fixture(scope="module")
def city(make_network: Callable[..., Network]) -> Network:
    pairs = [(a, a + 1) for a in range(36) if a % SIDE < SIDE - 1] + [(a, a + SIDE) for a in range(30)]
    return make_network(GRID, [(*ends, -1, 18.0) for a, b in pairs for ends in ((a, b), (b, a))])


@pytest.mark.parametrize("hours", [0, 3, 9])
def test_each_shop_is_as_far_as_a_unit_would_be_the_other_way_round(city: Network, hours: int) -> None:
    """All roads run both ways alike here, so the desk's own travel times are the oracle."""
    now, router = RUSH + timedelta(hours=hours), Router(city)
    onward = OnwardTimes(router)(SCENE, SHOPS, now)
    back = TripTimes(router, Scenarios(city))(SHOPS, SCENE, now)
    assert np.isinf(onward.seconds[-1])
    assert np.allclose(onward.seconds[:-1], back.seconds[:-1])
    assert onward.metric == back.metric


def test_nowhere_to_go_takes_no_time(city: Network) -> None:
    assert OnwardTimes(Router(city))(SCENE, [], RUSH).seconds.shape == (0,)

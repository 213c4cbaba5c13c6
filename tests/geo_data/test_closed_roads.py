"""Scenes on closed roads: always reached along the road, never across the river, never sooner than when it is open."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.network import Network
from geo_data.roads.routing import ACCESS_MPS, Router

FOUR = datetime(2025, 6, 4, 4, tzinfo=GUANGZHOU_TIME)
Make = Callable[..., Network]
SIDE = 5
FAR_M = 20_000.0  # help comes along closed streets however long they are
GRID = [Position(113.30 + 0.01 * (i % SIDE), 23.10 + 0.01 * (i // SIDE)) for i in range(SIDE * SIDE)]


def both(*pairs: tuple[int, int]) -> list[tuple[int, int, int, float]]:
    return [(a, b, -1, 36.0) for pair in pairs for a, b in (pair, pair[::-1])]


@pytest.fixture(scope="module")
def bridge(make_network: Make) -> Network:
    """Two banks, 0-1-2 and 5-6-7, each with a way round (3, 8); the bridge 1-4-6 alone joins them."""
    south = [Position(113.30, 23.10), Position(113.31, 23.10), Position(113.32, 23.10), Position(113.31, 23.09)]
    north = [Position(113.30, 23.12), Position(113.31, 23.12), Position(113.32, 23.12), Position(113.31, 23.13)]
    nodes = [*south, Position(113.31, 23.11), *north]
    pairs = both((0, 1), (1, 2), (0, 3), (3, 2), (1, 4), (4, 6), (5, 6), (6, 7), (5, 8), (8, 7))
    return make_network(nodes, pairs)


def closed(network: Network, *pairs: tuple[int, int]) -> Router:
    shut = {frozenset(pair) for pair in pairs}
    ends = zip(network.tail.tolist(), network.head.tolist(), strict=True)
    speed_kph = [0.0 if frozenset(e) in shut else 36.0 for e in ends]
    return Router(network, speed_kph=speed_kph, max_offset_m=FAR_M)


def test_a_scene_on_a_closed_bridge_is_reached_along_it_from_the_bank(bridge: Network) -> None:
    router, scene = closed(bridge, (1, 4), (4, 6)), Position(113.31, 23.105)
    unit = Position(113.30, 23.10)
    seconds = router.travel_times([unit], scene, FOUR).seconds[0]
    to_the_bridge_s = router.travel_times([unit], Position(113.31, 23.10), FOUR).seconds[0]
    along_m = (
        bridge.length_m[[i for i, e in enumerate(zip(bridge.tail, bridge.head, strict=True)) if e == (1, 4)]][0] / 2
    )
    assert seconds == pytest.approx(to_the_bridge_s + along_m / ACCESS_MPS, rel=1e-3)


def test_a_scene_between_two_closures_is_reached_though_its_own_road_is_open(make_network: Make) -> None:
    network = make_network([*GRID[:5]], both((0, 1), (1, 2), (2, 3), (3, 4), (4, 0)))
    router = closed(network, (1, 2), (3, 4))  # 2-3 is open and nobody gets there
    scene = Position(113.325, 23.10)
    assert np.isfinite(router.travel_times([GRID[0]], scene, FOUR).seconds).all()
    assert router.route(GRID[0], scene, FOUR) is not None


@given(st.sets(st.integers(0, 39), max_size=12), st.integers(0, 24), st.floats(113.30, 113.34), st.floats(23.10, 23.14))
@settings(max_examples=150, deadline=None)
def test_no_closure_brings_anybody_sooner_to_a_road_of_two_directions(
    make_network: Make, shut: set[int], start: int, lon: float, lat: float
) -> None:
    pairs = [(a, a + 1) for a in range(25) if a % SIDE < SIDE - 1] + [(a, a + SIDE) for a in range(20)]
    network = make_network(GRID, both(*pairs))
    usual, now = Router(network), closed(network, *(pairs[i] for i in shut))
    unit, scene = GRID[start], Position(lon, lat)
    before, after = (r.travel_times([unit], scene, FOUR).seconds[0] for r in (usual, now))
    assert after >= before - 1e-6
    assert np.isfinite(after)  # twelve closures never shut all of the forty streets, and none is too far from the rest


def test_nobody_is_brought_farther_along_closed_roads_than_two_kilometres(bridge: Network) -> None:
    ends = zip(bridge.tail.tolist(), bridge.head.tolist(), strict=True)
    shut = {frozenset(pair) for pair in [(0, 1), (1, 2), (0, 3), (3, 2), (1, 4), (4, 6)]}
    router = Router(bridge, speed_kph=[0.0 if frozenset(e) in shut else 36.0 for e in ends])
    near, far = (router.travel_times([Position(113.30, 23.12)], Position(113.31, lat), FOUR) for lat in (23.11, 23.09))
    assert np.isfinite(near.seconds[0])
    assert np.isinf(far.seconds[0])


def test_several_destinations_are_asked_for_with_a_matrix(bridge: Network) -> None:
    router = Router(bridge)
    two = router.snap([Position(113.30, 23.10), Position(113.31, 23.11)])
    for ask in (lambda: router.nearest(two, two, 1, FOUR), lambda: router.route(two, two, FOUR)):
        with pytest.raises(InvalidInput, match="matrix"):
            ask()

"""Scenarios: the same for whoever asks, common to units on the same roads, as wide as they are said to be."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.directions import Way
from geo_data.roads.network import Network
from geo_data.roads.routing import Router
from geo_data.roads.speeds import speed_log_sd, speed_ratio
from geo_data.roads.time_dependent import driving_s
from geo_data.scenarios import LEFT_OF_CORRIDORS, LEFT_OF_EDGES, SCENARIOS, SHARED_SHARE, Scenarios, Sizes, sizes_of
from geo_data.trip_times import MOST_UNITS, TripTimes

SIX = datetime(2025, 6, 4, 18, tzinfo=GUANGZHOU_TIME)
SIDE = 6
GRID = [Position(113.30 + 0.01 * (i % SIDE), 23.10 + 0.01 * (i // SIDE)) for i in range(SIDE * SIDE)]
EVERY = sizes_of(0.19)


@pytest.fixture(scope="module")
def city(make_network: Callable[..., Network]) -> Network:
    """A named street for every row and column, both ways."""
    pairs = [(a, a + 1, f"{a // SIDE}横路") for a in range(36) if a % SIDE < SIDE - 1]
    pairs += [(a, a + SIDE, f"{a % SIDE}纵路") for a in range(30)]
    return make_network(GRID, [(*ends, -1, 36.0, name) for a, b, name in pairs for ends in ((a, b), (b, a))])


def way(*edges: int) -> Way:
    n = len(edges)
    return Way(np.array(edges, dtype=np.int32), np.zeros(n), np.ones(n), np.full(n, 60.0))


@given(st.lists(st.lists(st.integers(0, 119), max_size=12), max_size=5), st.integers(0, 5), st.randoms())
@settings(max_examples=60, deadline=None)
def test_a_way_has_the_same_scenarios_whoever_else_is_asked_about(
    city: Network, ways: list[list[int]], seed: int, random: object
) -> None:
    asked = [way(*edges) for edges in ways]
    together = Scenarios(city, seed).factors(asked, EVERY)
    backwards = Scenarios(city, seed).factors(asked[::-1], EVERY)[::-1]
    assert together.shape == (len(ways), SCENARIOS)
    assert np.allclose(together, backwards, rtol=1e-12)
    for one, expected in zip(asked, together, strict=True):
        assert np.allclose(Scenarios(city, seed).factors([one], EVERY)[0], expected, rtol=1e-12)
    assert (together > 0).all()


def test_another_seed_is_another_city(city: Network) -> None:
    first, other = (Scenarios(city, seed).factors([way(1, 2, 3)], EVERY) for seed in (0, 1))
    assert not np.allclose(first, other)


def test_without_spread_every_scenario_is_the_usual_day(city: Network) -> None:
    assert Scenarios(city).factors([way(0, 5, 9), way()], Sizes(0.0, 0.0, 0.0)) == pytest.approx(1.0)


def test_half_of_the_scenarios_are_slower_than_usual(city: Network) -> None:
    factor = Scenarios(city).factors([way(*range(40))], sizes_of(0.1))[0]
    assert (factor > 1).sum() == pytest.approx(SCENARIOS / 2, abs=2)
    assert np.median(factor) == pytest.approx(1, abs=0.01)


def test_the_three_sizes_make_up_the_spread_of_links(city: Network) -> None:
    sizes = sizes_of(0.15)
    assert sizes.city**2 + sizes.corridor**2 + sizes.edge**2 == pytest.approx(0.15**2)
    assert sizes.city**2 + sizes.corridor**2 == pytest.approx(SHARED_SHARE * 0.15**2)
    logs = np.log([Scenarios(city, seed).factors([way(3)], sizes)[0] for seed in range(300)])
    assert logs.std() == pytest.approx(0.15, rel=0.03)


def test_a_trip_scatters_by_what_its_corridors_and_edges_leave(city: Network) -> None:
    sizes = sizes_of(0.19)
    row = [e for e in range(city.n_edges) if city.edge_name(e) == "0横路"]
    logs = np.log([Scenarios(city, seed).factors([way(*row)], sizes)[0] for seed in range(300)])
    expected = np.sqrt(sizes.city**2 + sizes.corridor**2 + sizes.edge**2 / len(row))
    assert logs.std() == pytest.approx(expected, rel=0.03)
    assert sizes.typical_trip**2 == pytest.approx(
        sizes.city**2 + LEFT_OF_CORRIDORS * sizes.corridor**2 + LEFT_OF_EDGES * sizes.edge**2
    )


def test_units_on_one_road_are_late_together_and_others_share_the_city(city: Network) -> None:
    named = {name: [e for e in range(city.n_edges) if city.edge_name(e) == name] for name in ("0横路", "4横路")}
    here, there = named["0横路"], named["4横路"]
    asked = [way(*here[:5]), way(*here[5:]), way(*there[:5])]
    logs = np.concatenate([np.log(Scenarios(city, seed).factors(asked, EVERY)) for seed in range(300)], axis=1)
    same, other = np.corrcoef(logs)[0, 1:]
    variance = EVERY.city**2 + EVERY.corridor**2 + EVERY.edge**2 / 5
    assert same == pytest.approx((EVERY.city**2 + EVERY.corridor**2) / variance, abs=0.03)
    assert other == pytest.approx(EVERY.city**2 / variance, abs=0.03)


def test_ways_are_those_of_the_routes(city: Network) -> None:
    router, draw = Router(city), np.random.default_rng(5)
    spots = [Position(*p) for p in draw.uniform([113.30, 23.10], [113.35, 23.15], (40, 2)).tolist()]
    goals = [spots[0], GRID[7], Position(113.3052, 23.1)]
    for goal in goals:
        for start, found in zip([*spots, *GRID], router.ways([*spots, *GRID], goal), strict=True):
            route = router.route(start, goal, SIX)
            assert route is not None
            usual_s = found.free_flow_s / speed_ratio(SIX)
            assert usual_s.sum() == pytest.approx(route.seconds - route.access_s, abs=1e-6)
            driven = route.edge_s > 0
            assert found.edges[found.free_flow_s > 0].tolist() == route.edges[driven].tolist()


def test_where_no_road_leads_a_way_is_empty(make_network: Callable[..., Network]) -> None:
    one_way = make_network(GRID[:3], [(0, 1), (1, 2)])
    forward, back = (Router(one_way).ways([a], b)[0] for a, b in ((GRID[0], GRID[2]), (GRID[2], GRID[0])))
    assert (len(forward.edges), len(back.edges)) == (2, 0)


def test_the_live_desk_gets_scenarios_for_the_nearest_units(city: Network) -> None:
    router = Router(city)
    source = TripTimes(router, Scenarios(city))
    sea = Position(113.3, 22.0)
    asked = [*GRID, sea]
    times = source(asked, GRID[14], SIX)
    plain = router.travel_times(asked, GRID[14], SIX)
    assert times.metric == plain.metric
    assert times.seconds[:-1] == pytest.approx(plain.seconds[:-1], rel=1e-6)  # all within the hour
    assert times.seconds[-1] == np.inf
    assert times.scenario_s is not None
    known = np.isfinite(times.scenario_s).all(axis=1)
    assert known.sum() == MOST_UNITS
    assert np.isnan(times.scenario_s[~known]).all()
    assert times.seconds[known].max() <= times.seconds[~known].min()
    assert np.median(times.scenario_s[known], axis=1) == pytest.approx(times.seconds[known], rel=0.1)
    assert times.scenario_log_sd == sizes_of(speed_log_sd(SIX)).typical_trip


def test_trips_into_the_next_hour_are_driven_at_its_speeds(city: Network) -> None:
    late = SIX.replace(hour=17, minute=58)
    router = Router(city)
    times = TripTimes(router, Scenarios(city))(GRID, GRID[0], late)
    plain = router.travel_times(GRID, GRID[0], late).seconds
    assert times.seconds == pytest.approx(driving_s(plain * speed_ratio(late), late), rel=1e-6)
    assert (times.seconds[plain > 130] > plain[plain > 130]).all()


def test_an_empty_fleet_gets_an_empty_answer(city: Network) -> None:
    times = TripTimes(Router(city), Scenarios(city))([], GRID[0], SIX)
    assert len(times.seconds) == 0
    assert times.scenario_s is not None
    assert times.scenario_s.shape == (0, SCENARIOS)

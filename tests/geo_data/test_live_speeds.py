"""Conditions on the roads become speeds, and a router that is the same as one made from scratch."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.live_speeds import LiveRoads, live_speed_kph
from geo_data.roads.network import Network
from geo_data.roads.road_conditions import RoadCondition, RoadConditionKind, circle, in_force, polygon
from geo_data.roads.routing import ACCESS_MPS, Router
from geo_data.roads.speeds import speed_ratio

FOUR = datetime(2025, 6, 4, 4, tzinfo=GUANGZHOU_TIME)
HOUR = timedelta(hours=1)
CLOSURE, FLOOD, SLOWDOWN, SPEED = RoadConditionKind
Place = shapely.Polygon | tuple[int, ...]


def condition(
    name: str,
    kind: RoadConditionKind,
    where: Place,
    value: float | None = None,
    *,
    start: datetime = FOUR,
    end: datetime | None = None,
) -> RoadCondition:
    return RoadCondition(
        id=name,
        kind=kind,
        factor=value if kind is SLOWDOWN else None,
        speed_kph=value if kind is SPEED else None,
        area=where if isinstance(where, shapely.Polygon) else None,
        edges=where if isinstance(where, tuple) else (),
        from_at=start,
        until_at=end,
    )


class Told:
    """Conditions in memory."""

    def __init__(self, *conditions: RoadCondition) -> None:
        self.all = list(conditions)

    def ids(self, now: datetime) -> frozenset[str]:
        return frozenset(c.id for c in self.in_force(now))

    def in_force(self, now: datetime) -> list[RoadCondition]:
        return in_force(self.all, now)

    def version(self, now: datetime) -> str:
        ends = [c.until_at for c in self.all if c.until_at is not None]
        return f"v{sum(at <= now for at in [*(c.from_at for c in self.all), *ends])}"


SIDE = 5
GRID = [Position(113.30 + 0.01 * (i % SIDE), 23.10 + 0.01 * (i // SIDE)) for i in range(SIDE * SIDE)]


@pytest.fixture(scope="module")
def lattice(make_network: Callable[..., Network]) -> Network:
    """Two-way streets, a kilometre apart."""
    pairs = [(a, a + 1) for a in range(25) if a % SIDE < SIDE - 1] + [(a, a + SIDE) for a in range(20)]
    return make_network(GRID, [(*ends, -1, 36.0) for a, b in pairs for ends in ((a, b), (b, a))])


changes = st.lists(st.tuples(st.integers(0, 79), st.sampled_from([0.0, 5.0, 36.0, 90.0])), min_size=1, max_size=10)


@given(st.lists(changes, min_size=1, max_size=4), st.integers(0, 24), st.integers(0, 24))
@settings(max_examples=60, deadline=None)
def test_a_router_reweighted_time_and_again_answers_as_one_made_anew(
    lattice: Network, updates: list[list[tuple[int, float]]], start: int, goal: int
) -> None:
    router, speed_kph = Router(lattice), lattice.speed_kph.copy()
    for version, update in enumerate(updates):
        for edge, kph in update:
            speed_kph[edge] = kph
        router, anew = router.reweighted(speed_kph, version=f"v{version}"), Router(lattice, speed_kph=speed_kph)
        times = router.travel_times(GRID, GRID[goal], FOUR)
        assert times.metric == f"weekday-04+v{version}"
        assert np.array_equal(times.seconds, anew.travel_times(GRID, GRID[goal], FOUR).seconds)
        assert np.array_equal(router.matrix(GRID, GRID, FOUR), anew.matrix(GRID, GRID, FOUR))
        assert np.array_equal(
            router.nearest(GRID, GRID[goal], 9, FOUR).seconds, anew.nearest(GRID, GRID[goal], 9, FOUR).seconds
        )
        one, other = (r.route(GRID[start], GRID[goal], FOUR) for r in (router, anew))
        assert (one and one.edges.tolist()) == (other and other.edges.tolist())


def test_closed_beats_slow_the_slowest_holds_and_the_latest_measurement_is_taken() -> None:
    usual = np.full(4, 50.0)
    told = [
        condition("measured late", SPEED, (0, 1, 2), 20.0, start=FOUR + HOUR),
        condition("measured early", SPEED, (0, 1, 2), 40.0),
        condition("accident", SLOWDOWN, (1, 2), 0.5),
        condition("worse", SLOWDOWN, (1,), 0.25),
        condition("flood", FLOOD, (2,)),
    ]
    expected = 20.0 / speed_ratio(FOUR + HOUR)
    for order in (told, told[::-1]):
        rows = [(c, np.array(c.edges, dtype=np.int32)) for c in order]
        assert live_speed_kph(usual, rows) == pytest.approx([expected, expected / 4, 0, 50])
    assert usual.tolist() == [50.0] * 4


def test_a_measured_speed_is_what_the_road_is_driven_at_in_that_hour(lattice: Network) -> None:
    eight = FOUR.replace(hour=8)
    told = Told(condition("feed", SPEED, tuple(range(lattice.n_edges)), 18.0, start=eight))
    router = LiveRoads(Router(lattice)).at(told, eight)
    assert router.edge_s(eight) == pytest.approx(lattice.length_m / 5.0)


def test_conditions_hold_from_their_first_moment_to_before_their_last(lattice: Network) -> None:
    usual = Router(lattice)
    roads = LiveRoads(usual)
    told = Told(condition("flood", FLOOD, circle(GRID[12], 300), start=FOUR + HOUR, end=FOUR + 2 * HOUR))
    names = []
    for minutes in (0, 60, 119, 120):
        now = FOUR + timedelta(minutes=minutes)
        router = roads.at(told, now)
        names.append(router.metric(now).name)
        assert (np.isinf(router.edge_s(now)).sum() == 8) == (60 <= minutes < 120)
    assert names == ["weekday-04", "weekday-05+v1", "weekday-05+v1", "weekday-06"]
    assert roads.at(told, FOUR + 3 * HOUR) is usual


def test_what_runs_on_the_roads_of_before_is_not_disturbed(lattice: Network) -> None:
    roads = LiveRoads(Router(lattice))
    told = Told(condition("works", CLOSURE, circle(GRID[6], 300)))
    before = roads.at(told, FOUR)
    expected = before.matrix(GRID, GRID, FOUR)
    told.all.append(condition("accident", SLOWDOWN, circle(GRID[18], 1200), 0.3))
    after = roads.at(told, FOUR)
    assert roads.at(told, FOUR) is after
    assert np.array_equal(before.matrix(GRID, GRID, FOUR), expected)
    assert (after.matrix(GRID, GRID, FOUR) > expected).any()


def test_a_scene_on_a_closed_road_is_reached_from_the_nearest_open_one(lattice: Network) -> None:
    middle = Position(113.325, 23.12)  # half-way between two junctions
    roads = LiveRoads(Router(lattice))
    router = roads.at(Told(condition("scene", CLOSURE, circle(middle, 100))), FOUR)
    away_m = float(router.snap([middle]).offset_m[0])
    assert away_m == pytest.approx(0.005 * 111_195 * np.cos(np.radians(23.12)), rel=0.01)
    seconds = router.travel_times([GRID[12]], middle, FOUR).seconds
    assert seconds == pytest.approx([away_m / ACCESS_MPS], rel=1e-6)


def test_with_every_road_closed_nobody_arrives(lattice: Network) -> None:
    router = LiveRoads(Router(lattice)).at(Told(condition("typhoon", FLOOD, circle(GRID[12], 20_000))), FOUR)
    assert np.isinf(router.travel_times(GRID[:3], GRID[20], FOUR).seconds).all()


def test_an_area_concerns_the_roads_that_meet_it_in_both_directions(lattice: Network) -> None:
    box = polygon([Position(113.324, 23.119), Position(113.326, 23.119), Position(113.326, 23.121)])
    edges = LiveRoads(Router(lattice)).edges_of(condition("box", CLOSURE, box))
    assert {(int(lattice.tail[e]), int(lattice.head[e])) for e in edges} == {(12, 13), (13, 12)}


def test_what_makes_no_sense_is_refused_with_what_to_do() -> None:
    with pytest.raises(InvalidInput, match="factor"):
        condition("x", SLOWDOWN, (1,))
    with pytest.raises(InvalidInput, match="close the road"):
        condition("x", SLOWDOWN, (1,), 1.5)
    with pytest.raises(InvalidInput, match="speed_kph"):
        condition("x", SPEED, (1,), 0.0)
    with pytest.raises(InvalidInput, match="where"):
        condition("x", CLOSURE, ())
    with pytest.raises(InvalidInput, match="end after"):
        condition("x", CLOSURE, (1,), end=FOUR)
    with pytest.raises(InvalidInput, match="time zone"):
        condition("x", CLOSURE, (1,), start=FOUR.replace(tzinfo=None))
    with pytest.raises(InvalidInput, match="crosses itself"):
        polygon([GRID[0], GRID[6], GRID[1], GRID[5]])
    with pytest.raises(InvalidInput, match="radius"):
        circle(GRID[0], 0.0)

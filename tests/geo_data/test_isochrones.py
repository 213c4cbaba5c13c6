"""Isochrones against travel times on small networks: what is reached lies inside, what is late lies outside."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon
from shapely.affinity import translate

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.isochrones import CELL_M, REACH_M, Isochrone, Isochrones
from geo_data.roads.network import Network
from geo_data.roads.routing import ACCESS_MPS, Router

FOUR = datetime(2025, 6, 4, 4, tzinfo=GUANGZHOU_TIME)
M_PER_DEG = 111_195.08
HERE = Position(113.30, 23.10)
COS = np.cos(np.radians(HERE.lat))
DRAWING_M = CELL_M / 2  # what interpolation between points of the grid may be off
Make = Callable[..., Network]


def at(east_m: float, north_m: float) -> Position:
    return Position(HERE.lon + east_m / M_PER_DEG / COS, HERE.lat + north_m / M_PER_DEG)


def both(*pairs: tuple[int, int], kph: float = 36.0) -> list[tuple[int, int, float, float]]:
    return [(a, b, -1.0, kph) for pair in pairs for a, b in (pair, pair[::-1])]


def metres(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda p: (p - [HERE.lon, HERE.lat]) * M_PER_DEG * [COS, 1.0])


def holds(isochrone: Isochrone, place: Position, *, by_m: float = 0.0) -> bool:
    return metres(isochrone.shape).buffer(by_m).contains(metres(Point(place.lon, place.lat)))


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[Position], list[tuple[int, int, float, float]]]:
    """A grid of streets some 300 m to 1.5 km apart, from which some are missing, one-way or slow."""
    columns, rows = draw(st.integers(2, 3)), draw(st.integers(1, 3))
    gap_m = draw(st.floats(300, 1500))
    nodes = [at(c * gap_m + draw(st.floats(-60, 60)), r * gap_m) for r in range(rows) for c in range(columns)]
    pairs = [(i, i + 1) for i in range(len(nodes)) if (i + 1) % columns]
    pairs += [(i, i + columns) for i in range(len(nodes) - columns)]
    edges = []
    for a, b in pairs:
        ways = draw(st.sampled_from(["both", "both", "both", "out", "back", "none"]))
        kph = draw(st.sampled_from([18.0, 36.0, 90.0]))
        edges += [(a, b, -1.0, kph)] if ways in ("both", "out") else []
        edges += [(b, a, -1.0, kph)] if ways in ("both", "back") else []
    return nodes, edges or [(0, 1, -1.0, 36.0)]


STEPS = 21
LIMITS = st.lists(st.integers(10, 600), min_size=1, max_size=4, unique=True)


@settings(max_examples=25, deadline=None)
@given(town=towns(), limits=LIMITS, seed=st.integers(0, 2**16))
def test_a_road_reached_in_time_lies_inside_and_ground_far_from_such_a_road_outside(
    make_network: Make, town: tuple, limits: list[int], seed: int
) -> None:
    network = make_network(*town)
    router, random = Router(network), np.random.default_rng(seed)
    origins = [at(*random.uniform(-200, 2000, 2)) for _ in range(random.integers(1, 4))]
    drawn = Isochrones(network).around(router, origins, limits, FOUR)
    points, seconds = walked(network, router, origins)
    for isochrone in drawn:
        shape = metres(isochrone.shape)
        assert shapely.contains_xy(shape, *points[seconds <= isochrone.limit_s - 1].T).all()
        beyond = shape.difference(near_reached(points, seconds, isochrone.limit_s).buffer(REACH_M + DRAWING_M))
        late = points[seconds > isochrone.limit_s + 1].T
        for part in shapely.get_parts(beyond):  # enclosed ground: without a late road, or too small to tell
            assert part.area < 130_000 or not shapely.contains_xy(part, *late).any()


def walked(network: Network, router: Router, origins: list[Position]) -> tuple[np.ndarray, np.ndarray]:
    """Points along all edges, in metres (edges, STEPS, 2), and seconds to them (edges, STEPS), by travel times."""
    share = np.linspace(0, 1, STEPS)[:, None]
    lines = [network.edge_points(e) for e in range(network.n_edges)]
    points = np.array([line[0] * (1 - share) + line[-1] * share for line in lines])
    places = router.snap([Position(*p) for p in points.reshape(-1, 2).tolist()])
    seconds = router.matrix(origins, places, FOUR).min(axis=0) - places.offset_m / ACCESS_MPS
    return (points - [HERE.lon, HERE.lat]) * M_PER_DEG * [COS, 1.0], seconds.reshape(points.shape[:2])


def near_reached(points: np.ndarray, seconds: np.ndarray, limit_s: float) -> shapely.Geometry:
    """The steps of edges that may be reached, for a step is driven in 16 s."""
    some = (seconds[:, :-1] <= limit_s + 16) | (seconds[:, 1:] <= limit_s + 16)
    return shapely.union_all(shapely.linestrings(np.stack([points[:, :-1], points[:, 1:]], axis=2)[some]))


@settings(max_examples=60, deadline=None)
@given(town=towns(), limits=LIMITS, gaps=st.booleans())
def test_each_isochrone_lies_within_the_next(make_network: Make, town: tuple, limits: list[int], gaps: bool) -> None:
    network = make_network(*town)
    water = Polygon([(p.lon, p.lat) for p in (at(-900, 100), at(9000, 150), at(9000, 400), at(-900, 300))])
    drawn = Isochrones(network, water).around(Router(network), [at(0, 0)], limits, FOUR, gaps=gaps)
    assert [i.limit_s for i in drawn] == sorted(limits)
    for inner, outer in pairwise(drawn):
        assert inner.shape.is_valid
        assert metres(inner.shape).difference(metres(outer.shape).buffer(0.05)).is_empty


def test_an_edge_counts_as_far_as_it_is_reached(make_network: Make) -> None:
    network = make_network([at(0, 0), at(6000, 0)], both((0, 1)))  # 10 m/s, times 0.984
    (drawn,) = Isochrones(network).around(Router(network), [at(0, 0)], [300], FOUR)
    _, _, east, _ = metres(drawn.shape).bounds
    assert east == pytest.approx(300 * 9.84 + REACH_M, abs=DRAWING_M)


def test_a_one_way_road_is_not_driven_back(make_network: Make) -> None:
    network = make_network([at(0, 0), at(6000, 0)], [(0, 1)])
    (drawn,) = Isochrones(network).around(Router(network), [at(3000, 0)], [100], FOUR)
    west, _, east, _ = metres(drawn.shape).bounds
    assert west == pytest.approx(3000 - REACH_M, abs=DRAWING_M)
    assert east == pytest.approx(3984 + REACH_M, abs=DRAWING_M)


RIVER = Polygon([(p.lon, p.lat) for p in (at(-9000, 40), at(9000, 40), at(9000, 120), at(-9000, 120))])
SOUTH, NORTH, FAR = (0, 1), (2, 3), (4, 5)  # streets at 0 m, 160 m and 1500 m north


def banks(make_network: Make, *bridges: tuple[int, int]) -> Network:
    nodes = [at(x, y) for y in (0, 160, 1500) for x in (-2000, 2000)]
    return make_network(nodes, both(SOUTH, NORTH, FAR, *bridges))


def test_a_bank_that_no_bridge_leads_to_stays_out_however_near(make_network: Make) -> None:
    network = banks(make_network)
    (drawn,) = Isochrones(network, RIVER).around(Router(network), [at(0, 0)], [600], FOUR)
    assert holds(drawn, at(1500, 30))
    assert not holds(drawn, at(1500, 130))
    assert metres(drawn.shape).bounds[3] <= 120 + 1
    (blind,) = Isochrones(network).around(Router(network), [at(0, 0)], [600], FOUR)
    assert holds(blind, at(1500, 130))


def test_nothing_floats_on_the_water_beyond_an_island_that_no_road_leads_to(make_network: Make) -> None:
    network, water = banks(make_network), RIVER | translate(RIVER, yoff=110 / M_PER_DEG)
    (drawn,) = Isochrones(network, water).around(Router(network), [at(0, 0)], [600], FOUR)
    assert metres(drawn.shape).bounds[3] <= 120 + 1


def test_both_banks_belong_to_it_when_a_bridge_leads_there_in_time(make_network: Make) -> None:
    network = banks(make_network, (1, 3))
    soon, late = Isochrones(network, RIVER).around(Router(network), [at(0, 0)], [180, 900], FOUR)
    assert not holds(soon, at(0, 130))
    assert holds(late, at(0, 130))


def test_a_piece_apart_stays_apart(make_network: Make) -> None:
    network = banks(make_network)
    (drawn,) = Isochrones(network, RIVER).around(Router(network), [at(0, 0), at(0, 1500)], [100], FOUR)
    assert len(drawn.shape.geoms) == 2
    assert not holds(drawn, at(0, 160))


SQUARE = [at(0, 0), at(3000, 0), at(3000, 3000), at(0, 3000), at(1500, 1500), at(1500, 1600)]
RING = both((0, 1), (1, 2), (2, 3), (3, 0), kph=90)


def test_enclosed_ground_without_roads_is_filled(make_network: Make) -> None:
    network = make_network(SQUARE[:4], RING)
    (drawn,) = Isochrones(network).around(Router(network), [at(0, 0)], [600], FOUR)
    assert holds(drawn, at(1500, 1500))


def test_an_enclosed_place_by_a_late_road_is_left_out_unless_gaps_are_closed(make_network: Make) -> None:
    network = make_network(SQUARE, RING + both((4, 5)) + both((0, 4), kph=5))
    isochrones, router = Isochrones(network), Router(network)
    (honest,) = isochrones.around(router, [at(0, 0)], [600], FOUR)
    (closed,) = isochrones.around(router, [at(0, 0)], [600], FOUR, gaps=False)
    assert not holds(honest, at(1500, 1600))
    assert holds(closed, at(1500, 1600))
    assert all(not part.interiors for part in closed.shape.geoms)


def test_the_way_to_the_road_is_driven_slowly(make_network: Make) -> None:
    network = make_network([at(0, 0), at(6000, 0)], both((0, 1)))
    (drawn,) = Isochrones(network).around(Router(network), [at(1500, 500)], [130], FOUR)
    _, _, east, _ = metres(drawn.shape).bounds
    assert east == pytest.approx(1500 + (130 - 500 / ACCESS_MPS) * 9.84 + REACH_M, abs=DRAWING_M)


def test_nobody_near_a_road_reaches_nothing(make_network: Make) -> None:
    network = make_network([at(0, 0), at(6000, 0)], both((0, 1)))
    for origins in ([], [at(0, 50_000)]):
        (drawn,) = Isochrones(network).around(Router(network), origins, [600], FOUR)
        assert drawn.shape.is_empty


def test_a_closed_road_reaches_nothing(make_network: Make) -> None:
    network = make_network([at(0, 0), at(6000, 0)], both((0, 1)))
    closed = Router(network, speed_kph=[0.0, 0.0])
    (drawn,) = Isochrones(network).around(closed, [at(3000, 0)], [600], FOUR)
    assert drawn.shape.is_empty


@pytest.mark.parametrize("limits", [[], [0], [-5], [float("nan")], [4 * 3600 + 1], list(range(60, 600, 60))])
def test_limits_that_cannot_be_used_are_refused(make_network: Make, limits: list[float]) -> None:
    network = make_network([at(0, 0), at(6000, 0)], both((0, 1)))
    with pytest.raises(InvalidInput, match="limits"):
        Isochrones(network).around(Router(network), [at(0, 0)], limits, FOUR)

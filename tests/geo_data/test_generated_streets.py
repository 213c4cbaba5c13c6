"""Generated streets: told apart, joined to the rest, dry, the same each time, and nobody's address."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo_data.builtin import builtin_places
from geo_data.builtin.blocks import fill
from geo_data.builtin.built_up import AREA_KM2, CELL_M, SPACING_M, Spacing
from geo_data.builtin.roads import builtin_roads
from geo_data.builtin.water import water_in_plane
from geo_data.places.road_index import RoadIndex
from geo_data.roads.network import GENERATED, RAMP, ROAD_CLASSES, Network
from geo_data.roads.plane import to_plane


@pytest.fixture(scope="module")
def network(builtin: Network) -> Network:
    return builtin


@pytest.fixture(scope="module")
def generated(network: Network) -> np.ndarray:
    return np.flatnonzero(network.flags & GENERATED)


def lines(network: Network, edges: np.ndarray) -> np.ndarray:
    size = np.diff(network.first_point)
    point = to_plane(network.point_lon, network.point_lat)
    return shapely.linestrings(point, indices=np.repeat(np.arange(network.n_edges), size))[edges]


def test_every_junction_reaches_every_other_and_nothing_is_dropped(network: Network) -> None:
    graph = coo_array((np.ones(network.n_edges), (network.tail, network.head)), shape=(network.n_nodes,) * 2)
    _, label = connected_components(graph, connection="strong")
    whole = label == np.bincount(label).argmax()  # a node that every road enters as a copy of it is left, never entered
    assert set(network.node_origin[whole].tolist()) == set(range(network.meta["base_nodes"]))
    assert sum(network.meta["dropped"].values()) == 0


def test_the_network_has_the_size_of_a_city(network: Network) -> None:
    assert 60_000 <= network.n_nodes <= 150_000


def test_generated_streets_are_flagged_and_counted(network: Network, generated: np.ndarray) -> None:
    assert network.meta["generated_edges"] == len(generated)
    assert 0 < network.meta["generated_nodes"] < network.n_nodes
    kinds = {ROAD_CLASSES[c] for c in np.unique(network.road_class[generated])}
    assert kinds == {"secondary", "tertiary", "unclassified", "residential"}


def test_no_generated_street_touches_water(network: Network, generated: np.ndarray) -> None:
    assert not shapely.intersects(water_in_plane(), lines(network, generated)).any()


def test_generated_streets_never_join_an_expressway(network: Network, generated: np.ndarray) -> None:
    limited = {road.name for road in builtin_roads() if road.limited and road.name}
    barred = np.array([name in limited for name in network.names])[network.name] & (network.name >= 0)
    drawn = (network.flags & GENERATED == 0) & (network.flags & RAMP == 0)
    fast = drawn & (barred | (network.road_class == ROAD_CLASSES.index("motorway")))
    by_ramp_only = set(network.tail[fast].tolist()) & set(network.head[fast].tolist())
    open_nodes = set(network.tail[drawn & ~fast].tolist())
    touched = set(network.tail[generated].tolist()) & by_ramp_only
    assert touched <= open_nodes


def test_some_generated_streets_are_one_way_and_some_are_dead_ends(network: Network, generated: np.ndarray) -> None:
    ways = set(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    both = [(head, tail) in ways for tail, head in zip(network.tail[generated], network.head[generated], strict=True)]
    assert 0.5 < np.mean(both) < 0.999
    out = np.bincount(network.tail, minlength=network.n_nodes)
    assert 0.05 < np.mean(out[network.tail[generated]] == 1) < 0.4


def test_a_generated_name_is_not_that_of_a_drawn_road_or_a_place(network: Network, generated: np.ndarray) -> None:
    given_names = {network.names[i] for i in np.unique(network.name[generated]) if i >= 0}
    real = {road.name for road in builtin_roads()} | {n for p in builtin_places() for n in (p.name, *p.aliases)}
    assert len(given_names) > 500
    assert not given_names & real


def test_nobody_can_mean_a_generated_street_by_its_name(network: Network, generated: np.ndarray) -> None:
    index = RoadIndex(network)
    given_names = {network.names[i] for i in np.unique(network.name[generated]) if i >= 0}
    assert "中山大道西" in index.names.known
    assert not given_names & index.names.known


def test_edges_begin_and_end_at_their_nodes(network: Network) -> None:
    first, last = network.first_point[:-1], network.first_point[1:] - 1
    assert np.array_equal(network.point_lon[first], network.node_lon[network.tail])
    assert np.array_equal(network.point_lat[last], network.node_lat[network.head])
    assert network.length_m.min() > 0


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(300, 3000),
    height=st.integers(300, 3000),
    turn=st.integers(0, 90),
    apart=st.sampled_from(SPACING_M),
)
def test_streets_stay_inside_their_block_and_leave_no_large_gap(
    width: int, height: int, turn: int, apart: float
) -> None:
    block = shapely.transform(
        shapely.box(0, 0, width, height),
        lambda p: (
            p
            @ np.array(
                [
                    [np.cos(np.radians(turn)), -np.sin(np.radians(turn))],
                    [np.sin(np.radians(turn)), np.cos(np.radians(turn))],
                ]
            )
        ),
    )
    layer = np.full((1, 1), apart, dtype=np.float32)
    streets = fill(np.array([block]), Spacing(np.zeros(2), (layer,) * 4), np.random.default_rng(1))
    assert shapely.covers(block.buffer(1), streets.line).all()
    edge = shapely.union_all([*streets.line, block.exterior])
    spots = shapely.points(np.random.default_rng(2).uniform(-3000, 3000, (200, 2)))
    spots = spots[shapely.contains(block, spots)]
    assert (shapely.distance(spots, edge) < 1.3 * apart).all()


def test_the_most_built_up_land_has_the_closest_streets() -> None:
    assert list(SPACING_M) == sorted(SPACING_M)
    assert list(AREA_KM2) == sorted(AREA_KM2)
    assert CELL_M > 0

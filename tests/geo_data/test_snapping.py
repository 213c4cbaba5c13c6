"""Where a position stands on the network."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.location import Position, distance_m
from geo_data.roads.network import Network
from geo_data.roads.snapping import EdgeIndex

# A street going east from a to b (two-way), and one going north from b to c (one-way), each about a kilometre.
A, B, C = Position(113.30, 23.10), Position(113.31, 23.10), Position(113.31, 23.11)


@pytest.fixture(scope="session")
def corner(make_network: Callable[..., Network]) -> Network:
    return make_network([A, B, C], [(0, 1), (1, 0), (1, 2)])


def test_a_position_beside_a_two_way_street_stands_on_both_its_directions(corner: Network) -> None:
    place = EdgeIndex(corner).snap([Position(113.3025, 23.1001)])
    edge, twin = int(place.edge[0]), int(place.twin[0])
    assert {edge, twin} == {0, 1}
    assert corner.tail[edge] == corner.head[twin]
    assert place.fraction[0] == pytest.approx(0.25 if corner.tail[edge] == 0 else 0.75, abs=1e-6)
    assert place.offset_m[0] == pytest.approx(11.12, abs=0.01)


def test_a_one_way_street_has_no_twin(corner: Network) -> None:
    place = EdgeIndex(corner).snap([Position(113.3102, 23.105)])
    assert (place.edge[0], place.twin[0]) == (2, -1)
    assert place.fraction[0] == pytest.approx(0.5, abs=1e-6)


def test_a_position_too_far_from_any_road_is_marked_and_the_others_are_answered(corner: Network) -> None:
    place = EdgeIndex(corner).snap([Position(114.0, 23.1), Position(113.305, 23.1)])
    assert place.edge[0] == place.twin[0] == -1
    assert place.offset_m[0] == np.inf
    assert place.edge[1] >= 0


def test_the_limit_of_distance_can_be_set(corner: Network) -> None:
    beside = Position(113.305, 23.101)  # 111 m off
    index = EdgeIndex(corner)
    assert index.snap([beside], max_m=100).edge[0] == -1
    assert index.snap([beside], max_m=120).edge[0] >= 0


def test_within_a_metre_of_its_end_a_position_is_at_the_junction(corner: Network) -> None:
    place = EdgeIndex(corner).snap([Position(113.3099999, 23.1), Position(113.31, 23.1099999)])
    assert set(place.fraction.tolist()) <= {0.0, 1.0}


def test_nothing_to_snap_gives_nothing(corner: Network) -> None:
    assert len(EdgeIndex(corner).snap([])) == 0


def test_a_copy_for_turn_restrictions_is_never_the_place(make_network: Callable[..., Network]) -> None:
    network = make_network([A, B, C, B], [(0, 1), (1, 0), (1, 2), (3, 2, -1, 36, "", 2)], [1])
    place = EdgeIndex(network).snap([Position(113.31, 23.105)])
    assert place.edge[0] == 2
    assert place.twin[0] == -1


@given(st.floats(113.28, 113.33), st.floats(23.08, 23.13))
def test_no_other_point_of_any_road_is_nearer(corner: Network, lon: float, lat: float) -> None:
    position = Position(lon, lat)
    place = EdgeIndex(corner).snap([position], max_m=10_000)
    dense = [
        Position(*(tail + share * (head - tail)))
        for tail, head in (corner.edge_points(e) for e in range(corner.n_edges))
        for share in np.linspace(0, 1, 201)
    ]
    nearest_m = min(distance_m(position, point) for point in dense)
    assert place.offset_m[0] == pytest.approx(nearest_m, rel=1e-3, abs=3)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=20, unique=True))
def test_twins_are_the_pairs_of_opposite_edges(
    make_network: Callable[..., Network], pairs: list[tuple[int, int]]
) -> None:
    nodes = [Position(113.3 + 0.001 * i, 23.1 + 0.0007 * i * i) for i in range(6)]
    network = make_network(nodes, pairs)
    found = {(int(t), int(h)): i for i, (t, h) in enumerate(zip(network.tail, network.head, strict=True))}
    for (tail, head), edge in found.items():
        expected = found.get((head, tail), -1) if tail != head else -1
        assert EdgeIndex(network).twin[edge] == expected

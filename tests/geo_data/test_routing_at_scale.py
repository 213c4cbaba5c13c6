"""Whole cities: a thousand pairs of junctions against scipy and networkx on the same weights."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.compile import RoadEdgesBuilder, compile_network
from geo_data.roads.network import Network
from geo_data.roads.routing import Router
from geo_data.roads.turn_costs import assumed_turn_costs

NOW = datetime(2025, 6, 4, 8, tzinfo=GUANGZHOU_TIME)
Search = Callable[[Network, npt.NDArray[np.float64], int], npt.NDArray[np.float64]]


@pytest.fixture(scope="module")
def lattice(make_network: Callable[..., Network]) -> Network:
    """A square city with one-way streets and uneven speeds."""
    size, rng = 30, np.random.default_rng(7)
    nodes = [Position(113.2 + 0.002 * (i % size), 23.1 + 0.002 * (i // size)) for i in range(size * size)]
    pairs = [(a, a + 1) for a in range(size * size) if a % size < size - 1]
    pairs += [(a, a + size) for a in range(size * (size - 1))]
    edges = [(a, b, -1, float(rng.uniform(10, 80))) for a, b in pairs if rng.random() < 0.9]
    edges += [(b, a, -1, float(rng.uniform(10, 80))) for a, b in pairs if rng.random() < 0.7]
    return make_network(nodes, edges)


def by_scipy(network: Network, seconds: npt.NDArray[np.float64], goal: int) -> npt.NDArray[np.float64]:
    """Seconds from every node; parallel edges are reduced to the quickest first, for scipy would add them up."""
    order = np.lexsort([seconds, network.head, network.tail])
    ends = np.column_stack([network.head, network.tail])[order]
    quickest = np.concatenate([[True], (ends[1:] != ends[:-1]).any(axis=1)])
    reverse = csr_array((seconds[order][quickest], ends[quickest].T), shape=(network.n_nodes, network.n_nodes))
    return np.asarray(dijkstra(reverse, indices=np.flatnonzero(network.node_origin == goal)).min(axis=0))


def by_networkx(network: Network, seconds: npt.NDArray[np.float64], goal: int) -> npt.NDArray[np.float64]:
    """Seconds from every node."""
    graph = nx.MultiDiGraph()
    arcs = zip(network.head.tolist(), network.tail.tolist(), seconds.tolist(), strict=True)
    graph.add_weighted_edges_from(arcs)
    goals = set(np.flatnonzero(network.node_origin == goal).tolist()) & set(graph)
    away = nx.multi_source_dijkstra_path_length(graph, goals)
    return np.array([away.get(node, np.inf) for node in range(network.n_nodes)])


def check(network: Network, search: Search, *, goals: int, starts: int) -> None:
    router, rng = Router(network), np.random.default_rng(1)
    base = np.flatnonzero(network.node_origin == np.arange(network.n_nodes))
    at = [Position(float(network.node_lon[n]), float(network.node_lat[n])) for n in base]
    start = rng.choice(base, starts)
    for goal in rng.choice(base, goals):
        expected_s = search(network, router.edge_s(NOW), int(goal))[start]
        found = router.travel_times([at[n] for n in start], at[goal], NOW)
        assert found.seconds == pytest.approx(expected_s, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("search", [by_scipy, by_networkx])
def test_a_thousand_pairs_of_a_lattice_agree(lattice: Network, search: Search) -> None:
    check(lattice, search, goals=20, starts=50)


@pytest.mark.parametrize("search", [by_scipy, by_networkx])
def test_a_thousand_pairs_of_central_shanghai_agree(shanghai: Network, search: Search) -> None:
    check(shanghai, search, goals=20, starts=50)


@pytest.mark.parametrize("search", [by_scipy, by_networkx])
def test_a_thousand_pairs_of_porto_agree(porto: Network, search: Search) -> None:
    check(porto, search, goals=5, starts=200)


def test_routes_through_many_dear_turns_are_as_long_as_the_travel_times_say() -> None:
    """Places between junctions of many copies are entered by many doors, whose labels share parts of their ways."""
    size, rng, builder = 20, np.random.default_rng(5), RoadEdgesBuilder()
    for i in range(size * size):
        builder.node(Position(113.2 + 0.002 * (i % size), 23.1 + 0.002 * (i // size)))
    for a in range(size * size):
        for b in [a + 1] * (a % size < size - 1) + [a + size] * (a < size * (size - 1)):
            builder.edge(a, b, road_class=str(rng.choice(["primary", "tertiary"])), oneway=False)
    edges = builder.build()
    network = compile_network(edges, costs=assumed_turn_costs(edges), title="test", source="test", schematic=True)
    router = Router(network)
    places = [Position(*p) for p in rng.uniform([113.2, 23.1], [113.238, 23.138], (400, 2)).tolist()]
    for start, goal in zip(places[:200], places[200:], strict=True):
        route = router.route(start, goal, NOW)
        expected_s = router.nearest([start], goal, 1, NOW).seconds[0]
        assert route is not None
        assert route.seconds == pytest.approx(expected_s, rel=1e-9)
        assert route.edge_s.sum() + route.access_s == pytest.approx(expected_s, rel=1e-9)


@pytest.mark.parametrize("city", ["lattice", "porto"])
def test_live_search_sweep_and_matrix_agree_to_the_bit(city: str, request: pytest.FixtureRequest) -> None:
    network: Network = request.getfixturevalue(city)
    router, rng = Router(network), np.random.default_rng(8)
    low, high = ((f(network.node_lon), f(network.node_lat)) for f in (np.min, np.max))
    starts = router.snap([Position(*p) for p in rng.uniform(low, high, (60, 2)).tolist()])
    goals = router.snap([Position(*p) for p in rng.uniform(low, high, (50, 2)).tolist()])
    matrix = router.matrix(starts, goals, NOW)
    for i in range(len(goals)):
        goal = goals.take([i])
        seconds = router.travel_times(starts, goal, NOW).seconds
        assert np.array_equal(matrix[:, i], seconds)
        found = router.nearest(starts, goal, len(starts), NOW)
        assert np.array_equal(found.seconds, seconds[found.indices])
        assert len(found.indices) == np.isfinite(seconds).sum()


def test_threads_share_a_router_and_get_the_answers_of_one(lattice: Network) -> None:
    router, rng = Router(lattice), np.random.default_rng(2)
    fleet = router.snap([Position(*p) for p in rng.uniform([113.2, 23.1], [113.26, 23.16], (50, 2)).tolist()])
    goals = [Position(*p) for p in rng.uniform([113.2, 23.1], [113.26, 23.16], (60, 2)).tolist()]
    alone = [router.travel_times(fleet, goal, NOW).seconds for goal in goals]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda goal: router.travel_times(fleet, goal, NOW).seconds, goals))
    assert np.array_equal(alone, together)


def test_a_fleet_of_three_thousand_is_answered_in_order_of_time(lattice: Network) -> None:
    router, rng = Router(lattice), np.random.default_rng(3)
    fleet = [Position(*p) for p in rng.uniform([113.2, 23.1], [113.26, 23.16], (3000, 2)).tolist()]
    found = router.nearest(fleet, fleet[0], 10_000, NOW)
    assert (np.diff(found.seconds) >= 0).all()
    reachable = router.travel_times(fleet, fleet[0], NOW).seconds < np.inf
    assert len(found.indices) == reachable.sum()

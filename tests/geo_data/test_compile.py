"""Compiling: connection, order of rows, and turn restrictions as splits."""

import numpy as np
import numpy.typing as npt
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.roads.compile import Restriction, RoadEdges, RoadEdgesBuilder, compile_network
from geo_data.roads.network import Network


def grid(size: int = 3) -> tuple[RoadEdgesBuilder, dict[tuple[int, int], int]]:
    """Two-way streets about 100 m apart; `edges[a, b]` is the edge from node a to node b (nodes count row by row)."""
    builder = RoadEdgesBuilder()
    for row in range(size):
        for column in range(size):
            builder.node(Position(113.3 + 0.001 * column, 23.1 + 0.001 * row))
    edges = {}
    for node in range(size * size):
        right, up = node + 1, node + size
        for other in [right] * (node % size < size - 1) + [up] * (up < size * size):
            edges[node, other] = builder.edge(node, other, road_class="residential", name="街", oneway=False)
            edges[other, node] = edges[node, other] + 1
    return builder, edges


def compiled(edges: RoadEdges, *restrictions: Restriction) -> Network:
    return compile_network(edges, restrictions, title="test", source="test", schematic=True)


def street_corner(network: Network, nodes: npt.ArrayLike) -> list[int]:
    """What `grid(3)` calls nodes of the network (which numbers them along a curve)."""
    lon, lat = network.node_lon[nodes], network.node_lat[nodes]
    return (np.rint((lon - 113.3) / 0.001) + 3 * np.rint((lat - 23.1) / 0.001)).astype(int).ravel().tolist()


def route_m(network: Network, start: int, goal: int) -> float:
    """Shortest way from one street corner to another, whichever copies stand there."""
    n, corner = network.n_nodes, np.array(street_corner(network, np.arange(network.n_nodes)))
    graph = np.full((n, n), np.inf)
    np.minimum.at(graph, (network.tail, network.head), network.length_m)
    base = int(np.flatnonzero((corner == start) & (network.node_origin == np.arange(n)))[0])
    away = dijkstra(csr_array(np.where(np.isinf(graph), 0, graph)), indices=base)
    return float(away[corner == goal].min())


def test_rows_are_sorted_and_every_edge_keeps_its_line() -> None:
    network = compiled(grid()[0].build())
    assert (np.diff(network.tail) >= 0).all()
    assert network.first_out.tolist() == np.searchsorted(network.tail, np.arange(10)).tolist()
    for edge in range(network.n_edges):
        points = network.edge_points(edge)
        ends = [network.tail[edge], network.head[edge]]
        assert points[[0, -1], 0].tolist() == network.node_lon[ends].tolist()
        assert points[[0, -1], 1].tolist() == network.node_lat[ends].tolist()


def test_what_is_not_connected_is_dropped_and_counted() -> None:
    builder, _ = grid()
    stray = builder.node(Position(113.4, 23.1))
    builder.edge(0, stray, road_class="service", name="断头路")
    network = compiled(builder.build())
    assert network.meta["base_nodes"] == 9
    assert network.meta["dropped"]["edges not connected"] == 1
    assert network.meta["dropped"]["nodes not connected"] == 1
    assert network.names == ("街",)


def test_roads_without_any_connection_are_refused() -> None:
    builder = RoadEdgesBuilder()
    a, b = builder.node(Position(113.3, 23.1)), builder.node(Position(113.31, 23.1))
    builder.edge(a, b, road_class="primary")
    with pytest.raises(InvalidInput, match="reached from each other"):
        compiled(builder.build())


def test_a_banned_turn_makes_the_route_go_round() -> None:
    builder, edge = grid()
    free = compiled(builder.build())
    ban = [Restriction(edge[1, 4], 4, edge[4, 3], only=False)]
    ban += [Restriction(edge[1, 0], 0, edge[0, 3], only=False)]
    network = compiled(builder.build(), *ban)
    assert network.meta["restrictions_applied"] == 2
    assert route_m(network, 1, 3) == pytest.approx(route_m(free, 1, 3) + 200, abs=30)


def test_a_compulsory_turn_leaves_one_exit() -> None:
    builder, edge = grid()
    network = compiled(builder.build(), Restriction(edge[1, 4], 4, edge[4, 7], only=True))
    copy = network.meta["base_nodes"]
    assert network.n_nodes == copy + 1
    assert street_corner(network, [copy]) == [4]
    exits = slice(network.first_out[copy], network.first_out[copy + 1])
    assert street_corner(network, network.head[exits]) == [7]
    assert network.edge_name(network.n_edges - 1) == "街"
    origin = network.edge_origin[network.n_edges - 1]
    assert street_corner(network, [network.tail[origin], network.head[origin]]) == [4, 7]


def test_a_banned_u_turn_spares_the_other_exits() -> None:
    builder, edge = grid()
    network = compiled(builder.build(), Restriction(edge[1, 4], 4, edge[4, 1], only=False))
    copy = network.meta["base_nodes"]
    exits = slice(network.first_out[copy], network.first_out[copy + 1])
    assert sorted(street_corner(network, network.head[exits])) == [3, 5, 7]


def test_bans_on_one_edge_are_combined_and_equal_copies_are_shared() -> None:
    builder, edge = grid()
    rules = [Restriction(edge[start, 4], 4, edge[4, to], only=False) for start in (1, 3) for to in (5, 7)]
    network = compiled(builder.build(), *rules)
    assert network.n_nodes == network.meta["base_nodes"] + 1
    assert network.n_edges == network.meta["base_edges"] + 2


def test_of_two_parallel_edges_only_the_banned_one_is_closed() -> None:
    builder, edge = grid()
    bow = builder.edge(4, 3, [Position(113.3005, 23.1013)], road_class="residential")
    network = compiled(builder.build(), Restriction(edge[1, 4], 4, edge[4, 3], only=False))
    copy = network.meta["base_nodes"]
    exits = range(network.first_out[copy], network.first_out[copy + 1])
    to_three = [e for e in exits if street_corner(network, [network.head[e]]) == [3]]
    assert [len(network.edge_points(e)) for e in to_three] == [3]
    assert bow == builder.build().n_edges - 1


def test_a_chain_of_bans_follows_through_copies() -> None:
    builder, edge = grid()
    rules = [Restriction(edge[0, 1], 1, edge[1, 4], only=True), Restriction(edge[1, 4], 4, edge[4, 7], only=True)]
    network = compiled(builder.build(), *rules)
    first = int(
        network.head[next(e for e in range(network.n_edges) if network.edge_origin[e] == _between(network, 0, 1))]
    )
    second = int(network.head[network.first_out[first]])
    assert street_corner(network, [first, second]) == [1, 4]
    assert street_corner(network, [network.head[network.first_out[second]]]) == [7]


def test_a_ban_that_leaves_no_way_on_is_ignored_and_counted() -> None:
    builder, edge = grid()
    rules = [Restriction(edge[1, 0], 0, edge[0, to], only=False) for to in (1, 3)]
    network = compiled(builder.build(), *rules)
    assert network.n_nodes == network.meta["base_nodes"] == 9
    assert network.meta["restrictions_ignored"] == {"it would leave no way on": 2}


def test_a_restriction_on_a_dropped_road_or_a_wrong_node_is_ignored_with_its_reason() -> None:
    builder, edge = grid()
    stray = builder.node(Position(113.4, 23.1))
    dead = builder.edge(4, stray, road_class="service")
    rules = [Restriction(edge[1, 4], 4, dead, only=True), Restriction(edge[1, 4], 5, edge[5, 8], only=False)]
    network = compiled(builder.build(), *rules)
    assert network.meta["restrictions_ignored"] == {
        "a road is not on the network": 1,
        "the roads do not meet at the node": 1,
    }


def test_a_place_that_restrictions_cut_off_is_dropped_and_counted() -> None:
    builder, edge = grid()
    spur = builder.node(Position(113.3005, 23.0995))
    into = builder.edge(0, spur, road_class="service")
    builder.edge(spur, 1, road_class="service")
    rules = [Restriction(edge[start, 0], 0, into, only=False) for start in (1, 3)]
    network = compiled(builder.build(), *rules)
    assert network.meta["base_nodes"] == 9
    assert network.meta["dropped"]["edges cut off by turn restrictions"] == 2


def test_from_every_edge_every_edge_can_be_reached_itself_or_as_a_copy() -> None:
    builder, edge = grid(4)
    generator = np.random.default_rng(7)
    turns = [(a, b) for a in edge for b in edge if a[1] == b[0]]
    chosen = generator.choice(len(turns), 25, replace=False)
    rules = [Restriction(edge[turns[i][0]], turns[i][0][1], edge[turns[i][1]], only=bool(i % 5 == 0)) for i in chosen]
    network = compiled(builder.build(), *rules)
    graph = csr_array((np.ones(network.n_edges), (network.tail, network.head)), shape=(network.n_nodes,) * 2)
    _, label = connected_components(graph, connection="strong")
    inside = label == np.bincount(label).argmax()
    good = inside[network.tail] & inside[network.head]
    assert set(network.edge_origin[good]) == set(range(network.meta["base_edges"]))
    assert inside[network.head].all()


def test_an_edge_with_an_unknown_class_node_or_speed_is_refused() -> None:
    builder, _ = grid()
    for bad in ({"road_class": "canal"}, {"road_class": "primary", "speed_kph": 0.0}):
        with pytest.raises(InvalidInput):
            builder.edge(0, 1, **bad)
    with pytest.raises(InvalidInput, match="add both nodes"):
        builder.edge(0, 99, road_class="primary")


def _between(network: Network, start: int, goal: int) -> int:
    for edge in range(network.meta["base_edges"]):
        if street_corner(network, [network.tail[edge], network.head[edge]]) == [start, goal]:
            return edge
    raise AssertionError((start, goal))

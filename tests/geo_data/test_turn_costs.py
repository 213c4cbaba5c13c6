"""Turn costs: who pays for a left turn, and where nobody does."""

import numpy as np

from dispatch.location import Position
from geo_data.roads.compile import RoadEdgesBuilder, compile_network
from geo_data.roads.turn_costs import LEFT_S, U_TURN_S, assumed_turn_costs

# A crossing (node 0) with arms to the north (1), east (2), south (3) and west (4).
ARMS = [Position(113.30, 23.11), Position(113.31, 23.10), Position(113.30, 23.09), Position(113.29, 23.10)]


def crossing(*classes: str) -> tuple[RoadEdgesBuilder, dict[tuple[int, int], int]]:
    builder = RoadEdgesBuilder()
    for place in [Position(113.30, 23.10), *ARMS]:
        builder.node(place)
    edges = {}
    for arm, road_class in enumerate(classes, start=1):
        edges[arm, 0] = builder.edge(arm, 0, road_class=road_class, name="", oneway=False)
        edges[0, arm] = edges[arm, 0] + 1
    return builder, edges


def costs_of(*classes: str) -> dict[tuple[int, int], float]:
    builder, edges = crossing(*classes)
    arms = {edge: pair for pair, edge in edges.items()}
    found = assumed_turn_costs(builder.build())
    rows = zip(found.from_edge.tolist(), found.to_edge.tolist(), found.seconds.tolist(), strict=True)
    return {(arms[a][0], arms[b][1]): seconds for a, b, seconds in rows}


def test_left_and_back_cost_and_right_and_straight_do_not() -> None:
    found = costs_of("primary", "secondary", "primary", "tertiary")
    left = {(3, 4), (4, 1), (1, 2), (2, 3)}  # coming from the south one turns left to the west, and so round
    back = {(arm, arm) for arm in (1, 2, 3, 4)}
    assert found == {**dict.fromkeys(left, LEFT_S["primary"]), **dict.fromkeys(back, U_TURN_S["primary"])}


def test_a_lane_into_a_main_road_is_no_junction_of_main_roads() -> None:
    assert costs_of("primary", "residential", "primary") == {}


def test_the_largest_road_of_a_junction_sets_the_cost() -> None:
    assert costs_of("tertiary", "tertiary", "tertiary")[3, 3] == U_TURN_S["tertiary"]
    assert costs_of("tertiary", "secondary", "tertiary")[3, 3] == U_TURN_S["secondary"]


def test_base_edges_cost_no_turn_and_their_copies_do() -> None:
    builder, _ = crossing("primary", "primary", "primary", "primary")
    edges = builder.build()
    network = compile_network(edges, costs=assumed_turn_costs(edges), title="test", source="test", schematic=True)
    base = network.edge_origin == np.arange(network.n_edges)
    assert not network.turn_s[base].any()
    assert set(network.turn_s[~base].tolist()) == {0.0, LEFT_S["primary"], U_TURN_S["primary"]}

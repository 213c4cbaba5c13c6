"""Travel times and routes against an oracle that knows nothing of copies: states are edges, turns are looked up."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.compile import Restriction, RoadEdgesBuilder, compile_network
from geo_data.roads.network import Network
from geo_data.roads.network_file import load, save
from geo_data.roads.routing import ACCESS_MPS, Route, Router
from geo_data.roads.snapping import Snapped
from geo_data.roads.speeds import speed_log_sd, speed_ratio
from geo_data.roads.turn_costs import TurnCosts

FOUR = datetime(2025, 6, 4, 4, tzinfo=GUANGZHOU_TIME)  # a Wednesday, ratio 0.984
SIX = FOUR.replace(hour=18)  # ratio 0.569
Places = list[Position]


def line_graph(router: Router, now: datetime) -> nx.DiGraph:
    """Base edges as nodes: from "edge a driven to its end" to "edge b driven to its end" costs the seconds of b."""
    network, seconds = router.network, router.edge_s(now)
    graph = nx.DiGraph()
    for a in np.flatnonzero(network.edge_origin == np.arange(network.n_edges)):
        graph.add_node(("end", int(a)))
        for b, turn_s in allowed_after(network, int(a)).items():
            if np.isfinite(seconds[b]):
                graph.add_edge(("end", int(a)), ("end", b), weight=seconds[b] + turn_s / speed_ratio(now))
    return graph


def allowed_after(network: Network, edge: int) -> dict[int, float]:
    """Base edges one may turn into at the end of another, and the free-flow seconds of the turn."""
    exits = slice(*network.first_out[network.head[edge] : network.head[edge] + 2])
    return dict(zip(network.edge_origin[exits].tolist(), network.turn_s[exits].tolist(), strict=True))


def _add(graph: nx.DiGraph, start: object, end: object, seconds: float) -> None:
    """The quicker of parallel ways; no way at all where the road is closed."""
    if np.isfinite(seconds) and seconds < graph.get_edge_data(start, end, {"weight": np.inf})["weight"]:
        graph.add_edge(start, end, weight=seconds)


def _part(seconds: float, share: float) -> float:
    return seconds * share if share > 0 else 0.0


def _stands_on(place: Snapped, i: int) -> list[tuple[int, float]]:
    both = (int(place.edge[i]), float(place.fraction[i])), (int(place.twin[i]), 1 - float(place.fraction[i]))
    return [(edge, share) for edge, share in both if edge >= 0]


def _junction(network: Network, edge: int, share: float) -> int | None:
    end = {0.0: network.tail[edge], 1.0: network.head[edge]}.get(share)
    return None if end is None else int(network.node_origin[end])


def oracle(router: Router, origins: Places, destination: Position, now: datetime) -> list[float]:
    """Seconds by networkx with origins and destination put into the graph by hand."""
    graph = line_graph(router, now)
    base = [edge for _, edge in graph.nodes]
    start, end = router.snap(origins), router.snap([destination])
    graph.add_nodes_from([("goal",), *(("origin", i) for i in range(len(origins)))])
    for edge, share in _stands_on(end, 0):
        _put_goal(graph, router, base, edge, share, now)
    for i in range(len(origins)):
        for edge, share in _stands_on(start, i):
            _put_origin(graph, router, base, ("origin", i), edge, share, now)
            for other, there in _stands_on(end, 0):
                _put_direct(graph, router, ("origin", i), (edge, share), (other, there), now)
    away = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), ("goal",))
    access_s = (start.offset_m + end.offset_m[0]) / ACCESS_MPS
    return [away.get(("origin", i), np.inf) + access_s[i] for i in range(len(origins))]


def _put_goal(graph: nx.DiGraph, router: Router, base: list[int], edge: int, share: float, now: datetime) -> None:
    network, junction = router.network, _junction(router.network, edge, share)
    for a in base:
        if edge in allowed_after(network, a):
            turn_s = allowed_after(network, a)[edge] / speed_ratio(now)
            _add(graph, ("end", a), ("goal",), turn_s + _part(router.edge_s(now)[edge], share))
        if junction is not None and network.node_origin[network.head[a]] == junction:
            _add(graph, ("end", a), ("goal",), 0.0)


def _put_origin(
    graph: nx.DiGraph, router: Router, base: list[int], origin: object, edge: int, share: float, now: datetime
) -> None:
    seconds, junction = router.edge_s(now), _junction(router.network, edge, share)
    _add(graph, origin, ("end", edge), _part(seconds[edge], 1 - share))
    for b in base if junction is not None else ():
        if router.network.tail[b] == junction:
            _add(graph, origin, ("end", b), seconds[b])


def _put_direct(
    graph: nx.DiGraph, router: Router, origin: object, here: tuple[int, float], there: tuple[int, float], now: datetime
) -> None:
    """Ways without a turn: ahead on one edge, from a junction into its own road, from a junction to itself."""
    seconds, junction = router.edge_s(now), _junction(router.network, *here)
    edge, share = there
    if here[0] == edge and here[1] <= share:
        _add(graph, origin, ("goal",), _part(seconds[edge], share - here[1]))
    if junction is not None and router.network.tail[edge] == junction:
        _add(graph, origin, ("goal",), _part(seconds[edge], share))
    if junction is not None and junction == _junction(router.network, edge, share):
        _add(graph, origin, ("goal",), 0.0)


def check_route(router: Router, origin: Position, destination: Position, now: datetime, expected_s: float) -> None:
    route = router.route(origin, destination, now)
    if route is None:
        assert expected_s == np.inf
        return
    assert route.seconds == pytest.approx(expected_s, rel=1e-9, abs=1e-9)
    assert route.edge_s.sum() + route.access_s == pytest.approx(route.seconds, rel=1e-9, abs=1e-9)
    assert sum(step.seconds for step in route.steps) == pytest.approx(route.edge_s.sum(), abs=1e-9)
    assert sum(step.metres for step in route.steps) == pytest.approx(route.metres, abs=1e-6)
    check_turns(router.network, route)
    assert len(route.points) >= 2
    ends = router.snap([Position(*route.points[0]), Position(*route.points[-1])])
    assert ends.offset_m == pytest.approx([0, 0], abs=0.01)


def check_turns(network: Network, route: Route) -> None:
    for a, b in zip(route.edges[:-1], route.edges[1:], strict=True):
        assert int(b) in allowed_after(network, int(a))


def check(router: Router, origins: Places, destination: Position, k: int, now: datetime = FOUR) -> None:
    expected_s = oracle(router, origins, destination, now)
    found = router.travel_times(origins, destination, now)
    assert found.seconds == pytest.approx(expected_s, rel=1e-6, abs=1e-9)
    nearest = router.nearest(origins, destination, k, now)
    reachable = sorted(s for s in expected_s if s < np.inf)
    assert nearest.seconds == pytest.approx(reachable[:k], rel=1e-6, abs=1e-9)
    assert nearest.seconds == pytest.approx(found.seconds[nearest.indices], rel=1e-9)
    assert len(set(nearest.indices.tolist())) == min(k, len(reachable))
    for origin, seconds in zip(origins, found.seconds, strict=True):
        check_route(router, origin, destination, now, float(seconds))


NODES = [Position(113.30 + 0.004 * (i % 4), 23.10 + 0.004 * (i // 4)) for i in range(12)]
on_the_map = st.builds(
    Position,
    st.one_of(st.floats(113.298, 113.314), st.sampled_from([p.lon for p in NODES[:4]])),
    st.one_of(st.floats(23.098, 23.110), st.sampled_from([p.lat for p in NODES[::4]])),
)
loose_edges = st.tuples(
    st.integers(0, 11),
    st.integers(0, 11),
    st.one_of(st.just(-1.0), st.just(0.0), st.floats(0, 3000)),
    st.sampled_from([10.0, 36.0, 80.0]),
)


@given(
    st.lists(st.tuples(loose_edges, st.booleans()), min_size=1, max_size=30),
    st.lists(on_the_map, min_size=1, max_size=7),
    st.integers(1, 8),
    st.sets(st.integers(0, 59), max_size=3),
)
@settings(max_examples=200, deadline=None)
def test_any_graph_gives_the_times_of_the_oracle(
    make_network: Callable[..., Network],
    roads: list[tuple[tuple[int, int, float, float], bool]],
    places: Places,
    k: int,
    closed: set[int],
) -> None:
    """One-way dead ends, loops, parallel edges, edges of no length, closed edges, parts nobody can reach."""
    network = make_network(NODES, directed(roads))
    check(Router(network, speed_kph=with_closed(network, closed)), places[1:], places[0], k)


@given(st.integers(0, 2**32))
@example(2559)  # two parallel two-way roads of one shape
@settings(max_examples=150, deadline=None)
def test_well_connected_graphs_give_the_times_of_the_oracle(make_network: Callable[..., Network], seed: int) -> None:
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, 12, (25, 2)).tolist()
    roads = [((a, b, float(rng.choice([-1, 0, 900])), 36.0), bool(rng.random() < 0.6)) for a, b in ends]
    spots = rng.integers(0, 7, (5, 2)) * [0.002, 0.00133333] + [113.30, 23.10]  # junctions and between them
    places = [Position(lon, lat) for lon, lat in spots.tolist()]
    check(Router(make_network(NODES, directed(roads))), places[1:], places[0], 3)


def directed(roads: list[tuple[tuple[int, int, float, float], bool]]) -> list[tuple[int, int, float, float]]:
    return [edge for (a, b, *rest), two_way in roads for edge in [(a, b, *rest), (b, a, *rest)][: 1 + two_way]]


def with_closed(network: Network, closed: set[int]) -> npt.NDArray[np.float64]:
    speed_kph = network.speed_kph.copy()
    speed_kph[[edge for edge in closed if edge < network.meta["base_edges"]]] = 0
    return speed_kph


def grid() -> tuple[RoadEdgesBuilder, list[tuple[int, int]]]:
    """Two-way streets on a grid of 4 by 3; edges in the order of the list of their ends."""
    builder = RoadEdgesBuilder()
    for position in NODES:
        builder.node(position)
    ends: list[tuple[int, int]] = []
    for a in range(12):
        for b in [a + 1] * (a % 4 < 3) + [a + 4] * (a < 8):
            builder.edge(a, b, road_class="tertiary", name=f"{min(a, 9)}街", oneway=False)
            ends += [(a, b), (b, a)]
    return builder, ends


@given(
    st.lists(st.tuples(st.integers(0, 33), st.integers(0, 3), st.booleans()), min_size=3, max_size=25),
    st.lists(on_the_map, min_size=1, max_size=4),
    on_the_map,
    st.sets(st.integers(0, 33), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_turn_restrictions_are_obeyed(
    turns: list[tuple[int, int, bool]], origins: Places, destination: Position, closed: set[int]
) -> None:
    builder, ends = grid()
    rules = []
    for a, pick, only in turns:
        via = ends[a][1]
        exits = [i for i, (tail, _) in enumerate(ends) if tail == via]
        rules.append(Restriction(a, via, exits[pick % len(exits)], only))
    network = compile_network(builder.build(), rules, title="test", source="test", schematic=True)
    check(Router(network, speed_kph=with_closed(network, closed)), origins, destination, 2)


@given(
    st.lists(st.tuples(st.integers(0, 33), st.integers(0, 3), st.floats(0.5, 120)), min_size=1, max_size=25),
    st.lists(on_the_map, min_size=1, max_size=4),
    on_the_map,
    st.sets(st.integers(0, 33), max_size=3),
)
@settings(max_examples=150, deadline=None)
def test_turns_cost_what_they_are_said_to_cost(
    turns: list[tuple[int, int, float]], origins: Places, destination: Position, closed: set[int]
) -> None:
    builder, ends = grid()
    dear: dict[tuple[int, int], float] = {}
    for a, pick, seconds in turns:
        exits = [i for i, (tail, _) in enumerate(ends) if tail == ends[a][1]]
        dear[a, exits[pick % len(exits)]] = seconds
    come, go = np.array(list(dear)).T
    costs = TurnCosts(come, go, np.array(list(dear.values())))
    network = compile_network(builder.build(), costs=costs, title="test", source="test", schematic=True)
    check(Router(network, speed_kph=with_closed(network, closed)), origins, destination, 2)


def positions_on(*shares: float) -> Places:
    """Along the first street of the tests below, from its west end to its east end."""
    return [Position(113.30 + 0.01 * share, 23.10) for share in shares]


SQUARE = [Position(113.30, 23.10), Position(113.31, 23.10), Position(113.31, 23.11), Position(113.30, 23.11)]
RING = [(0, 1, 1000, 36), (1, 2, 1000, 36), (2, 3, 1000, 36), (3, 0, 1000, 36)]  # 100 s a side, one way round


def test_a_unit_behind_the_destination_on_a_one_way_street_drives_straight_on(
    make_network: Callable[..., Network],
) -> None:
    router = Router(make_network(SQUARE, RING))
    times = router.travel_times(positions_on(0.25), *positions_on(0.75), FOUR)
    assert times.metric == "weekday-04"
    assert times.hour_log_sd == speed_log_sd(FOUR)
    assert times.seconds == pytest.approx([50 / 0.984], rel=1e-6)


def test_a_unit_just_past_the_destination_on_a_one_way_street_goes_round_the_block(
    make_network: Callable[..., Network],
) -> None:
    router = Router(make_network(SQUARE, RING))
    assert router.travel_times(positions_on(0.75), *positions_on(0.25), FOUR).seconds == pytest.approx(
        [350 / 0.984], rel=1e-6
    )
    route = router.route(*positions_on(0.75, 0.25), FOUR)
    assert route is not None
    assert route.metres == pytest.approx(3500)
    assert route.edges.tolist() == [0, 1, 2, 3, 0]
    assert route.points[0] == pytest.approx([113.3075, 23.1])
    assert route.points[-1] == pytest.approx([113.3025, 23.1])
    assert len(route.points) == 6


def test_on_a_two_way_street_the_unit_turns_to_the_nearer_side(make_network: Callable[..., Network]) -> None:
    two_way = [edge for a, b, *rest in RING for edge in ((a, b, *rest), (b, a, *rest))]
    router = Router(make_network(SQUARE, two_way))
    times = router.travel_times(positions_on(0.75, 0.1), *positions_on(0.25), FOUR)
    assert times.seconds == pytest.approx([50 / 0.984, 15 / 0.984], rel=1e-6)


def test_a_destination_at_a_junction_is_reached_by_any_road(make_network: Callable[..., Network]) -> None:
    star = [(1, 0, 1000, 36), (2, 0, 1000, 36), (3, 0, 1000, 36)]
    router = Router(make_network(SQUARE, star))
    assert router.travel_times(SQUARE, SQUARE[0], FOUR).seconds == pytest.approx([0, *[100 / 0.984] * 3])


def test_steps_are_merged_by_name(make_network: Callable[..., Network]) -> None:
    names = ["中山路", "中山路", "", "滨江路"]
    router = Router(make_network(SQUARE, [(*edge, name) for edge, name in zip(RING, names, strict=True)]))
    route = router.route(*positions_on(0.5, 0.4), FOUR)
    assert route is not None
    assert [(step.name, round(step.metres)) for step in route.steps] == [
        ("中山路", 1500),
        ("", 1000),
        ("滨江路", 1000),
        ("中山路", 400),
    ]


def test_the_evening_is_slower_and_names_its_metric(make_network: Callable[..., Network]) -> None:
    router = Router(make_network(SQUARE, RING))
    evening = router.travel_times(positions_on(0.25), *positions_on(0.75), SIX)
    assert evening.metric == "weekday-18"
    assert evening.seconds == pytest.approx([50 / 0.569], rel=1e-6)


def test_the_way_to_the_road_is_driven_slowly_at_both_ends(make_network: Callable[..., Network]) -> None:
    router = Router(make_network(SQUARE, RING))
    beside = [Position(113.3025, 23.0995), Position(113.3075, 23.0992)]
    offsets_m = router.snap(beside).offset_m
    assert router.travel_times(beside[:1], beside[1], FOUR).seconds == pytest.approx(
        [50 / 0.984 + offsets_m.sum() / (15 / 3.6)], rel=1e-6
    )


def test_nobody_reaches_a_destination_off_the_network(make_network: Callable[..., Network]) -> None:
    router = Router(make_network(SQUARE, RING))
    sea = Position(113.3, 22.0)
    assert router.travel_times(SQUARE, sea, FOUR).seconds.tolist() == [np.inf] * 4
    assert router.travel_times([sea, SQUARE[0]], SQUARE[1], FOUR).seconds[0] == np.inf
    assert len(router.nearest(SQUARE, sea, 3, FOUR).indices) == 0
    assert router.route(SQUARE[0], sea, FOUR) is None


def test_an_empty_fleet_gets_an_empty_answer(make_network: Callable[..., Network]) -> None:
    router = Router(make_network(SQUARE, RING))
    assert len(router.travel_times([], SQUARE[0], FOUR).seconds) == 0
    assert router.matrix([], SQUARE, FOUR).shape == (0, 4)
    assert router.matrix(SQUARE, [], FOUR).shape == (4, 0)


def test_the_columns_of_a_matrix_are_the_travel_times_to_each_destination(
    make_network: Callable[..., Network],
) -> None:
    router = Router(make_network(SQUARE, RING))
    matrix = router.matrix(router.snap(SQUARE), positions_on(0.2, 0.9), FOUR)
    for column, destination in zip(matrix.T, positions_on(0.2, 0.9), strict=True):
        assert column == pytest.approx(router.travel_times(SQUARE, destination, FOUR).seconds, rel=1e-9)


def test_speeds_of_the_wrong_shape_or_sign_are_refused(make_network: Callable[..., Network]) -> None:
    network = make_network(SQUARE, RING)
    for wrong in ([30.0], [30.0, 30.0, 30.0, -1.0], [30.0, 30.0, 30.0, np.nan]):
        with pytest.raises(InvalidInput, match="each of the 4 edges"):
            Router(network, speed_kph=wrong)


def test_a_network_mapped_from_a_file_gives_the_same_answers(
    make_network: Callable[..., Network], tmp_path: Path
) -> None:
    network = make_network(SQUARE, RING)
    save(network, tmp_path / "ring.net")
    mapped = load(tmp_path / "ring.net")
    assert not mapped.tail.flags.writeable
    places, goal = positions_on(0.1, 0.6), SQUARE[2]
    expected = Router(network).travel_times(places, goal, FOUR).seconds
    assert (Router(mapped).travel_times(places, goal, FOUR).seconds == expected).all()

"""Tracks become roads: a hidden Markov model against drives that are known, and against trying everything."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matching_drives import drives, seen
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from dispatch.location import Position
from dispatch.unit import Fix
from geo_data.map_matching.distances import RoadDistances
from geo_data.map_matching.lattice import likeliest, transitions
from geo_data.map_matching.match import Match, Matcher
from geo_data.map_matching.track_matcher import TrackMatcher
from geo_data.roads.network import DUAL, Network
from geo_data.roads.routing import Router
from geo_data.roads.snapping import EdgeIndex

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SIDE, STEP_DEG = 5, 0.002  # a grid of streets about 200 m apart


def at(row: float, column: float) -> Position:
    return Position(113.30 + column * STEP_DEG, 23.10 + row * STEP_DEG)


@pytest.fixture(scope="module")
def grid(make_network: Callable[..., Network]) -> Network:
    """Two-way streets."""
    nodes = [at(r, c) for r in range(SIDE) for c in range(SIDE)]
    edges = []
    for r, c in product(range(SIDE), range(SIDE)):
        here = r * SIDE + c
        if r + 1 < SIDE:
            edges += [(here, here + SIDE), (here + SIDE, here)]
        if c + 1 < SIDE:
            edges += [(here, here + 1), (here + 1, here)]
    return make_network(nodes, edges)


@pytest.fixture(scope="module")
def matcher(grid: Network) -> Matcher:
    return Matcher(grid, EdgeIndex(grid))


def fix(second: float, where: Position, accuracy_m: float = 8.0, **more: float) -> Fix:
    return Fix(unit_id="S1", position=where, at=NOON + timedelta(seconds=second), accuracy_m=accuracy_m, **more)


def driven(*corners: tuple[float, float], every_s: float = 10.0, mps: float = 10.0) -> list[Fix]:
    """Straight from corner to corner."""
    track, second = [], 0.0
    for (r, c), (to_r, to_c) in pairwise(corners):
        steps = max(int(np.hypot(to_r - r, to_c - c) * 210 / (mps * every_s)), 1)
        for k in range(steps):
            track.append(fix(second, at(r + (to_r - r) * k / steps, c + (to_c - c) * k / steps)))
            second += every_s
    return track


def ends(network: Network, edges: Sequence[int]) -> list[tuple[int, int]]:
    return [(int(network.node_origin[network.tail[e]]), int(network.node_origin[network.head[e]])) for e in edges]


def test_a_drive_round_two_corners_is_found_edge_by_edge(matcher: Matcher) -> None:
    found = matcher.match(driven((0, 0.2), (0, 2), (2, 2), (2, 3.8)))
    assert ends(matcher.network, found.pieces[0]) == [(0, 1), (1, 2), (2, 7), (7, 12), (12, 13), (13, 14)]
    assert len(found.breaks) == 0
    assert float(found.offset_m.max()) < 5
    assert found.confidence > 0.8  # at a corner it may be either edge


def test_the_direction_is_that_of_the_drive(matcher: Matcher) -> None:
    there = matcher.match(driven((1, 0.3), (1, 3.7)))
    back = matcher.match(driven((1, 3.7), (1, 0.3)))
    assert ends(matcher.network, there.pieces[0]) == [(5, 6), (6, 7), (7, 8), (8, 9)]
    assert ends(matcher.network, back.pieces[0]) == [(9, 8), (8, 7), (7, 6), (6, 5)]


def test_a_stated_heading_settles_a_single_fix(matcher: Matcher) -> None:
    where = at(1, 1.5)
    east = matcher.match([fix(0, where, heading_deg=92.0, speed_mps=8.0)])
    west = matcher.match([fix(0, where, heading_deg=268.0, speed_mps=8.0)])
    parked = matcher.match([fix(0, where, heading_deg=268.0, speed_mps=0.0)])
    assert (ends(matcher.network, east.edge), ends(matcher.network, west.edge)) == ([(6, 7)], [(7, 6)])
    assert east.p[0] > 0.95
    assert parked.p[0] == pytest.approx(0.5, abs=0.01)  # either way


def test_one_junk_fix_is_passed_over(matcher: Matcher) -> None:
    track = driven((1, 0.2), (1, 3.8))
    junk = fix(25, at(4, 3))
    found = matcher.match([*track, junk])
    assert found.edge[-1] == -1
    assert found.offset_m[-1] == np.inf
    assert ends(matcher.network, found.pieces[0]) == [(5, 6), (6, 7), (7, 8), (8, 9)]


def test_a_jump_that_no_road_explains_breaks_the_track_and_it_begins_anew(matcher: Matcher) -> None:
    first, second = driven((0, 0.2), (0, 2.8), every_s=3.0), driven((4, 0.2), (4, 3.8), every_s=3.0)
    began_at = first[-1].at + timedelta(seconds=3) - NOON
    found = matcher.match([*first, *(replace(f, at=f.at + began_at) for f in second)])
    assert len(found.pieces) == 2
    assert found.breaks.tolist() == [len(first)]
    assert ends(matcher.network, found.pieces[1]) == [(20, 21), (21, 22), (22, 23), (23, 24)]


def test_nothing_near_and_nothing_at_all_are_answers(matcher: Matcher) -> None:
    nowhere = matcher.match([fix(0, Position(114.5, 24.5)), fix(10, Position(114.5, 24.5))])
    assert nowhere.edge.tolist() == [-1, -1]
    assert (matcher.match([]).confidence, nowhere.confidence, nowhere.pieces) == (0.0, 0.0, ())


def test_a_unit_that_stands_stays_on_its_road(matcher: Matcher) -> None:
    draw = np.random.default_rng(2)
    track = driven((2, 0.2), (2, 2.5))
    shakes = draw.normal(0, 4e-5, (30, 2))
    rest = [fix(200 + 5 * i, at(2 + y / STEP_DEG, 2.5 + x / STEP_DEG)) for i, (x, y) in enumerate(shakes)]
    found = matcher.match([*track, *rest])
    assert {ends(matcher.network, [e])[0] for e in found.edge[len(track) :]} == {(12, 13)}


fixes = st.lists(
    st.builds(
        lambda second, r, c, accuracy_m: fix(second, at(r, c), accuracy_m),
        st.integers(0, 600),
        st.floats(-1, SIDE),
        st.floats(-1, SIDE),
        st.floats(1, 400),
    ),
    max_size=12,
    unique_by=lambda f: f.at,
)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(track=fixes, order=st.randoms(use_true_random=False))
def test_any_track_is_borne_and_order_and_doubles_change_nothing(
    matcher: Matcher, track: list[Fix], order: object
) -> None:
    found = matcher.match(track)
    placed = found.edge >= 0
    assert np.isfinite(found.offset_m[placed]).all()
    assert ((found.p >= 0) & (found.p <= 1 + 1e-9)).all()
    assert ((found.share >= 0) & (found.share <= 1)).all()
    for piece in found.pieces:
        met = ends(matcher.network, piece)
        assert all(a[1] == b[0] for a, b in pairwise(met))  # roads that meet
    mixed = [*track, *track[:4]]
    order.shuffle(mixed)  # type: ignore[attr-defined]
    again = matcher.match(mixed)
    by_time = {f.at: (int(e), float(s)) for f, e, s in zip(track, found.edge, found.share, strict=True)}
    for f, e, s in zip(mixed, again.edge, again.share, strict=True):
        assert e == -1 or (int(e), float(s)) == by_time[f.at]


def test_the_course_is_the_likeliest_of_all(matcher: Matcher) -> None:
    roads, length_m = RoadDistances(matcher.network), matcher.network.length_m
    for seed in range(5):
        draw = np.random.default_rng(seed)
        track = [fix(20 * i, at(1 + draw.normal(0, 0.15), 0.6 + 0.9 * i), 40.0) for i in range(4)]
        points = matcher.index.plane(np.array([(f.position.lon, f.position.lat) for f in track]))
        steps = matcher._steps(track, points, np.full(len(track), 26.0))
        moves = [transitions(a, b, roads, length_m) for a, b in pairwise(steps)]
        best = max(
            sum(s.places.log_p[k] for s, k in zip(steps, way, strict=True))
            + sum(m[a, b] for m, a, b in zip(moves, way, way[1:], strict=False))
            for way in product(*(range(len(s.places.edge)) for s in steps))
        )
        course = likeliest(steps, roads, length_m)
        assert course.log_likelihood == pytest.approx(best)
        assert course.p.min() > 0


def test_distances_are_those_of_dijkstra_and_its_ways_are_as_long(grid: Network) -> None:
    roads, draw = RoadDistances(grid), np.random.default_rng(1)
    graph = coo_array((grid.length_m, (grid.tail, grid.head)), shape=(grid.n_nodes, grid.n_nodes)).tocsr()
    away_m = dijkstra(graph)
    for _ in range(20):
        start, goal = draw.choice(grid.n_edges, 2, replace=False).astype(np.int32)
        share = draw.uniform(0, 1, 2)
        found = roads.between(np.array([start]), share[:1], np.array([goal]), share[1:], 1e6)[0, 0]
        between_m = away_m[grid.head[start], grid.tail[goal]]
        inside_m = (1 - share[0]) * grid.length_m[start] + share[1] * grid.length_m[goal]
        assert found == pytest.approx(between_m + inside_m)
        assert grid.length_m[roads.way(int(start), share[0], int(goal), share[1], 1e6)].sum() == pytest.approx(
            between_m
        )
        assert roads.between(np.array([start]), share[:1], np.array([goal]), share[1:], 1.0)[0, 0] in (np.inf, found)


def test_a_forbidden_turn_is_not_taken(make_network: Callable[..., Network]) -> None:
    """From 0 east to 1; the left turn to 2 is forbidden there, so the way leads round by 3."""
    nodes = [at(0, 0), at(0, 1), at(1, 1), at(0, 2), at(0, 1)]
    edges = [(0, 4), (1, 2), (1, 3), (4, 3, -1.0, 36.0, "", 2), (3, 2), (2, 1), (3, 1)]
    network = make_network(nodes, [(*e, -1.0, 36.0, "", None) if len(e) == 2 else e for e in edges], [1])
    found = Matcher(network, EdgeIndex(network)).match([fix(0, at(0, 0.3)), fix(30, at(0, 0.9)), fix(150, at(0.7, 1))])
    met = ends(network, found.pieces[0])
    assert (0, 1) in met
    assert (0, 1, 2) not in [(a[0], a[1], b[1]) for a, b in pairwise(met)]


def test_the_desk_is_told_of_places_directions_and_divided_roads(make_network: Callable[..., Network]) -> None:
    north, south = 23.1001, 23.0999
    nodes = [Position(113.30, south), Position(113.31, south), Position(113.31, north), Position(113.30, north)]
    network = make_network(nodes, [(0, 1), (2, 3), (1, 2), (3, 0)])
    network = replace(network, flags=np.full(4, DUAL, dtype=np.uint8), road_class=np.zeros(4, dtype=np.uint8))
    match = TrackMatcher(Matcher(network, EdgeIndex(network)))
    told = match([fix(10 * i, Position(113.302 + 0.001 * i, south)) for i in range(6)])
    assert all(f is not None and f.divided and f.fast for f in told.fixes)
    assert all(f is not None and f.heading_deg == pytest.approx(90, abs=0.1) for f in told.fixes)
    assert told.confidence > 0.9


def test_simulated_drives_over_real_streets_are_matched(shanghai: Network) -> None:
    network = shanghai
    router = Router(network)
    match, right_m, whole_m = Matcher(network, router.index), 0.0, 0.0
    for drive in drives(router, np.random.default_rng(5), 6):
        track, _ = seen(drive, router, np.random.default_rng(6), 5.0, 15.0)
        found: Match = match.match(track)
        said = set(np.concatenate(found.pieces).tolist())
        right_m += sum(float(network.length_m[e]) for e in set(drive.edges.tolist()) & said)
        whole_m += float(network.length_m[drive.edges].sum())
    assert right_m / whole_m > 0.95

"""The project's own router as a contender: from places on the network, and from positions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from api.benchmarks.contender import (
    LOCAL,
    MATRIX,
    MATRIX_2,
    NEAREST_FEW,
    NEAREST_MANY,
    OURS,
    OURS_BY_POSITION,
    OURS_UNDRAWN,
    PATH,
    REACH,
    WEIGHTS,
    Contender,
    version_of,
)
from api.benchmarks.timing import Ask
from api.benchmarks.work import NOW, VARIANTS, WANTED, Work
from geo_data.roads.directions import Route, Way
from geo_data.roads.network import Floats
from geo_data.roads.routing import Nearest, Router


def by_place(work: Work) -> Contender:
    """Queries between places found on the network before; the fleets stay, all else is new each time."""
    router, goals, starts = work.router, *([work.snapped(p) for p in places] for places in (work.goals, work.starts))
    fleets = {NEAREST_FEW: work.snapped(work.few), NEAREST_MANY: work.snapped(work.many)}
    n = work.sizes.queries

    def nearest(kind: str) -> Ask:
        return Ask(lambda i: router.nearest(fleets[kind], goals[i % n], WANTED, NOW), _nearest_s)

    asks = {kind: nearest(kind) for kind in fleets}
    asks[MATRIX] = Ask(lambda _: router.matrix(work.snapped(work.rows), work.snapped(work.columns), NOW), _as_it_is)
    asks[MATRIX_2] = Ask(_two_threads(work), _as_it_is)
    asks[PATH] = Ask(lambda i: router.route(starts[i % n], goals[i % n], NOW), _path_s(work))
    asks[REACH] = Ask(lambda i: router.reach(starts[i % n], NOW), _as_it_is)
    asks[WEIGHTS] = Ask(lambda i: router.reweighted(work.speeds[i % VARIANTS]), _from_few(work))
    slowed = [work.slowed(query)[0] for query in range(VARIANTS)]
    asks[LOCAL] = Ask(lambda i: router.reweighted(slowed[i % VARIANTS]), _from_few(work))
    return Contender(OURS, version_of("gzdispatch"), asks, notes={MATRIX_2: "two callers, half of the columns each"})


def by_position(work: Work) -> Contender:
    """The same from positions: every place is looked up on the network within the time."""
    router = work.router
    few, many, rows, columns = (work.positions(p) for p in (work.few, work.many, work.rows, work.columns))
    goals, starts, n = work.positions(work.goals), work.positions(work.starts), work.sizes.queries
    asks = {
        NEAREST_FEW: Ask(lambda i: router.nearest(few, goals[i % n], WANTED, NOW), _nearest_s),
        NEAREST_MANY: Ask(lambda i: router.nearest(many, goals[i % n], WANTED, NOW), _nearest_s),
        MATRIX: Ask(lambda _: router.matrix(rows, columns, NOW), _as_it_is),
        PATH: Ask(lambda i: router.route(starts[i % n], goals[i % n], NOW), _path_s(work)),
        REACH: Ask(lambda i: router.reach([starts[i % n]], NOW), _as_it_is),
    }
    return Contender(OURS_BY_POSITION, version_of("gzdispatch"), asks)


def undrawn(work: Work) -> Contender:
    """A way as edges and seconds, without its line and its road names: what other libraries answer."""
    goals, starts = ([work.snapped(p) for p in places] for places in (work.goals, work.starts))
    ratio, n = work.router.metric(NOW).ratio, work.sizes.queries

    def read(found: list[Way], _: int) -> Floats:
        return np.repeat(found[0].free_flow_s.sum() / ratio, 2)

    ask = Ask(lambda i: work.router.ways(starts[i % n], goals[i % n]), read)
    return Contender(OURS_UNDRAWN, version_of("gzdispatch"), {PATH: ask})


def _as_it_is(found: Floats, _: int) -> Floats:
    return found


def _nearest_s(found: Nearest, _: int) -> Floats:
    return found.seconds


def _path_s(work: Work) -> Callable[[Route | None, int], Floats]:
    """Seconds as told and edge by edge; nan for a route whose edges do not meet."""

    def read(found: Route | None, _: int) -> Floats:
        if found is None:
            return np.full(2, np.inf)
        origin, network = work.network.node_origin, work.network
        joined = (origin[network.head[found.edges[:-1]]] == origin[network.tail[found.edges[1:]]]).all()
        return np.array([found.seconds, found.edge_s.sum() + found.access_s if joined else np.nan])

    return read


def _from_few(work: Work) -> Callable[[Router, int], Floats]:
    return lambda router, i: router.travel_times(work.snapped(work.few), work.snapped(work.goal(i)), NOW).seconds


def _two_threads(work: Work) -> Callable[[int], Floats]:
    pool = ThreadPoolExecutor(2)
    halves = np.array_split(work.columns, 2)

    def half(columns: Any) -> Floats:
        return work.router.matrix(work.snapped(work.rows), work.snapped(columns), NOW)

    return lambda _: np.hstack(list(pool.map(half, halves)))

"""routingkit-cch: the customizable contraction hierarchy of RoutingKit, in C++. Its weights are whole numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import routingkit_cch as rk

from api.benchmarks.contender import (
    LOCAL,
    MATRIX,
    NEAREST_FEW,
    NEAREST_MANY,
    PATH,
    REACH,
    WEIGHTS,
    Contender,
    version_of,
)
from api.benchmarks.timing import Ask
from api.benchmarks.work import VARIANTS, WANTED, Work
from geo_data.roads.network import Floats

UNIT_S = 1e-5  # 31 bits then hold six hours


def contender(work: Work) -> Contender:
    """Order, hierarchy and fleets are made before; the columns of a matrix are named within the time."""
    cch = _hierarchy(work)
    metric = rk.CCHMetric(cch, _units(work.arc_s))

    def nearest(places: Any) -> Ask:
        search = rk.CCHManyToOne(metric, work.node(places).tolist())

        def run(i: int) -> Floats:
            away_s = _seconds(search.distances_to(int(work.node(work.goal(i)))))
            return np.sort(away_s[np.argpartition(away_s, WANTED)[:WANTED]])

        return Ask(run, lambda found, _: found)

    everywhere = rk.CCHOneToMany(metric, list(range(work.graph.n)))
    asks = {
        NEAREST_FEW: nearest(work.few),
        NEAREST_MANY: nearest(work.many),
        MATRIX: Ask(_matrix(metric, work), lambda found, _: found),
        PATH: Ask(_path(metric, work), lambda found, _: _walked(found, work)),
        REACH: Ask(
            lambda i: _seconds(everywhere.distances_from(int(work.node(work.start(i))))), lambda found, _: found
        ),
        WEIGHTS: _weights(cch, work),
        LOCAL: _local(cch, work),
    }
    return Contender("routingkit-cch", version_of("routingkit-cch"), asks, UNIT_S)


def _hierarchy(work: Work) -> Any:
    tail, head = work.graph.tail.tolist(), work.graph.head.tolist()
    place = work.network.node_lat.tolist(), work.network.node_lon.tolist()
    return rk.CCH(rk.compute_order_inertial(work.graph.n, tail, head, *place), tail, head, False)


def _units(seconds: Floats) -> list[int]:
    found: list[int] = np.round(seconds / UNIT_S).astype(np.int64).tolist()
    return found


def _seconds(found: list[int | None]) -> Floats:
    return np.array(found, dtype=np.float64) * UNIT_S if None not in found else _with_gaps(found)


def _with_gaps(found: list[int | None]) -> Floats:
    return np.array([np.inf if units is None else units * UNIT_S for units in found])


def _matrix(metric: Any, work: Work) -> Callable[[int], Floats]:
    search = rk.CCHOneToMany(metric, work.node(work.columns).tolist())

    def run(_: int) -> Floats:
        search.repin_targets(work.node(work.columns).tolist())
        return np.array([_seconds(search.distances_from(row)) for row in work.node(work.rows).tolist()])

    return run


def _path(metric: Any, work: Work) -> Callable[[int], tuple[float, list[int]]]:
    search = rk.CCHQuery(metric)

    def run(i: int) -> tuple[float, list[int]]:
        found = search.run(int(work.node(work.start(i))), int(work.node(work.goal(i))))
        return found.distance * UNIT_S, found.node_path

    return run


def _walked(found: tuple[float, list[int]], work: Work) -> Floats:
    return np.array([found[0], work.graph.walk_s(found[1], np.round(work.arc_s / UNIT_S) * UNIT_S)])


def _weights(cch: Any, work: Work) -> Ask:
    metric = rk.CCHMetric(cch, _units(work.arc_s))

    def run(i: int) -> Any:
        metric.reset(_units(work.variants[i % VARIANTS]))
        return metric

    return Ask(run, lambda found, i: _from_few(found, work, i))


def _local(cch: Any, work: Work) -> Ask:
    metric, updater = rk.CCHMetric(cch, _units(work.arc_s)), rk.CCHMetricPartialUpdater(cch)
    changes = []
    for query in range(VARIANTS):
        speed, changed = work.slowed(query)
        arcs = work.graph.arcs_of(changed)
        new = work.graph.weights(work.seconds(speed))[arcs]
        changes.append([dict(zip(arcs.tolist(), _units(s), strict=True)) for s in (new, work.arc_s[arcs])])

    def run(i: int) -> Any:
        updater.apply(metric, changes[i % VARIANTS][0])
        return metric

    def after(i: int) -> None:
        updater.apply(metric, changes[i % VARIANTS][1])

    return Ask(run, lambda found, i: _from_few(found, work, i), after)


def _from_few(metric: Any, work: Work, i: int) -> Floats:
    search = rk.CCHManyToOne(metric, work.node(work.few).tolist())
    return _seconds(search.distances_to(int(work.node(work.goal(i)))))

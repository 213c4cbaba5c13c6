"""scipy.sparse.csgraph: one Dijkstra in C from a node to all others."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

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


def contender(work: Work) -> Contender:
    """Matrices in rows of both directions are made before; searches go all the way, for scipy knows no goal."""
    graph = work.graph
    forwards, backwards = graph.forwards(work.arc_s), graph.backwards(work.arc_s)

    def nearest(places: Any) -> Ask:
        units = work.node(places)

        def run(i: int) -> Floats:
            away_s = dijkstra(backwards, indices=work.node(work.goal(i)))[units]
            return np.sort(away_s[np.argpartition(away_s, WANTED)[:WANTED]])

        return Ask(run, lambda found, _: found)

    asks = {
        NEAREST_FEW: nearest(work.few),
        NEAREST_MANY: nearest(work.many),
        MATRIX: Ask(lambda _: _matrix(forwards, work), lambda found, _: found),
        PATH: Ask(lambda i: _path(forwards, work, i), lambda found, _: _walked(found, work)),
        REACH: Ask(lambda i: dijkstra(forwards, indices=work.node(work.start(i))), lambda found, _: found),
        WEIGHTS: _weights(work),
        LOCAL: _local(work),
    }
    return Contender("scipy", version_of("scipy"), asks)


def _matrix(forwards: csr_array, work: Work) -> Floats:
    """Ten rows at a time: all at once would take gigabytes."""
    rows, columns = work.node(work.rows), work.node(work.columns)
    return np.vstack([dijkstra(forwards, indices=rows[i : i + 10])[:, columns] for i in range(0, len(rows), 10)])


def _path(forwards: csr_array, work: Work, i: int) -> tuple[float, list[int]]:
    start, goal = int(work.node(work.start(i))), int(work.node(work.goal(i)))
    seconds, before = dijkstra(forwards, indices=start, return_predecessors=True)
    nodes = [goal]
    while nodes[-1] != start:
        nodes.append(int(before[nodes[-1]]))
    return float(seconds[goal]), nodes[::-1]


def _walked(found: tuple[float, list[int]], work: Work) -> Floats:
    return np.array([found[0], work.graph.walk_s(found[1], work.arc_s)])


def _weights(work: Work) -> Ask:
    return Ask(lambda i: work.graph.backwards(work.variants[i % VARIANTS]), lambda found, i: _from_few(found, work, i))


def _local(work: Work) -> Ask:
    backwards, back = work.graph.backwards(work.arc_s), work.graph.back
    place = np.empty(len(back), dtype=np.int64)
    place[back] = np.arange(len(back))
    changes = []
    for query in range(VARIANTS):
        speed, changed = work.slowed(query)
        arcs = work.graph.arcs_of(changed)
        changes.append((place[arcs], work.graph.weights(work.seconds(speed))[arcs], work.arc_s[arcs]))

    def run(i: int) -> csr_array:
        at, slow_s, _ = changes[i % VARIANTS]
        backwards.data[at] = slow_s
        return backwards

    def after(i: int) -> None:
        at, _, plain_s = changes[i % VARIANTS]
        backwards.data[at] = plain_s

    return Ask(run, lambda found, i: _from_few(found, work, i), after)


def _from_few(backwards: csr_array, work: Work, i: int) -> Floats:
    return np.asarray(dijkstra(backwards, indices=work.node(work.goal(i)))[work.node(work.few)])

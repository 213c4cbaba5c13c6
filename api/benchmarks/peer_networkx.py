"""networkx: dictionaries and heaps in Python."""

from typing import Any

import networkx as nx
import numpy as np

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
from api.benchmarks.work import VARIANTS, WANTED, Indices, Work
from geo_data.roads.network import Floats

Seconds = dict[int, float]


def contender(work: Work) -> Contender:
    """Graphs of both directions are made before. Of the matrix one row is run and the rest reckoned from it."""
    forwards, backwards = _graph(work, reverse=False), _graph(work, reverse=True)
    columns, rows = work.node(work.columns).tolist(), work.node(work.rows).tolist()

    def nearest(places: Any) -> Ask:
        units = work.node(places).tolist()

        def run(i: int) -> Floats:
            away_s = nx.single_source_dijkstra_path_length(backwards, int(work.node(work.goal(i))))
            return np.sort([away_s.get(unit, np.inf) for unit in units])[:WANTED]

        return Ask(run, lambda found, _: found)

    def row(i: int) -> Floats:
        seconds = nx.single_source_dijkstra_path_length(forwards, rows[i % len(rows)])
        return np.array([[seconds.get(column, np.inf) for column in columns]])

    asks = {
        NEAREST_FEW: nearest(work.few),
        NEAREST_MANY: nearest(work.many),
        MATRIX: Ask(row, lambda found, _: found, scale=len(rows)),
        PATH: Ask(lambda i: _path(forwards, work, i), lambda found, _: _walked(found, work)),
        REACH: Ask(lambda i: _from(forwards, work.node(work.start(i))), lambda found, _: _all(found, work)),
        WEIGHTS: _weights(work),
        LOCAL: _local(work),
    }
    notes = {MATRIX: f"one row at a time, times {len(rows)}"}
    return Contender("networkx", version_of("networkx"), asks, notes=notes)


def _graph(work: Work, *, reverse: bool) -> "nx.DiGraph[int]":
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(work.graph.n))
    ends = (work.graph.head, work.graph.tail) if reverse else (work.graph.tail, work.graph.head)
    graph.add_weighted_edges_from(zip(*(end.tolist() for end in ends), work.arc_s.tolist(), strict=True))
    return graph


def _from(graph: "nx.DiGraph[int]", node: Any) -> Seconds:
    found: Seconds = nx.single_source_dijkstra_path_length(graph, int(node))
    return found


def _all(found: Seconds, work: Work) -> Floats:
    return np.array([found.get(node, np.inf) for node in range(work.graph.n)])


def _path(graph: "nx.DiGraph[int]", work: Work, i: int) -> tuple[float, list[int]]:
    start, goal = int(work.node(work.start(i))), int(work.node(work.goal(i)))
    found: tuple[float, list[int]] = nx.bidirectional_dijkstra(graph, start, goal)
    return found


def _walked(found: tuple[float, list[int]], work: Work) -> Floats:
    return np.array([found[0], work.graph.walk_s(found[1], work.arc_s)])


def _weights(work: Work) -> Ask:
    graph = _graph(work, reverse=True)

    def run(i: int) -> "nx.DiGraph[int]":
        for (_, _, data), seconds in zip(graph.edges(data=True), in_order[i % VARIANTS], strict=True):
            data["weight"] = seconds
        return graph

    place = {edge: i for i, edge in enumerate(zip(work.graph.head.tolist(), work.graph.tail.tolist(), strict=True))}
    order = np.array([place[edge] for edge in graph.edges], dtype=np.int64)
    in_order = [variant[order].tolist() for variant in work.variants]
    return Ask(run, lambda found, i: _to_goal(found, work, i))


def _local(work: Work) -> Ask:
    graph = _graph(work, reverse=True)
    changes = [_changes(work, query) for query in range(VARIANTS)]

    def put(i: int, which: int) -> "nx.DiGraph[int]":
        arcs, *seconds = changes[i % VARIANTS]
        for arc, value in zip(arcs.tolist(), seconds[which].tolist(), strict=True):
            graph[int(work.graph.head[arc])][int(work.graph.tail[arc])]["weight"] = value
        return graph

    def after(i: int) -> None:
        put(i, 1)

    return Ask(lambda i: put(i, 0), lambda found, i: _to_goal(found, work, i), after)


def _changes(work: Work, query: int) -> tuple[Indices, Floats, Floats]:
    speed, changed = work.slowed(query)
    arcs = work.graph.arcs_of(changed)
    return arcs, work.graph.weights(work.seconds(speed))[arcs], work.arc_s[arcs]


def _to_goal(backwards: "nx.DiGraph[int]", work: Work, i: int) -> Floats:
    seconds = _from(backwards, work.node(work.goal(i)))
    return np.array([seconds.get(unit, np.inf) for unit in work.node(work.few).tolist()])

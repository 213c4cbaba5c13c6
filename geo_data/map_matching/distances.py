"""Metres along the road from some places to others nearby: Dijkstra that stops at a bound, compiled by numba."""

from heapq import heappop, heappush
from threading import local
from typing import Any

import numpy as np
from numba import njit

from geo_data.roads.compiled import F64, I32, READ_F64, READ_I32, READ_I64, REAL, WHOLE
from geo_data.roads.network import Floats, Ints, Network


class _Scratch(local):
    """Working arrays of a thread; clean between searches."""

    least_m: Floats = np.empty(0)
    goal_of: Ints = np.empty(0, dtype=np.int32)

    def arrays(self, n: int, m: int) -> tuple[Floats, Ints, Ints, Ints]:
        if len(self.least_m) < n:
            self.least_m, self.by = np.full(n, np.inf), np.full(n, -1, dtype=np.int32)
            self.seen = np.empty(n, dtype=np.int32)
        if len(self.goal_of) < m:
            self.goal_of = np.full(m, -1, dtype=np.int32)
        return self.least_m, self.by, self.seen, self.goal_of


_scratch = _Scratch()


class RoadDistances:
    """Shortest ways by length, turn restrictions obeyed; threads may share it.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._graph = (
            np.ascontiguousarray(network.first_out, dtype=np.int64),
            np.ascontiguousarray(network.head, dtype=np.int32),
            np.ascontiguousarray(network.edge_origin, dtype=np.int32),
            np.ascontiguousarray(network.length_m, dtype=np.float64),
        )

    def between(self, start: Ints, start_share: Floats, goal: Ints, goal_share: Floats, most_m: float) -> Floats:
        """Metres from each start to each goal, leaving the start's edge at its head; inf beyond ``most_m``.

        Parameters
        ----------
        start, goal : (k,), (g,) int32
            Base edges; no goal twice.
        start_share, goal_share : (k,), (g,) float64
            Share of each edge that lies behind.
        most_m : float

        Returns
        -------
        (k, g) float64
        """
        metres = np.full((len(start), len(goal)), np.inf)
        for row in range(len(start)):
            metres[row] = self._search(start[row], start_share[row], goal, goal_share, most_m)[0]
        return metres

    def way(self, start: int, start_share: float, goal: int, goal_share: float, most_m: float) -> list[int]:
        """Edges driven between leaving ``start`` and entering ``goal``, both left out; base edges in order."""
        goals = np.array([goal], dtype=np.int32)
        _, edges = self._search(start, start_share, goals, np.array([goal_share]), most_m)
        return [int(self._network.edge_origin[e]) for e in edges]

    def _search(
        self, start: int, share: float, goal: Ints, goal_share: Floats, most_m: float
    ) -> tuple[Floats, list[int]]:
        network = self._network
        least_m, by, seen, goal_of = _scratch.arrays(network.n_nodes, network.n_edges)
        found_m, found_node = np.full(len(goal), np.inf), np.full(len(goal), -1, dtype=np.int32)
        ahead_m = (1 - share) * float(network.length_m[start])
        node = int(network.head[start])
        goal_of[goal] = np.arange(len(goal), dtype=np.int32)
        n_seen = _reach(*self._graph, node, ahead_m, most_m, goal_of, found_m, found_node, least_m, by, seen)
        goal_of[goal] = -1
        edges = self._back(by, int(found_node[0])) if len(goal) == 1 and found_node[0] >= 0 else []
        least_m[seen[:n_seen]], by[seen[:n_seen]] = np.inf, -1
        return found_m + goal_share * network.length_m[goal], edges

    def _back(self, by: Ints, node: int) -> list[int]:
        edges = []
        while by[node] >= 0:
            edges.append(int(by[node]))
            node = int(self._network.tail[by[node]])
        return edges[::-1]


@njit(
    WHOLE(READ_I64, READ_I32, READ_I32, READ_F64, WHOLE, REAL, REAL, I32, F64, I32, F64, I32, I32),
    cache=True,
    nogil=True,
)
def _reach(
    first_out: Any,
    head: Any,
    origin: Any,
    length_m: Any,
    start: int,
    start_m: float,
    most_m: float,
    goal_of: Any,
    found_m: Any,
    found_node: Any,
    least_m: Any,
    by: Any,
    seen: Any,
) -> int:
    """Settle nodes in order of distance until every goal edge's tail is reached or the bound; answer how many were seen."""
    left, n_seen = len(found_m), 1
    least_m[start] = start_m
    seen[0] = start
    heap: list[tuple[float, Any]] = [(start_m, start)]
    while len(heap) > 0 and left > 0:
        metres, node = heappop(heap)
        if metres > most_m:
            break
        if metres > least_m[node]:
            continue
        for edge in range(first_out[node], first_out[node + 1]):
            goal = goal_of[origin[edge]]
            if goal >= 0 and found_node[goal] < 0:
                found_m[goal], found_node[goal] = metres, node
                left -= 1
            there, then_m = np.int64(head[edge]), metres + length_m[edge]
            if then_m < least_m[there]:
                if least_m[there] == np.inf:
                    seen[n_seen] = there
                    n_seen += 1
                least_m[there], by[there] = then_m, edge
                heappush(heap, (then_m, there))
    return n_seen

"""Places on roads that are closed or cut off: where help leaves its vehicle, or turns past the barrier, and how far on it is.

The scene itself is often why a road is closed. It is then reached from the road's next place that traffic still gets to
and away from, along the closed road, never straight across what may be a river.
"""

from collections.abc import Callable
from functools import cached_property
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo_data.roads.network import Ints, Network
from geo_data.roads.snapping import Snapped

Flags = npt.NDArray[np.bool_]


def main_part(network: Network, open_edges: Flags) -> Flags:
    """Which original nodes are in the largest part within which one can drive from everywhere to everywhere, (n,)."""
    n, some = network.n_nodes, np.flatnonzero(open_edges)
    graph = coo_array((np.ones(len(some), dtype=np.int8), (network.tail[some], network.head[some])), shape=(n, n))
    _, part = connected_components(graph.tocsr(), connection="strong")
    found = np.zeros(n, dtype=np.bool_)
    found[network.node_origin[part == np.bincount(part).argmax()]] = True
    return found


class ClosedRoads:
    """Moves places off closed roads. Nothing is worked out before the first place asks.

    Parameters
    ----------
    network : Network
    twin : (m,) int32
    closed : (m,) bool
    usual_part : callable
        `main_part` of the network with every road open.
    most_m : float
        How far along closed roads help comes.
    """

    def __init__(
        self, network: Network, twin: Ints, closed: Flags, usual_part: Callable[[], Flags], most_m: float
    ) -> None:
        self._network, self._twin, self._closed, self._most_m = network, twin, closed, most_m
        self._usual_part = usual_part

    def moved(self, at: Snapped) -> Snapped:
        """Places as they are reached: those on roads out of use at the nearest end of such roads, that much farther off."""
        stuck = np.flatnonzero((at.edge >= 0) & self._out_of_use[at.edge])
        if len(stuck) == 0:
            return at
        edge, twin, fraction, offset_m = at.edge.copy(), at.twin.copy(), at.fraction.copy(), at.offset_m.copy()
        for i in stuck:
            edge[i], fraction[i], more_m = self._next_open(int(at.edge[i]), float(at.fraction[i]))
            twin[i] = self._twin[edge[i]] if edge[i] >= 0 else -1
            offset_m[i] += more_m
        return Snapped(edge, twin, fraction, offset_m)

    @cached_property
    def _off(self) -> Flags:
        """Edges that are closed, or that closures have cut off."""
        network = self._network
        lost = self._usual_part() & ~main_part(network, ~self._closed)
        tail, head = network.node_origin[network.tail], network.node_origin[network.head]
        return np.asarray(self._closed | lost[tail] | lost[head])

    @cached_property
    def _out_of_use(self) -> Flags:
        return np.asarray(self._off & ((self._twin < 0) | self._off[self._twin]))

    @cached_property
    def _doors(self) -> tuple[Ints, Ints]:
        """For each original node an edge in use that leaves it, and one that enters it; -1 for none."""
        network, doors = self._network, np.full((2, self._network.n_nodes), -1, dtype=np.int32)
        used = np.flatnonzero((network.edge_origin == np.arange(network.n_edges)) & ~self._off)
        doors[0, network.node_origin[network.tail[used]]] = used
        doors[1, network.node_origin[network.head[used]]] = used
        return doors[0], doors[1]

    @cached_property
    def _beside(self) -> dict[int, list[tuple[int, float]]]:
        """Along edges out of use: from each original node to others, with metres, either way."""
        network, beside = self._network, {}  # type: ignore[var-annotated]
        for edge in np.flatnonzero((network.edge_origin == np.arange(network.n_edges)) & self._off):
            a, b = (int(network.node_origin[end[edge]]) for end in (network.tail, network.head))
            for start, end in ((a, b), (b, a)):
                beside.setdefault(start, []).append((end, float(network.length_m[edge])))
        return beside

    def _next_open(self, edge: int, fraction: float) -> tuple[int, float, float]:
        """Edge in use and share of it, at the nearest end of the roads out of use, and the metres to it; else -1, 0, inf."""
        network, (leaving, entering) = self._network, self._doors
        length_m = float(network.length_m[edge])
        ends = (fraction * length_m, network.tail[edge]), ((1 - fraction) * length_m, network.head[edge])
        heap, seen = sorted((metres, int(network.node_origin[node])) for metres, node in ends), set()
        while heap:
            metres, node = heappop(heap)
            if metres > self._most_m:
                break
            if leaving[node] >= 0:
                return int(leaving[node]), 0.0, metres
            if entering[node] >= 0:
                return int(entering[node]), 1.0, metres
            if node not in seen:
                seen.add(node)
                for other, more_m in self._beside.get(node, ()):
                    heappush(heap, (metres + more_m, other))
        return -1, 0.0, float("inf")

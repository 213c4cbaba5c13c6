"""What all contenders are asked: junctions drawn once from a network, and its weights as a plain graph."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.unit import GUANGZHOU_TIME
from geo_data.roads.network import Floats, Ints, Network
from geo_data.roads.plane import to_plane
from geo_data.roads.routing import Router
from geo_data.roads.snapping import Snapped
from geo_data.roads.ticks import Ticks, in_seconds, whole_ticks

Indices = npt.NDArray[np.int64]

NOW = datetime(2025, 6, 4, 8, tzinfo=GUANGZHOU_TIME)  # a Wednesday morning
WANTED = 5
NEIGHBOURHOOD_M = 1000.0  # how far a local change of weights reaches: some hundred edges, not a handful
VARIANTS = 4  # of new weights, used in turn


@dataclass(frozen=True)
class Sizes:
    """How many of what; as in the table of docs/routing.md.

    Parameters
    ----------
    few, many : int
        Units of the two fleets.
    rows, columns : int
        Of the matrix.
    queries : int
        Different goals; queries beyond begin again with the first.
    """

    few: int = 500
    many: int = 5000
    rows: int = 200
    columns: int = 2000
    queries: int = 400


class Graph:
    """A network as a graph without loops and parallel edges: of several the quickest counts.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self.n = network.n_nodes
        key = network.tail.astype(np.int64) * self.n + network.head
        order = np.argsort(key, kind="stable")
        order = order[(network.tail != network.head)[order]]
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        self.key = key[order][first]
        self.tail, self.head = (self.key // self.n).astype(np.int32), (self.key % self.n).astype(np.int32)
        self._order, self._first = order, first
        self.back = np.lexsort((self.tail, self.head))  # arcs by head

    def weights(self, edge_s: Floats) -> Floats:
        """(a,) seconds of each arc."""
        return np.asarray(np.minimum.reduceat(edge_s[self._order], self._first))

    def arcs_of(self, edges: Indices) -> Indices:
        """Arcs that edges of the network are part of; loops are part of none."""
        place = np.full(self._order.max() + 1, -1)
        place[self._order] = np.repeat(np.arange(len(self.key)), np.diff([*self._first, len(self._order)]))
        found = place[edges]
        return np.unique(found[found >= 0])

    def forwards(self, weights: Floats) -> csr_array:
        """Rows are tails."""
        return csr_array((weights, self.head, self._rows(self.tail)), shape=(self.n, self.n))

    def backwards(self, weights: Floats) -> csr_array:
        """Rows are heads: a search in it tells the seconds to a node."""
        rows = self._rows(self.head[self.back])
        return csr_array((weights[self.back], self.tail[self.back], rows), shape=(self.n, self.n))

    def walk_s(self, nodes: npt.ArrayLike, weights: Floats) -> float:
        """Seconds along a sequence of nodes; nan where two of them are not joined by an arc."""
        at = np.asarray(nodes, dtype=np.int64)
        key = at[:-1] * self.n + at[1:]
        arc = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return float(weights[arc].sum()) if (self.key[arc] == key).all() else float("nan")

    def _rows(self, ends: Ints) -> Ints:
        return np.searchsorted(ends, np.arange(self.n + 1)).astype(np.int32)


class Work:
    """The questions of a run; the same network and sizes give the same.

    Places are junctions that have no turn copies, so that a search from node to node has one beginning and one end in
    every library; the ways between them turn wherever the network lets them, at the network's cost.

    Parameters
    ----------
    network : Network
    router : Router
    sizes : Sizes
    """

    def __init__(self, network: Network, router: Router, sizes: Sizes | None = None) -> None:
        self.network, self.router, self.sizes = network, router, sizes or Sizes()
        self.graph = Graph(network)
        self.edge_s = router.edge_s(NOW)
        self.arc_s = self.graph.weights(self.edge_s)
        rng, sizes = np.random.default_rng(4), self.sizes
        self._usable, self._snapped = self._junctions()
        self.few, self.many, self.rows, self.columns, self.goals, self.starts = (
            rng.integers(0, len(self._usable), size)
            for size in (sizes.few, sizes.many, sizes.rows, sizes.columns, sizes.queries, sizes.queries)
        )
        self._seed = rng.integers(1 << 30)

    def node(self, places: npt.ArrayLike) -> Ints:
        """Nodes of places."""
        return np.asarray(self._usable[np.asarray(places)])

    def snapped(self, places: npt.ArrayLike) -> Snapped:
        """Places on the network, as the router would find them."""
        at, s = np.atleast_1d(np.asarray(places)), self._snapped
        return Snapped(s.edge[at], s.twin[at], s.fraction[at], s.offset_m[at])

    def positions(self, places: npt.ArrayLike) -> list[Position]:
        """Where places lie."""
        return _positions(self.network, self.node(np.atleast_1d(np.asarray(places))))

    def goal(self, query: int) -> int:
        """The place a query leads to."""
        return int(self.goals[query % self.sizes.queries])

    def start(self, query: int) -> int:
        """The place a query leads from."""
        return int(self.starts[query % self.sizes.queries])

    @cached_property
    def speeds(self) -> list[Floats]:
        """New free-flow speeds of all edges, several sets: each road between half and one and a half times its own."""
        rng = np.random.default_rng(self._seed)
        return [self.network.speed_kph * rng.uniform(0.5, 1.5, self.network.n_edges) for _ in range(VARIANTS)]

    @cached_property
    def variants(self) -> list[Floats]:
        """Seconds of the arcs with these speeds."""
        return [self.graph.weights(self.seconds(speed)) for speed in self.speeds]

    def ticks(self, speed_kph: Floats) -> Ticks:
        """(m,) ticks of edges in free flow, reckoned apart from the router: length over speed, and the turn."""
        network = self.network
        return whole_ticks(network.length_m * 3.6 / speed_kph[network.edge_origin]) + whole_ticks(network.turn_s)

    def seconds(self, speed_kph: Floats) -> Floats:
        """(m,) seconds of edges with these free-flow speeds."""
        return in_seconds(self.ticks(speed_kph)) / self.router.metric(NOW).ratio

    def slowed(self, query: int) -> tuple[Floats, Indices]:
        """Speeds with the roads around one of a few goals at half their speed, and the edges concerned, copies included."""
        centre = self._node_m[self.node(self.goal(query % VARIANTS))]
        near = np.hypot(*(self._node_m - centre).T) <= NEIGHBOURHOOD_M
        edges = np.flatnonzero(near[self.network.tail] & near[self.network.head])
        base = np.unique(self.network.edge_origin[edges])
        changed = np.flatnonzero(np.isin(self.network.edge_origin, base))
        speed = self.network.speed_kph.copy()
        speed[changed] *= 0.5
        return speed, changed

    @cached_property
    def _node_m(self) -> Floats:
        return to_plane(self.network.node_lon, self.network.node_lat)

    def _junctions(self) -> tuple[Ints, Snapped]:
        """Junctions without copies from which all others are reached, and where they are found on the network."""
        network = self.network
        _, part = connected_components(self.graph.forwards(self.arc_s), connection="strong")
        copies = np.bincount(network.node_origin, minlength=self.graph.n)
        nodes = np.flatnonzero((part == np.bincount(part).argmax()) & (copies == 1)).astype(np.int32)
        at = self.router.snap(_positions(network, nodes))
        ends = np.where(at.fraction == 1.0, network.head[at.edge], network.tail[at.edge])
        fine = ((at.fraction == 0.0) | (at.fraction == 1.0)) & (ends == nodes) & (at.offset_m < 1e-3)
        if fine.sum() < 2:
            raise InvalidInput("The network has too few connected junctions to measure anything on it.")
        return nodes[fine], Snapped(at.edge[fine], at.twin[fine], at.fraction[fine], at.offset_m[fine])


def _positions(network: Network, nodes: Ints) -> list[Position]:
    return [Position(lon, lat) for lon, lat in zip(network.node_lon[nodes], network.node_lat[nodes], strict=True)]

"""The way itself: from the arcs of a hierarchy back to the edges of the network."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.roads.compiled import I32, READ_F64, READ_I32, READ_I64, READ_U32, REAL, WHOLE, together
from geo_data.roads.hierarchy.elimination import Hierarchy
from geo_data.roads.hierarchy.labels import Labels
from geo_data.roads.hierarchy.weights import Weights
from geo_data.roads.ticks import NEVER, Ticks

Ints = npt.NDArray[np.int32]


class Unpacked(NamedTuple):
    """The quickest way between two places.

    Parameters
    ----------
    ticks : float
        inf where no road leads; then the rest means nothing.
    start, end : int
        Which seed it begins and ends with.
    edges : (k,) int32
        Edges of the network between the nodes of these seeds, in order; may be empty.
    """

    ticks: float
    start: int
    end: int
    edges: Ints


class EdgesOfArcs:
    """Edges of the network by the arc that they are part of."""

    def __init__(self, hierarchy: Hierarchy) -> None:
        arc = hierarchy.edge_arc >> 1
        self.edge = np.argsort(arc, kind="stable").astype(np.int32)
        self.first = np.searchsorted(arc[self.edge], np.arange(len(hierarchy.head) + 1)).astype(np.int64)


def unpacked(
    hierarchy: Hierarchy, weights: Weights, edges: EdgesOfArcs, edge_t: Ticks, starts: Labels, ends: Labels
) -> Unpacked:
    """Join the labels of one start and one end and unpack the quickest way.

    Parameters
    ----------
    hierarchy : Hierarchy
    weights : Weights
    edges : EdgesOfArcs
    edge_t : (m,) uint32
        The ticks that `weights` was made from.
    starts, ends : Labels
        Of one place each.
    """
    h = hierarchy
    ticks, start, end, found = _way(
        starts.first, starts.split, starts.node, starts.ticks, starts.via,
        ends.first, ends.split, ends.node, ends.ticks, ends.via,
        h.first, h.head, h.first_below, h.below, h.tail, h.depth, weights.up, weights.down,
        edges.first, edges.edge, h.edge_arc, edge_t,
    )  # fmt: skip
    return Unpacked(ticks, start, end, found)


@njit(cache=True, nogil=True)
def _best(
    first_a: Any, split_a: Any, node_a: Any, t_a: Any, first_b: Any, split_b: Any, node_b: Any, t_b: Any
) -> Any:  # fmt: skip
    """The pair of labels, and the depth of the ancestor, over which the way is shortest."""
    best = (np.inf, 0, 0, 0)
    for i in range(len(first_a) - 1):
        for j in range(len(first_b) - 1):
            a, b = first_a[i], first_b[j]
            k = max(split_a[i], split_b[j])
            while a + k < first_a[i + 1] and b + k < first_b[j + 1] and node_a[a + k] == node_b[b + k]:
                if t_a[a + k] + t_b[b + k] < best[0]:
                    best = (t_a[a + k] + t_b[b + k], i, j, k)
                k += 1
    return best


@njit(cache=True, nogil=True)
def _arcs_below(first: Any, node: Any, ticks: Any, via: Any, label: int, k: int, tail: Any, depth: Any) -> Any:
    """The arcs of the labels of a place from the ancestor at depth ``k`` down to a seed, and the seed.

    A node may be in several of them; the least ticks were the ones that went on upwards.
    """
    arcs = [np.int32(0) for _ in range(0)]
    arc = via[first[label] + k]
    while arc >= 0:
        arcs.append(arc)
        k = depth[tail[arc]]
        least, at = np.inf, 0
        for i in range(len(first) - 1):
            here = first[i] + k
            if here < first[i + 1] and node[here] == tail[arc] and ticks[here] < least:
                least, at = ticks[here], here
        arc = via[at]
    return np.array(arcs, dtype=np.int32), -1 - arc


@njit(cache=True, nogil=True)
def _edge_like(a: Any, falls: Any, ticks: Any, first_edge: Any, edge_of: Any, edge_arc: Any, edge_t: Any) -> Any:
    """An edge that is the arc itself, or -1 when the arc stands for a way over a lower node."""
    for i in range(first_edge[a], first_edge[a + 1]):
        e = edge_of[i]
        if (edge_arc[e] & 1) == falls and edge_t[e] == ticks:
            return e
    return -1


@njit(cache=True, nogil=True)
def _halves(
    a: Any, falls: Any, ticks: Any, first: Any, head: Any, first_below: Any, below: Any, tail: Any, up: Any, down: Any
) -> Any:
    """The two arcs over a lower node that together take as long as the arc: what is driven first, then the rest.

    The highest nodes are tried first: long arcs mostly lead over one of them.
    """
    x, y = tail[a], head[a]
    for i in range(first_below[x + 1] - 1, first_below[x] - 1, -1):
        vx = below[i]
        if (up[vx] if falls else down[vx]) > ticks:
            continue
        v = tail[vx]
        vy = first[v] + np.searchsorted(head[first[v] : first[v + 1]], y)
        if vy < first[v + 1] and head[vy] == y:
            if falls and down[vy] + up[vx] == ticks:
                return 2 * vy + 1, 2 * vx
            if not falls and down[vx] + up[vy] == ticks:
                return 2 * vx + 1, 2 * vy
    return -1, -1


@njit(cache=True, nogil=True)
def _unpacked(
    arcs: Any, first: Any, head: Any, first_below: Any, below: Any, tail: Any, up: Any, down: Any,
    first_edge: Any, edge_of: Any, edge_arc: Any, edge_t: Any,
) -> Any:  # fmt: skip
    """Replace arcs (twice the arc, plus 1 for downwards) by the two of their triangle until only edges are left."""
    stack = [np.int64(arc) for arc in arcs[::-1]]
    edges = [np.int32(0) for _ in range(0)]
    while len(stack) > 0:
        item = stack.pop()
        a, falls = item >> 1, item & 1
        ticks = np.int64(down[a] if falls else up[a])
        edge = _edge_like(a, falls, ticks, first_edge, edge_of, edge_arc, edge_t)
        if edge >= 0:
            edges.append(np.int32(edge))
            continue
        one, other = _halves(a, falls, ticks, first, head, first_below, below, tail, up, down)
        stack.append(np.int64(other))
        stack.append(np.int64(one))
    return np.array(edges, dtype=np.int32)


@njit(
    together(REAL, WHOLE, WHOLE, I32)(
        READ_I64, READ_I64, READ_I32, READ_F64, READ_I32, READ_I64, READ_I64, READ_I32, READ_F64, READ_I32,
        READ_I64, READ_I32, READ_I64, READ_I32, READ_I32, READ_I32, READ_U32, READ_U32,
        READ_I64, READ_I32, READ_I32, READ_U32,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def _way(
    first_a: Any, split_a: Any, node_a: Any, t_a: Any, via_a: Any,
    first_b: Any, split_b: Any, node_b: Any, t_b: Any, via_b: Any,
    first: Any, head: Any, first_below: Any, below: Any, tail: Any, depth: Any, up: Any, down: Any,
    first_edge: Any, edge_of: Any, edge_arc: Any, edge_t: Any,
) -> Any:  # fmt: skip
    ticks, label_a, label_b, k = _best(first_a, split_a, node_a, t_a, first_b, split_b, node_b, t_b)
    if ticks >= NEVER:
        return np.inf, -1, -1, np.empty(0, np.int32)
    climb, start = _arcs_below(first_a, node_a, t_a, via_a, label_a, k, tail, depth)
    fall, end = _arcs_below(first_b, node_b, t_b, via_b, label_b, k, tail, depth)
    arcs = np.concatenate((2 * climb[::-1].astype(np.int64), 2 * fall.astype(np.int64) + 1))
    found = _unpacked(arcs, first, head, first_below, below, tail, up, down, first_edge, edge_of, edge_arc, edge_t)
    return ticks, start, end, found

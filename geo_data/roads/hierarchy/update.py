"""New weights after a change of few edges: only the arcs that feel it are weighed again (partial customization).

An arc feels a change below it in two ways only: a way over a lower node has become shorter than the arc, which is then
shortened at once; or the very way that gave the arc its seconds has become longer, and the arc is weighed anew from
its own edges and all ways over lower nodes. Nodes are passed lowest first, so whatever an arc is made of is final by
then. The weights are those of the full customization. After section 6.3 of J. Dibbelt, B. Strasser,
D. Wagner, "Customizable Contraction Hierarchies", ACM Journal of Experimental Algorithmics 21, 2016.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.roads.compiled import FLAGS, NOTHING, READ_I32, READ_I64, READ_U32, U32, WHOLE
from geo_data.roads.hierarchy.elimination import Hierarchy
from geo_data.roads.hierarchy.ways import EdgesOfArcs
from geo_data.roads.hierarchy.weights import Weights, customise
from geo_data.roads.ticks import NEVER, Ticks

Ints = npt.NDArray[np.int32]
FEW = 0.02  # of all edges; beyond it making all weights anew takes no longer


def reweighed(hierarchy: Hierarchy, weights: Weights, edges: EdgesOfArcs, was_t: Ticks, edge_t: Ticks) -> Weights:
    """Weights for ``edge_t``, by the quicker way, given those for ``was_t``."""
    changed = np.flatnonzero(was_t != edge_t).astype(np.int32)
    if len(changed) > FEW * len(edge_t):
        return customise(hierarchy, edge_t)
    return updated(hierarchy, weights, edges, edge_t, changed)


def updated(hierarchy: Hierarchy, weights: Weights, edges: EdgesOfArcs, edge_t: Ticks, changed: Ints) -> Weights:
    """Weights equal to those of `customise` for ``edge_t``; the given ones stay as they are, for whoever uses them.

    Parameters
    ----------
    hierarchy : Hierarchy
    weights : Weights
        Made for ticks that differ from ``edge_t`` at most at ``changed``.
    edges : EdgesOfArcs
    edge_t : (m,) uint32
        New ticks of all edges; `NEVER` for a closed one.
    changed : (c,) int
        The edges that may differ.
    """
    arcs = hierarchy.edge_arc[changed] >> 1
    stale = np.zeros(len(hierarchy.head), dtype=np.bool_)
    stale[arcs[arcs >= 0]] = True  # a loop is part of no arc
    pending = np.zeros(hierarchy.n_nodes, dtype=np.bool_)
    pending[hierarchy.tail[arcs[arcs >= 0]]] = True
    up, down = weights.up.copy(), weights.down.copy()
    _pass_up(
        hierarchy.first, hierarchy.head, hierarchy.first_below, hierarchy.below, hierarchy.tail,
        edges.first, edges.edge, hierarchy.edge_arc, edge_t, weights.up, weights.down, up, down, stale, pending,
    )  # fmt: skip
    return Weights(up, down)


@njit(NOTHING(WHOLE, READ_I64, READ_I32, READ_I32, READ_U32, U32, U32), cache=True, nogil=True)
def _take_edges(a: Any, first_edge: Any, edge_of: Any, edge_arc: Any, edge_t: Any, up: Any, down: Any) -> None:
    up[a], down[a] = NEVER, NEVER
    for i in range(first_edge[a], first_edge[a + 1]):
        e = edge_of[i]
        if edge_arc[e] & 1:
            down[a] = min(down[a], edge_t[e])
        else:
            up[a] = min(up[a], edge_t[e])


@njit(cache=True, nogil=True)
def _take_triangles(
    x: Any, first: Any, head: Any, first_below: Any, below: Any, tail: Any, arc_to: Any, up: Any, down: Any
) -> None:
    """Shorten the arcs of x that ``arc_to`` names by the ways over all lower neighbours."""
    for i in range(first_below[x], first_below[x + 1]):
        vx = below[i]
        x_to_v, v_to_x = down[vx], up[vx]
        for vy in range(vx + 1, first[tail[vx] + 1]):
            xy = arc_to[head[vy]]
            if xy >= 0:
                up[xy] = min(up[xy], x_to_v + up[vy])
                down[xy] = min(down[xy], down[vy] + v_to_x)


@njit(cache=True, nogil=True)
def _tell_above(
    x: Any, a: Any, first: Any, head: Any, was_up: Any, was_down: Any, up: Any, down: Any, stale: Any, pending: Any
) -> None:
    """Arc a of x has changed: look at every arc that closes a triangle with it and another arc b of x."""
    for b in range(first[x], first[x + 1]):
        if b == a:
            continue
        low, high = min(a, b), max(a, b)
        y, z = head[low], head[high]
        c = first[y] + np.searchsorted(head[first[y] : first[y + 1]], z)
        y_to_z, z_to_y = down[low] + up[high], down[high] + up[low]
        was_there, was_back = was_down[low] + was_up[high], was_down[high] + was_up[low]
        if (y_to_z > was_there and was_there == was_up[c]) or (z_to_y > was_back and was_back == was_down[c]):
            stale[c] = True
            pending[y] = True
        if y_to_z < up[c]:
            up[c] = y_to_z
            pending[y] = True
        if z_to_y < down[c]:
            down[c] = z_to_y
            pending[y] = True


@njit(
    NOTHING(
        READ_I64, READ_I32, READ_I64, READ_I32, READ_I32, READ_I64, READ_I32, READ_I32, READ_U32,
        READ_U32, READ_U32, U32, U32, FLAGS, FLAGS,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def _pass_up(
    first: Any, head: Any, first_below: Any, below: Any, tail: Any, first_edge: Any, edge_of: Any, edge_arc: Any,
    edge_t: Any, was_up: Any, was_down: Any, up: Any, down: Any, stale: Any, pending: Any,
) -> None:  # fmt: skip
    """Nodes with ``pending`` arcs, lowest first; ``stale`` arcs are weighed anew, others were shortened already."""
    arc_to = np.empty(len(pending), np.int64)
    for x in range(len(pending)):
        if not pending[x]:
            continue
        some = False
        for a in range(first[x], first[x + 1]):
            arc_to[head[a]] = a if stale[a] else -1
            if stale[a]:
                some = True
                _take_edges(a, first_edge, edge_of, edge_arc, edge_t, up, down)
        if some:
            _take_triangles(x, first, head, first_below, below, tail, arc_to, up, down)
        for a in range(first[x], first[x + 1]):
            if up[a] != was_up[a] or down[a] != was_down[a]:
                _tell_above(x, a, first, head, was_up, was_down, up, down, stale, pending)

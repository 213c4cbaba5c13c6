"""Weights for the arcs of a hierarchy: what the detour over lower nodes costs (basic customization)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from geo_data.roads.compiled import NOTHING, READ_I32, READ_I64, READ_U32, U32, WHOLE, together
from geo_data.roads.hierarchy.elimination import Hierarchy
from geo_data.roads.ticks import NEVER, Ticks


@dataclass(frozen=True, eq=False)
class Weights:
    """Ticks of every arc, upwards and downwards; `NEVER` where nobody can drive.

    Parameters
    ----------
    up : (a,) uint32
        From the lower end to the higher.
    down : (a,) uint32
        From the higher end to the lower.
    """

    up: Ticks
    down: Ticks


def customise(hierarchy: Hierarchy, edge_t: Ticks) -> Weights:
    """Weigh the arcs so that the shortest way between any two nodes goes up and then down.

    Parameters
    ----------
    hierarchy : Hierarchy
    edge_t : (m,) uint32
        Ticks of each edge of the network, 0 or more; `NEVER` for a closed one. Of parallel edges the quickest counts.
    """
    up, down = _given(hierarchy.edge_arc, edge_t, len(hierarchy.head))
    _relax(hierarchy.first, hierarchy.head, hierarchy.first_below, hierarchy.below, hierarchy.tail, up, down)
    return Weights(up, down)


@njit(together(U32, U32)(READ_I32, READ_U32, WHOLE), cache=True, nogil=True)
def _given(edge_arc: Any, edge_t: Any, n_arcs: int) -> Any:
    up, down = np.full(n_arcs, NEVER, np.uint32), np.full(n_arcs, NEVER, np.uint32)
    for e in range(len(edge_arc)):
        a = edge_arc[e] >> 1
        if edge_arc[e] >= 0:
            if edge_arc[e] & 1:
                down[a] = min(down[a], edge_t[e])
            else:
                up[a] = min(up[a], edge_t[e])
    return up, down


@njit(NOTHING(READ_I64, READ_I32, READ_I64, READ_I32, READ_I32, U32, U32), cache=True, nogil=True)
def _relax(first: Any, head: Any, first_below: Any, below: Any, tail: Any, up: Any, down: Any) -> None:
    """For every node x, lowest first: shorten its arcs x-y by the ways over each lower neighbour v of both."""
    n = len(first) - 1
    arc_to = np.empty(n, np.int64)
    for x in range(n):
        for a in range(first[x], first[x + 1]):
            arc_to[head[a]] = a
        for i in range(first_below[x], first_below[x + 1]):
            vx = below[i]
            x_to_v, v_to_x = down[vx], up[vx]
            for vy in range(vx + 1, first[tail[vx] + 1]):
                xy = arc_to[head[vy]]
                up[xy] = min(up[xy], x_to_v + up[vy])
                down[xy] = min(down[xy], down[vy] + v_to_x)

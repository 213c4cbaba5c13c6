"""Weights for the arcs of a hierarchy: what the detour over lower nodes costs (basic customization)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.compiled import F64, NOTHING, READ_F64, READ_I32, READ_I64, WHOLE, together
from geo_data.hierarchy.elimination import Hierarchy

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Weights:
    """Seconds of every arc, upwards and downwards; inf where nobody can drive.

    Parameters
    ----------
    up : (a,) float64
        From the lower end to the higher.
    down : (a,) float64
        From the higher end to the lower.
    """

    up: Floats
    down: Floats


def customise(hierarchy: Hierarchy, edge_s: Floats) -> Weights:
    """Weigh the arcs so that the shortest way between any two nodes goes up and then down.

    Parameters
    ----------
    hierarchy : Hierarchy
    edge_s : (m,) float64
        Seconds of each edge of the network, 0 or more; inf for a closed one. Of parallel edges the quickest counts.
    """
    up, down = _given(hierarchy.edge_arc, edge_s, len(hierarchy.head))
    _relax(hierarchy.first, hierarchy.head, hierarchy.first_below, hierarchy.below, hierarchy.tail, up, down)
    return Weights(up, down)


@njit(together(F64, F64)(READ_I32, READ_F64, WHOLE), cache=True, nogil=True)
def _given(edge_arc: Any, edge_s: Any, n_arcs: int) -> Any:
    up, down = np.full(n_arcs, np.inf), np.full(n_arcs, np.inf)
    for e in range(len(edge_arc)):
        a = edge_arc[e] >> 1
        if edge_arc[e] >= 0:
            if edge_arc[e] & 1:
                down[a] = min(down[a], edge_s[e])
            else:
                up[a] = min(up[a], edge_s[e])
    return up, down


@njit(NOTHING(READ_I64, READ_I32, READ_I64, READ_I32, READ_I32, F64, F64), cache=True, nogil=True)
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

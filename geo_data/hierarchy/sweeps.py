"""From many nodes to one, or from one to many, at once: up along the arcs, then down through all nodes in order."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.compiled import F64, READ_F64, READ_I32, READ_I64, READ_U32
from geo_data.hierarchy.elimination import Hierarchy
from geo_data.hierarchy.weights import Weights

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


def ticks_to(hierarchy: Hierarchy, weights: Weights, nodes: Ints, ticks: Floats, origins: Ints) -> Floats:
    """Ticks from some nodes to the nearest of ``nodes``, each of which asks for ``ticks`` more.

    Parameters
    ----------
    hierarchy : Hierarchy
    weights : Weights
    nodes : (s,) int32
        Nodes of the network.
    ticks : (s,) float64
    origins : (k,) int32
        Nodes of the network, too.

    Returns
    -------
    (k,) float64
        `NEVER` or more where no road leads.
    """
    found = _sweep(hierarchy.first, hierarchy.head, weights.down, weights.up, hierarchy.rank[nodes], ticks)
    return np.asarray(found[hierarchy.rank[origins]])


def ticks_from(hierarchy: Hierarchy, weights: Weights, nodes: Ints, ticks: Floats) -> Floats:
    """Ticks to every node from the nearest of ``nodes``, each of which has lost ``ticks`` already."""
    found = _sweep(hierarchy.first, hierarchy.head, weights.up, weights.down, hierarchy.rank[nodes], ticks)
    return np.asarray(found[hierarchy.rank])


@njit(F64(READ_I64, READ_I32, READ_U32, READ_U32, READ_I32, READ_F64), cache=True, nogil=True)
def _sweep(first: Any, head: Any, ahead: Any, after: Any, seeds: Any, ticks: Any) -> Any:
    """``ahead`` weighs the climb from the seeds, ``after`` the descent to all others.

    The descent is that of D. Delling et al., "PHAST", Journal of Parallel and Distributed Computing 73 (2013).
    """
    n = len(first) - 1
    best = np.full(n, np.inf)
    lowest = n
    for i in range(len(seeds)):
        best[seeds[i]] = min(best[seeds[i]], ticks[i])
        lowest = min(lowest, seeds[i])
    for v in range(lowest, n):
        if best[v] < np.inf:
            for a in range(first[v], first[v + 1]):
                best[head[a]] = min(best[head[a]], best[v] + ahead[a])
    for v in range(n - 1, -1, -1):
        least = best[v]
        for a in range(first[v], first[v + 1]):
            least = min(least, best[head[a]] + after[a])
        best[v] = least
    return best

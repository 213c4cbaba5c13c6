"""From many nodes to one, or from one to many, at once: up along the arcs, then down through all nodes in order."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.roads.compiled import F64, FLAGS, NOTHING, READ_F64, READ_I32, READ_I64, READ_U32
from geo_data.roads.hierarchy.elimination import Hierarchy
from geo_data.roads.hierarchy.weights import Weights

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
MOST_KEPT = 0.3  # of all nodes; beyond it little would be saved


class Ancestors:
    """Nodes that a descent must pass to come to those that were asked for before: units mostly stand where they stood.

    Threads may share it; each gets a mask that holds what it asks for.
    """

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._hierarchy = hierarchy
        self._found = np.zeros(len(hierarchy.rank), dtype=np.bool_)

    def of(self, asked: Ints) -> npt.NDArray[np.bool_]:
        """(n,) mask by rank that holds ``asked`` (k,), ranks, with all their ancestors, and maybe more."""
        found = self._found
        if not found[asked].all():
            found = found.copy() if found.mean() < MOST_KEPT else np.zeros_like(found)
            _mark(self._hierarchy.first, self._hierarchy.head, asked, found)
            self._found = found
        return found


def ticks_to(
    hierarchy: Hierarchy, weights: Weights, nodes: Ints, ticks: Floats, origins: Ints, ancestors: Ancestors
) -> Floats:
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
    ancestors : Ancestors
        Of this hierarchy.

    Returns
    -------
    (k,) float64
        `NEVER` or more where no road leads.
    """
    first, head, asked = hierarchy.first, hierarchy.head, hierarchy.rank[origins]
    above = ancestors.of(asked)
    return np.asarray(_sweep(first, head, weights.down, weights.up, hierarchy.rank[nodes], ticks, above)[asked])


def ticks_from(hierarchy: Hierarchy, weights: Weights, nodes: Ints, ticks: Floats) -> Floats:
    """Ticks to every node from the nearest of ``nodes``, each of which has lost ``ticks`` already."""
    first, head, every = hierarchy.first, hierarchy.head, np.ones(len(hierarchy.rank), dtype=np.bool_)
    found = _sweep(first, head, weights.up, weights.down, hierarchy.rank[nodes], ticks, every)
    return np.asarray(found[hierarchy.rank])


@njit(NOTHING(READ_I64, READ_I32, READ_I32, FLAGS), cache=True, nogil=True)
def _mark(first: Any, head: Any, asked: Any, found: Any) -> None:
    """Mark some nodes and their ancestors in the elimination tree."""
    for i in range(len(asked)):
        v = asked[i]
        while not found[v]:
            found[v] = True
            if first[v] < first[v + 1]:
                v = head[first[v]]  # the lowest of the higher neighbours: its parent


@njit(F64(READ_I64, READ_I32, READ_U32, READ_U32, READ_I32, READ_F64, FLAGS), cache=True, nogil=True)
def _sweep(first: Any, head: Any, ahead: Any, after: Any, seeds: Any, ticks: Any, wanted: Any) -> Any:
    """``ahead`` weighs the climb from the seeds, ``after`` the descent to the nodes that are ``wanted``.

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
        if wanted[v]:
            least = best[v]
            for a in range(first[v], first[v + 1]):
                least = min(least, best[head[a]] + after[a])
            best[v] = least
    return best

"""Many to many: places where ways end are labelled some at a time, side by side, and joined to those where they begin.

Places whose nodes are near in rank share most of their way to the root, so an arc is read once for all of them and the
processor relaxes it for several at once.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, types

from geo_data.roads.compiled import READ_F64, READ_I32, READ_I64, READ_U32, WHOLE
from geo_data.roads.hierarchy.elimination import Hierarchy
from geo_data.roads.hierarchy.labels import Labels, Seeds
from geo_data.roads.ticks import Ticks

LANES = 16  # places side by side


def joined(hierarchy: Hierarchy, starts: Labels, fall_t: Ticks, ends: Seeds) -> npt.NDArray[np.float64]:
    """Ticks from every start to every end.

    Parameters
    ----------
    hierarchy : Hierarchy
    starts : Labels
    fall_t : (a,) uint32
        ``Weights.down``.
    ends : Seeds

    Returns
    -------
    (starts, ends) float64
        `NEVER` or more where no road leads.
    """
    rank = hierarchy.rank[ends.node]
    first_seed = np.searchsorted(ends.place, np.arange(ends.n_places + 1)).astype(np.int64)
    some_rank = np.full(ends.n_places, -1, dtype=np.int32)
    some_rank[ends.place] = rank
    return np.asarray(
        _joined(
            hierarchy.first, hierarchy.head, fall_t,
            starts.place, starts.first, starts.split, starts.node, starts.ticks, starts.n_places,
            rank, ends.ticks, first_seed, np.argsort(some_rank, kind="stable"),
        )
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _add_way_up(v: int, first: Any, head: Any, row: Any, nodes: Any, size: int) -> int:
    """Add a node and all above it to ``nodes``, but for those that are there; answer how many there are."""
    while row[v] < 0:
        row[v], nodes[size] = 0, v
        size += 1
        if first[v] < first[v + 1]:
            v = head[first[v]]
    return size


@njit(cache=True, nogil=True)
def _gather(places: Any, first_seed: Any, seed_node: Any, first: Any, head: Any, row: Any, nodes: Any) -> int:
    """Number all nodes that lie above the seeds of some places in ``row``, in rising order; answer how many."""
    size = 0
    for place in places:
        for s in range(first_seed[place], first_seed[place + 1]):
            size = _add_way_up(seed_node[s], first, head, row, nodes, size)
    nodes[:size].sort()
    for i in range(size):
        row[nodes[i]] = i
    return size


@njit(cache=True, nogil=True)
def _enter(places: Any, first_seed: Any, seed_node: Any, seed_t: Any, row: Any, best: Any) -> None:
    best[:] = np.inf
    for lane in range(len(places)):
        for s in range(first_seed[places[lane]], first_seed[places[lane] + 1]):
            i = row[seed_node[s]]
            best[i, lane] = min(best[i, lane], seed_t[s])


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})
def _climb(nodes: Any, first: Any, head: Any, climb: Any, row: Any, best: Any) -> None:
    here = np.empty(LANES)
    for i in range(len(nodes)):
        here[:] = best[i]
        for a in range(first[nodes[i]], first[nodes[i] + 1]):
            above, ticks = best[row[head[a]]], float(climb[a])
            for lane in range(LANES):
                above[lane] = min(above[lane], here[lane] + ticks)


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})
def _join(begin: int, end: int, node: Any, start_t: Any, row: Any, best: Any, least: Any) -> None:
    """The least sums over the nodes that a label, from entry ``begin`` on, has in common with the places."""
    least[:] = np.inf
    for k in range(begin, end):
        i = row[node[k]]
        if i < 0:
            break
        there, ticks = best[i], start_t[k]
        for lane in range(LANES):
            least[lane] = min(least[lane], ticks + there[lane])


@njit(
    types.float64[:, ::1](
        READ_I64, READ_I32, READ_U32, READ_I32, READ_I64, READ_I64, READ_I32, READ_F64, WHOLE,
        READ_I32, READ_F64, READ_I64, READ_I64,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def _joined(
    first: Any, head: Any, fall: Any, start_place: Any, first_label: Any, split: Any, node: Any, start_t: Any,
    n_starts: int, seed_node: Any, seed_t: Any, first_seed: Any, columns: Any,
) -> Any:  # fmt: skip
    found = np.full((n_starts, len(columns)), np.inf)
    row, nodes = np.full(len(first) - 1, -1, np.int32), np.empty(len(first) - 1, np.int32)
    least, best = np.empty(LANES), np.empty((0, LANES))
    for begin in range(0, len(columns), LANES):
        places = columns[begin : begin + LANES]
        size = _gather(places, first_seed, seed_node, first, head, row, nodes)
        if size > len(best):
            best = np.empty((2 * size, LANES))
        _enter(places, first_seed, seed_node, seed_t, row, best[:size])
        _climb(nodes[:size], first, head, fall, row, best)
        for label in range(len(start_place)):
            _join(first_label[label] + split[label], first_label[label + 1], node, start_t, row, best, least)
            for lane in range(len(places)):
                at = start_place[label], places[lane]
                found[at] = min(found[at], least[lane])
        row[nodes[:size]] = -1
    return found

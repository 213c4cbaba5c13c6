"""The arcs of a hierarchy: contract nodes in order and join their higher neighbours."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.roads.compiled import I32, I64, READ_I32, READ_I64, together

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Arcs from every node to higher ones, the same for all weights. Nodes are named by rank from here on.

    The higher neighbours of a node lie on its way to the root of the elimination tree, whose parent is the lowest of
    them; so all that can be reached upwards from a node is that one way.

    Parameters
    ----------
    rank : (n,) int32
        Rank of each node of the network.
    first : (n+1,) int64
        Arcs ``first[v]:first[v+1]`` lead from v to higher neighbours, the lowest first.
    head : (a,) int32
    edge_arc : (m,) int32
        Twice the arc that an edge of the network is part of, plus 1 where the edge leads down; -1 for loops.
    first_below, below : (n+1,) int64, (a,) int32
        Arcs ``below[first_below[v]:first_below[v+1]]`` lead up to v, from lower nodes first.
    tail : (a,) int32
    depth : (n,) int32
        Steps to the root; a graph of several parts has several roots.
    head_depth : (a,) int32
    """

    rank: Ints
    first: Offsets
    head: Ints
    edge_arc: Ints
    first_below: Offsets
    below: Ints
    tail: Ints
    depth: Ints
    head_depth: Ints

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.rank)


def eliminate(tail: Ints, head: Ints, rank: Ints) -> Hierarchy:
    """Build the hierarchy of a graph.

    Parameters
    ----------
    tail, head : (m,) int32
        Arcs between nodes of the network.
    rank : (n,) int32
        See `contraction_rank`.
    """
    n = len(rank)
    low, high = np.minimum(rank[tail], rank[head]), np.maximum(rank[tail], rank[head])
    keep = low != high
    order = np.argsort(low[keep], kind="stable")
    given_first = np.searchsorted(low[keep][order], np.arange(n + 1)).astype(np.int64)
    first, up = _fill_in(given_first, high[keep][order].astype(np.int32))
    depth = _depths(first, up)
    owner = np.repeat(np.arange(n, dtype=np.int32), np.diff(first))
    below = np.argsort(up, kind="stable").astype(np.int32)
    return Hierarchy(
        rank=rank,
        first=first,
        head=up,
        edge_arc=_edge_arcs(rank[tail], rank[head], first, up),
        first_below=np.searchsorted(up[below], np.arange(n + 1)).astype(np.int64),
        below=below,
        tail=owner,
        depth=depth,
        head_depth=depth[up],
    )


@njit(together(I64, I32)(READ_I64, READ_I32), cache=True, nogil=True)
def _fill_in(given_first: Any, given: Any) -> Any:
    """Higher neighbours of each node once all lower ones are contracted: its own and those of its children."""
    n = len(given_first) - 1
    first = np.zeros(n + 1, np.int64)
    head = np.empty(8 * len(given) + 16, np.int32)
    child, sibling = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    stamp = np.full(n, -1, np.int32)
    buffer = np.empty(n, np.int32)
    size = 0
    for v in range(n):
        count = 0
        for a in range(given_first[v], given_first[v + 1]):
            w = given[a]
            if stamp[w] != v:
                stamp[w] = v
                buffer[count] = w
                count += 1
        c = child[v]
        while c >= 0:
            for a in range(first[c], first[c + 1]):
                w = head[a]
                if w != v and stamp[w] != v:
                    stamp[w] = v
                    buffer[count] = w
                    count += 1
            c = sibling[c]
        if size + count > len(head):
            head = np.concatenate((head, np.empty(len(head) + count, np.int32)))
        head[size : size + count] = np.sort(buffer[:count])
        if count > 0:
            p = head[size]
            sibling[v] = child[p]
            child[p] = v
        size += count
        first[v + 1] = size
    return first, head[:size].copy()


@njit(I32(READ_I32, READ_I32, READ_I64, READ_I32), cache=True, nogil=True)
def _edge_arcs(tail: Any, head: Any, first: Any, up: Any) -> Any:
    arcs = np.full(len(tail), -1, np.int32)
    for e in range(len(tail)):
        low, high = min(tail[e], head[e]), max(tail[e], head[e])
        if low < high:
            a = first[low] + np.searchsorted(up[first[low] : first[low + 1]], high)
            arcs[e] = 2 * a + (1 if tail[e] > head[e] else 0)
    return arcs


@njit(I32(READ_I64, READ_I32), cache=True, nogil=True)
def _depths(first: Any, up: Any) -> Any:
    n = len(first) - 1
    depth = np.zeros(n, np.int32)
    for v in range(n - 1, -1, -1):
        if first[v + 1] > first[v]:
            depth[v] = depth[up[first[v]]] + 1
    return depth

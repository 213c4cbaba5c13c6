"""Small parts of a graph are not worth cutting: there the node with the fewest neighbours goes first (minimum degree).

After A. George and J. W. H. Liu, "The Evolution of the Minimum Degree Ordering Algorithm", SIAM Review 31 (1989).
"""

from typing import Any

import numpy as np
from numba import njit

GONE = np.iinfo(np.int64).max


@njit(cache=True, nogil=True)
def by_degree(nodes: Any, first: Any, head: Any, place: Any) -> None:
    """Bring ``nodes``, all of whose other neighbours are contracted later, in the order of contraction.

    ``place`` (n,) comes and goes full of -1.
    """
    for i in range(len(nodes)):
        place[nodes[i]] = i
    around = _surroundings(nodes, first, head, place)
    joined = _adjacency(nodes, len(nodes) + len(around), first, head, place)
    place[nodes], place[around] = -1, -1
    nodes[:] = nodes[_eliminated(joined, len(nodes))]


@njit(cache=True, nogil=True)
def _surroundings(nodes: Any, first: Any, head: Any, place: Any) -> Any:
    """The neighbours outside; they are given the places after ``nodes``."""
    found = [np.int32(0) for _ in range(0)]
    for v in nodes:
        for a in range(first[v], first[v + 1]):
            if place[head[a]] < 0:
                place[head[a]] = len(nodes) + len(found)
                found.append(head[a])
    return np.array(found, np.int32)


@njit(cache=True, nogil=True)
def _adjacency(nodes: Any, size: int, first: Any, head: Any, place: Any) -> Any:
    joined = np.zeros((size, size), np.bool_)
    for i in range(len(nodes)):
        v = nodes[i]
        for a in range(first[v], first[v + 1]):
            joined[i, place[head[a]]] = True
            joined[place[head[a]], i] = True
    return joined


@njit(cache=True, nogil=True)
def _eliminated(joined: Any, inside: int) -> Any:
    """Contract the node of the first ``inside`` that has the fewest neighbours, join these, and so on."""
    order, degree = np.empty(inside, np.int64), np.empty(inside, np.int64)
    for i in range(inside):
        degree[i] = joined[i].sum()
    for step in range(inside):
        best = np.argmin(degree)
        order[step], degree[best] = best, GONE
        near = np.flatnonzero(joined[best])
        for v in near:
            joined[v, best] = False
            for w in near:
                if v != w:
                    joined[v, w] = True
            if v < inside:
                degree[v] = joined[v].sum()
    return order

"""In which order nodes are contracted: nested dissection, so that few shortcuts arise and the hierarchy stays flat."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.roads.hierarchy.cuts import smallest_cut
from geo_data.roads.hierarchy.small_parts import by_degree

Ints = npt.NDArray[np.int32]

SMALL = 512  # parts of so few nodes are not cut further: more would take longer for fewer arcs than they save
SHARE = 0.25  # of the nodes that lie on either end of a cut
DIRECTIONS = np.array([(1.0, 0.0), (0.0, 1.0), (0.7071, 0.7071), (0.7071, -0.7071)])


def contraction_rank(tail: Ints, head: Ints, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> Ints:
    """Rank of every node, 0 contracted first; the same graph gives the same ranks.

    Parameters
    ----------
    tail, head : (m,) int32
        Arcs; their direction does not matter.
    x, y : (n,) float64
        Where nodes lie, in units of equal length.

    Returns
    -------
    (n,) int32
    """
    first, to, back = undirected(tail, head, len(x))
    along = np.column_stack([x, y]) @ DIRECTIONS.T
    order = _dissect(first, to, back, np.argsort(along, axis=0, kind="stable").T.astype(np.int32))
    rank = np.empty(len(x), dtype=np.int32)
    rank[order] = np.arange(len(x), dtype=np.int32)
    return rank


def undirected(tail: Ints, head: Ints, n: int) -> tuple[npt.NDArray[np.int64], Ints, Ints]:
    """Rows of neighbours without loops and doubles, and for each arc the one back."""
    ends = np.sort(np.column_stack([tail, head]).astype(np.int64), axis=1)
    ends = ends[ends[:, 0] != ends[:, 1]]
    pairs = np.unique(ends[:, 0] * n + ends[:, 1])
    low, high = pairs // n, pairs % n
    source, target = np.concatenate([low, high]), np.concatenate([high, low])
    order = np.lexsort((target, source))
    first = np.searchsorted(source[order], np.arange(n + 1)).astype(np.int64)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    back = np.empty(len(order), dtype=np.int32)
    half = len(low)
    back[place[:half]], back[place[half:]] = place[half:], place[:half]
    return first, target[order].astype(np.int32), back


@njit(cache=True, nogil=True)
def _dissect(first: Any, head: Any, back: Any, sorted_nodes: Any) -> Any:
    """Nodes in the order of contraction: of every part its separator comes last.

    ``sorted_nodes`` (directions, n) holds each part as one stretch, sorted along every direction; each row is parted
    as its stretch is cut, so nothing is sorted again.
    """
    n = len(first) - 1
    level, flow = np.full(n, -2, np.int32), np.zeros(len(head), np.int8)
    scratch = (np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int64))
    side, mark = np.zeros(n, np.bool_), np.zeros(n, np.int8)
    place, stack = np.full(n, -1, np.int32), [(0, n)]
    while len(stack) > 0:
        begin, end = stack.pop()
        if end - begin <= SMALL:
            by_degree(sorted_nodes[0, begin:end], first, head, place)
            continue
        part = sorted_nodes[:, begin:end]
        _best_side(part, side, level, first, head, back, flow, scratch)
        left, right = _mark_separator(part[0], side, mark, level, first, head)
        for row in range(len(part)):
            _part(part[row], mark, scratch[0])
        stack.append((begin, begin + left))
        stack.append((begin + left, begin + left + right))
    return sorted_nodes[0].copy()


@njit(cache=True, nogil=True)
def _best_side(part: Any, side: Any, level: Any, first: Any, head: Any, back: Any, flow: Any, scratch: Any) -> None:
    """Note in ``side`` which nodes lie on the source's side of the cut that is smallest for its balance."""
    n = part.shape[1]
    ends = max(1, int(n * SHARE))
    best = np.inf
    for row in range(len(part)):
        nodes = part[row]
        most = n if best == np.inf else int(best * n / 2)
        cut = smallest_cut(nodes, ends, most, level, first, head, back, flow, scratch)
        inside = 0
        for v in nodes:
            inside += level[v] >= 0
        worth = (cut + 0.5) / min(inside, n - inside)
        if worth < best:
            best = worth
            for v in nodes:
                side[v] = level[v] >= 0
        for v in nodes:
            level[v] = -2


@njit(cache=True, nogil=True)
def _mark_separator(nodes: Any, side: Any, mark: Any, level: Any, first: Any, head: Any) -> Any:
    """Mark nodes 0 and 1 by their side and 2 for the separator; answer the sizes of the sides.

    The separator is made of the ends of cut edges on one side, the side with fewer of them.
    """
    for v in nodes:
        level[v] = 1 if side[v] else 0
    count = np.zeros(2, np.int64)
    for v in nodes:
        mark[v] = 0
        for a in range(first[v], first[v + 1]):
            if level[head[a]] >= 0 and level[head[a]] != level[v]:
                mark[v] = 1
        count[level[v]] += mark[v]
    chosen = 1 if count[1] < count[0] else 0
    size = np.zeros(3, np.int64)
    for v in nodes:
        mark[v] = 2 if mark[v] == 1 and level[v] == chosen else level[v]
        size[mark[v]] += 1
        level[v] = -2
    return size[0], size[1]


@njit(cache=True, nogil=True)
def _part(nodes: Any, mark: Any, spare: Any) -> None:
    """Bring the nodes marked 0, 1 and 2 together in this order, otherwise as they were."""
    at = 0
    for wanted in range(3):
        for v in nodes:
            if mark[v] == wanted:
                spare[at] = v
                at += 1
    nodes[:] = spare[:at]

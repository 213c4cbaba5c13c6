"""Labels: the seconds from a place to every node on its way to the root; two of them tell the way between two places.

Every shortest way climbs to a common ancestor and descends from there, so the least sum over common ancestors is the
answer (the join of elimination-tree labels in V. Buchhold, D. Wagner et al., "Real-Time Traffic Assignment Using
Engineered Customizable Contraction Hierarchies", ACM Journal of Experimental Algorithmics 24, 2019).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, types

from geo_data.compiled import F64, I32, I64, READ_F64, READ_I32, READ_I64, WHOLE, together
from geo_data.hierarchy.elimination import Hierarchy

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Seeds:
    """How places enter (or leave) the network: rows of node and seconds, sorted by place.

    Parameters
    ----------
    node : (s,) int32
        Node of the network.
    seconds : (s,) float64
        inf for a way that is not there.
    place : (s,) int32
        0 up, not falling.
    n_places : int
    """

    node: Ints
    seconds: Floats
    place: Ints
    n_places: int


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels of places; a place whose nodes lie on different ways to the root has several.

    Parameters
    ----------
    place : (l,) int32
    first : (l+1,) int64
        Entries ``first[i]:first[i+1]`` of label i, root first.
    node : (e,) int32
        By rank.
    seconds : (e,) float64
    via : (e,) int32
        The arc by which the node was reached from below; ``-1 - seed`` where the place itself touches it; -1 - s for
        none (s the number of seeds).
    n_places : int
    """

    place: Ints
    first: Offsets
    node: Ints
    seconds: Floats
    via: Ints
    n_places: int


def labels(hierarchy: Hierarchy, climb_s: Floats, seeds: Seeds) -> Labels:
    """Label places.

    Parameters
    ----------
    hierarchy : Hierarchy
    climb_s : (a,) float64
        ``Weights.up`` for places where ways begin, ``Weights.down`` for those where they end.
    seeds : Seeds
    """
    found = _labels(
        hierarchy.first,
        hierarchy.head,
        hierarchy.depth,
        climb_s,
        hierarchy.rank[seeds.node],
        seeds.seconds,
        seeds.place,
    )
    place, first, node, seconds, via = found
    return Labels(place, first, node, seconds, via, seeds.n_places)


def joined(starts: Labels, ends: Labels) -> Floats:
    """Seconds from every start (rows) to every end (columns); inf where no road leads."""
    return np.asarray(
        _join(
            starts.place, starts.first, starts.node, starts.seconds,
            ends.place, ends.first, ends.node, ends.seconds, starts.n_places, ends.n_places,
        )
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _climb(
    base: int, first: Any, head: Any, depth: Any, climb: Any, seed_node: Any, seed_s: Any, done: Any, offset: int,
    node: Any, seconds: Any, via: Any, nothing: int,
) -> None:  # fmt: skip
    """Fill the label of ``base`` and of all seeds on its way to the root; these are done then."""
    for k in range(depth[base] + 1):
        seconds[k] = np.inf
        via[k] = -1 - nothing
    v = base
    while True:
        k = depth[v]
        node[k] = v
        for i in range(len(seed_node)):
            if seed_node[i] == v and not done[i]:
                done[i] = True
                if seed_s[i] < seconds[k]:
                    seconds[k] = seed_s[i]
                    via[k] = -1 - (offset + i)
        for a in range(first[v], first[v + 1]):
            above = depth[head[a]]
            if seconds[k] + climb[a] < seconds[above]:
                seconds[above] = seconds[k] + climb[a]
                via[above] = a
        if first[v] == first[v + 1]:
            return
        v = head[first[v]]


@njit(
    together(I32, I64, I32, F64, I32)(READ_I64, READ_I32, READ_I32, READ_F64, READ_I32, READ_F64, READ_I32),
    cache=True,
    nogil=True,
)
def _labels(first: Any, head: Any, depth: Any, climb: Any, node: Any, seconds: Any, place: Any) -> Any:
    n_seeds = len(node)
    room = 0
    for i in range(n_seeds):
        room += depth[node[i]] + 1
    label_place, label_first = np.empty(n_seeds, np.int32), np.zeros(n_seeds + 1, np.int64)
    label_node, label_s = np.empty(room, np.int32), np.empty(room, np.float64)
    via = np.empty(room, np.int32)
    done = np.isinf(seconds)
    size = 0
    begin = 0
    while begin < n_seeds:
        end = begin
        while end < n_seeds and place[end] == place[begin]:
            end += 1
        while True:
            base = -1
            for i in range(begin, end):
                if not done[i] and (base < 0 or node[i] < base):
                    base = node[i]
            if base < 0:
                break
            at = label_first[size]
            _climb(
                base, first, head, depth, climb, node[begin:end], seconds[begin:end], done[begin:end], begin,
                label_node[at:], label_s[at:], via[at:], n_seeds,
            )  # fmt: skip
            label_place[size] = place[begin]
            label_first[size + 1] = at + depth[base] + 1
            size += 1
        begin = end
    used = label_first[size]
    return label_place[:size], label_first[: size + 1], label_node[:used], label_s[:used], via[:used]


@njit(cache=True, nogil=True)
def _shared(a: Any, b: Any) -> int:
    """How many ancestors two labels have in common: from the root down they are the same until they part."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high) // 2
        if a[middle] == b[middle]:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})
def _least_sum(a: Any, b: Any, n: int) -> float:
    least = np.inf
    for k in range(n):
        least = min(least, a[k] + b[k])
    return least


@njit(
    types.float64[:, ::1](READ_I32, READ_I64, READ_I32, READ_F64, READ_I32, READ_I64, READ_I32, READ_F64, WHOLE, WHOLE),
    cache=True,
    nogil=True,
)
def _join(
    place_a: Any, first_a: Any, node_a: Any, s_a: Any, place_b: Any, first_b: Any, node_b: Any, s_b: Any,
    rows: int, columns: int,
) -> Any:  # fmt: skip
    found = np.full((rows, columns), np.inf)
    for i in range(len(place_a)):
        a0, a1 = first_a[i], first_a[i + 1]
        for j in range(len(place_b)):
            b0, b1 = first_b[j], first_b[j + 1]
            n = _shared(node_a[a0:a1], node_b[b0:b1])
            least = _least_sum(s_a[a0:a1], s_b[b0:b1], n)
            found[place_a[i], place_b[j]] = min(found[place_a[i], place_b[j]], least)
    return found

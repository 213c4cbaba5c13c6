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
    split : (l,) int64
        How many entries of label i, from the root, are those of the place's first label: only there are they filled
        in. 0 for the first.
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
    split: Offsets
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
        hierarchy.head_depth,
        climb_s,
        hierarchy.rank[seeds.node],
        seeds.seconds,
        seeds.place,
    )
    place, first, split, node, seconds, via = found
    return Labels(place, first, split, node, seconds, via, seeds.n_places)


def joined(starts: Labels, ends: Labels) -> Floats:
    """Seconds from every start (rows) to every end (columns); inf where no road leads."""
    return np.asarray(
        _join(
            starts.place, starts.first, starts.split, starts.node, starts.seconds,
            ends.place, ends.first, ends.split, ends.node, ends.seconds, starts.n_places, ends.n_places,
        )
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _path(base: int, first: Any, head: Any, depth: Any, node: Any) -> None:
    """Write the way from ``base`` to the root, the root first."""
    v = base
    for k in range(depth[base], -1, -1):
        node[k] = v
        if k > 0:
            v = head[first[v]]


@njit(cache=True, nogil=True)
def _enter(v: int, k: int, own: int, begin: int, end: int, seeds: Any, done: Any, seconds: Any, via: Any) -> None:
    """Let the seeds of this place that touch node ``v`` (at depth ``k`` of the label at ``own``) in."""
    seed_node, seed_s = seeds
    for i in range(begin, end):
        if seed_node[i] == v and not done[i]:
            done[i] = True
            if seed_s[i] < seconds[own + k]:
                seconds[own + k] = seed_s[i]
                via[own + k] = -1 - i


@njit(cache=True, nogil=True)
def _climb(own: int, main: int, split: int, top: int, tree: Any, node: Any, seconds: Any, via: Any) -> None:
    """Relax the arcs of the nodes at depths ``top`` to ``split`` of the label at ``own``, the deepest first.

    What lies above ``split`` is the same in the place's first label, at ``main``, and is noted there.
    """
    first, head_depth, climb = tree
    for k in range(top, split - 1, -1):
        here = seconds[own + k]
        if here < np.inf:
            v = node[own + k]
            for a in range(first[v], first[v + 1]):
                above = head_depth[a]
                at = (own if above >= split else main) + above
                if here + climb[a] < seconds[at]:
                    seconds[at] = here + climb[a]
                    via[at] = a


@njit(cache=True, nogil=True)
def _lowest(node: Any, done: Any, begin: int, end: int) -> int:
    base = -1
    for i in range(begin, end):
        if not done[i] and (base < 0 or node[i] < base):
            base = node[i]
    return base


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


@njit(
    together(I32, I64, I64, I32, F64, I32)(
        READ_I64, READ_I32, READ_I32, READ_I32, READ_F64, READ_I32, READ_F64, READ_I32
    ),
    cache=True,
    nogil=True,
)
def _labels(first: Any, head: Any, depth: Any, head_depth: Any, climb: Any, node: Any, seconds: Any, place: Any) -> Any:
    n_seeds, room = len(node), 0
    for i in range(n_seeds):
        room += depth[node[i]] + 1
    label_place, label_first = np.empty(n_seeds, np.int32), np.zeros(n_seeds + 1, np.int64)
    label_split = np.zeros(n_seeds, np.int64)
    label_node, label_s, via = np.empty(room, np.int32), np.full(room, np.inf), np.full(room, -1 - n_seeds, np.int32)
    done, tree, seeds = np.isinf(seconds), (first, head_depth, climb), (node, seconds)
    size, begin = 0, 0
    while begin < n_seeds:
        end = begin + 1
        while end < n_seeds and place[end] == place[begin]:
            end += 1
        main, base = size, _lowest(node, done, begin, end)
        while base >= 0:
            own, top = label_first[size], depth[base]
            _path(base, first, head, depth, label_node[own:])
            label_place[size], label_first[size + 1] = place[begin], own + top + 1
            if size > main:
                old = label_node[label_first[main] : label_first[main + 1]]
                label_split[size] = _shared(old, label_node[own : own + top + 1])
            for k in range(top, label_split[size] - 1, -1):
                _enter(label_node[own + k], k, own, begin, end, seeds, done, label_s, via)
            if size > main:
                _climb(own, label_first[main], label_split[size], top, tree, label_node, label_s, via)
            size += 1
            base = _lowest(node, done, begin, end)
        if size > main:
            _climb(
                label_first[main], 0, 0, label_first[main + 1] - label_first[main] - 1, tree, label_node, label_s, via
            )
        begin = end
    used = label_first[size]
    return (
        label_place[:size], label_first[: size + 1], label_split[:size],
        label_node[:used], label_s[:used], via[:used],
    )  # fmt: skip


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})
def _least_sum(a: Any, b: Any) -> float:
    least = np.inf
    for k in range(len(a)):
        least = min(least, a[k] + b[k])
    return least


@njit(
    types.float64[:, ::1](
        READ_I32, READ_I64, READ_I64, READ_I32, READ_F64,
        READ_I32, READ_I64, READ_I64, READ_I32, READ_F64, WHOLE, WHOLE,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def _join(
    place_a: Any, first_a: Any, split_a: Any, node_a: Any, s_a: Any,
    place_b: Any, first_b: Any, split_b: Any, node_b: Any, s_b: Any, rows: int, columns: int,
) -> Any:  # fmt: skip
    found = np.full((rows, columns), np.inf)
    for i in range(len(place_a)):
        a0, a1 = first_a[i], first_a[i + 1]
        for j in range(len(place_b)):
            b0, b1 = first_b[j], first_b[j + 1]
            k = max(split_a[i], split_b[j])
            if k < min(a1 - a0, b1 - b0) and node_a[a0 + k] == node_b[b0 + k]:
                n = k + _shared(node_a[a0 + k : a1], node_b[b0 + k : b1])
                least = _least_sum(s_a[a0 + k : a0 + n], s_b[b0 + k : b0 + n])
                found[place_a[i], place_b[j]] = min(found[place_a[i], place_b[j]], least)
    return found

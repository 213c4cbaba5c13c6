"""Labels: the ticks from a place to every node on its way to the root; two of them tell the way between two places.

Every shortest way climbs to a common ancestor and descends from there, so the least sum over common ancestors is the
answer (the join of elimination-tree labels in V. Buchhold, D. Wagner et al., "Real-Time Traffic Assignment Using
Engineered Customizable Contraction Hierarchies", ACM Journal of Experimental Algorithmics 24, 2019).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.roads.compiled import F64, I32, I64, READ_F64, READ_I32, READ_I64, READ_U32, together
from geo_data.roads.hierarchy.elimination import Hierarchy
from geo_data.roads.ticks import Ticks

Ints = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Seeds:
    """How places enter (or leave) the network: rows of node and ticks, sorted by place.

    Parameters
    ----------
    node : (s,) int32
        Node of the network.
    ticks : (s,) float64
    place : (s,) int32
        0 up, not falling.
    n_places : int
    """

    node: Ints
    ticks: Floats
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
    ticks : (e,) float64
        `NEVER` or more where no road leads.
    via : (e,) int32
        The arc by which the node was reached from below; ``-1 - seed`` where the place itself touches it; -1 - s for
        none (s the number of seeds).
    n_places : int
    """

    place: Ints
    first: Offsets
    split: Offsets
    node: Ints
    ticks: Floats
    via: Ints
    n_places: int


def labels(hierarchy: Hierarchy, climb_t: Ticks, seeds: Seeds) -> Labels:
    """Label places.

    Parameters
    ----------
    hierarchy : Hierarchy
    climb_t : (a,) uint32
        ``Weights.up`` for places where ways begin, ``Weights.down`` for those where they end.
    seeds : Seeds
    """
    found = _labels(
        hierarchy.first,
        hierarchy.head,
        hierarchy.depth,
        hierarchy.head_depth,
        climb_t,
        hierarchy.rank[seeds.node],
        seeds.ticks,
        seeds.place,
    )
    place, first, split, node, ticks, via = found
    return Labels(place, first, split, node, ticks, via, seeds.n_places)


@njit(cache=True, nogil=True)
def _path(base: int, first: Any, head: Any, depth: Any, node: Any) -> None:
    """Write the way from ``base`` to the root, the root first."""
    v = base
    for k in range(depth[base], -1, -1):
        node[k] = v
        if k > 0:
            v = head[first[v]]


@njit(cache=True, nogil=True)
def _enter(v: int, k: int, own: int, begin: int, end: int, seeds: Any, done: Any, ticks: Any, via: Any) -> None:
    """Let the seeds of this place that touch node ``v`` (at depth ``k`` of the label at ``own``) in."""
    seed_node, seed_t = seeds
    for i in range(begin, end):
        if seed_node[i] == v and not done[i]:
            done[i] = True
            if seed_t[i] < ticks[own + k]:
                ticks[own + k] = seed_t[i]
                via[own + k] = -1 - i


@njit(cache=True, nogil=True)
def _climb(own: int, main: int, split: int, top: int, tree: Any, node: Any, ticks: Any, via: Any) -> None:
    """Relax the arcs of the nodes at depths ``top`` to ``split`` of the label at ``own``, the deepest first.

    What lies above ``split`` is the same in the place's first label, at ``main``, and is noted there.
    """
    first, head_depth, climb = tree
    for k in range(top, split - 1, -1):
        here = ticks[own + k]
        if here < np.inf:
            v = node[own + k]
            for a in range(first[v], first[v + 1]):
                above = head_depth[a]
                at = (own if above >= split else main) + above
                if here + climb[a] < ticks[at]:
                    ticks[at] = here + climb[a]
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
        READ_I64, READ_I32, READ_I32, READ_I32, READ_U32, READ_I32, READ_F64, READ_I32
    ),
    cache=True,
    nogil=True,
)
def _labels(first: Any, head: Any, depth: Any, head_depth: Any, climb: Any, node: Any, ticks: Any, place: Any) -> Any:
    n_seeds, room = len(node), 0
    for i in range(n_seeds):
        room += depth[node[i]] + 1
    label_place, label_first = np.empty(n_seeds, np.int32), np.zeros(n_seeds + 1, np.int64)
    label_split = np.zeros(n_seeds, np.int64)
    label_node, label_t, via = np.empty(room, np.int32), np.full(room, np.inf), np.full(room, -1 - n_seeds, np.int32)
    done, tree, seeds = np.zeros(n_seeds, np.bool_), (first, head_depth, climb), (node, ticks)
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
                _enter(label_node[own + k], k, own, begin, end, seeds, done, label_t, via)
            if size > main:
                _climb(own, label_first[main], label_split[size], top, tree, label_node, label_t, via)
            size += 1
            base = _lowest(node, done, begin, end)
        if size > main:
            _climb(
                label_first[main], 0, 0, label_first[main + 1] - label_first[main] - 1, tree, label_node, label_t, via
            )
        begin = end
    used = label_first[size]
    return (
        label_place[:size], label_first[: size + 1], label_split[:size],
        label_node[:used], label_t[:used], via[:used],
    )  # fmt: skip

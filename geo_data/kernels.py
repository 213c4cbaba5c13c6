"""The inner loop of routing, compiled by numba: one reverse Dijkstra that stops when enough origins are settled.

Kernels hold no state and release the interpreter lock, so threads may run them side by side. Signatures are written
out: one compiled form serves writable and read-only arrays alike, and it is kept on disk between processes.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from geo_data.network import Floats, Ints, Offsets

_I32, _I64, _F64 = (types.Array(kind, 1, "C", readonly=True) for kind in (types.int32, types.int64, types.float64))
_NEW_I32, _NEW_F64 = types.int32[::1], types.float64[::1]
_EXITS = types.Tuple((_NEW_I32, _NEW_I32))  # type: ignore[no-untyped-call]
_SETTLED = types.Tuple((_NEW_F64, _NEW_I32, _NEW_I32, _NEW_I32))  # type: ignore[no-untyped-call]


class Settled(NamedTuple):
    """What a search found out about ``u`` origins on ``n`` nodes.

    Parameters
    ----------
    origin_s : (u,) float64
        Seconds to the destination; inf for origins not settled.
    order : (k,) int32
        Origins in the order they were settled, nearest first.
    exit_taken : (u,) int32
        Index of the exit used; -1 for the direct way or none.
    via : (n,) int32
        Next arc on the way from a node to the destination, or -1 - seed; set only for nodes the search has seen.
    """

    origin_s: Floats
    order: Ints
    exit_taken: Ints
    via: Ints


def settle(
    first_in: Offsets,
    in_tail: Ints,
    in_s: Floats,
    seeds: tuple[Ints, Floats],
    exits: tuple[Ints, Floats, Ints],
    direct_s: Floats,
    *,
    wanted: int,
) -> Settled:
    """Search backwards from the seeds until ``wanted`` origins are settled, or none is left within reach.

    Each origin is a node of its own behind those of the network (E. W. Dijkstra, Numerische Mathematik 1, 1959, on the
    reversed graph), so origins settle in the order of their times, exits and all.

    Parameters
    ----------
    first_in : (n+1,) int64
        Arcs ``first_in[v]:first_in[v+1]`` lead into node v.
    in_tail : (m,) int32
        Where each of them comes from.
    in_s : (m,) float64
        Its seconds, never negative; inf when closed.
    seeds : (s,) int32, (s,) float64
        Nodes from which the destination is reached, and in how many seconds.
    exits : (x,) int32, (x,) float64, (x,) int32
        Nodes by which origins enter the network, after how many seconds, and which origin.
    direct_s : (u,) float64
        Seconds of an origin that stands on the edge of the destination; inf otherwise.
    wanted : int
    """
    return Settled(*_settle(first_in, in_tail, in_s, *seeds, *exits, direct_s, wanted))


@njit(types.void(_NEW_F64, _NEW_I32, types.int64, types.float64, types.int32), cache=True, nogil=True)
def _push(keys: Any, items: Any, size: int, key: float, item: int) -> None:
    """Add to a binary heap of ``size`` entries that has room for one more."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at] = keys[above]
        items[at] = items[above]
        at = above
    keys[at] = key
    items[at] = item


@njit(types.void(_NEW_F64, _NEW_I32, types.int64), cache=True, nogil=True)
def _drop_first(keys: Any, items: Any, size: int) -> None:
    """Remove the smallest of ``size`` entries."""
    last = size - 1
    key = keys[last]
    item = items[last]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= last:
            break
        if below + 1 < last and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at] = keys[below]
        items[at] = items[below]
        at = below
    keys[at] = key
    items[at] = item


@njit(_EXITS(types.int64, _I32, _F64), cache=True, nogil=True)
def _exits_by_node(n: int, exit_node: Any, exit_s: Any) -> Any:
    """Chain the exits of each node: ``first[node]``, then ``after[exit]``, until -1."""
    first = np.full(n, -1, np.int32)
    after = np.empty(len(exit_node), np.int32)
    for x in range(len(exit_node)):
        if exit_s[x] < np.inf:
            after[x] = first[exit_node[x]]
            first[exit_node[x]] = x
    return first, after


@njit(types.int64(_F64, _I32, _F64, types.int64, _NEW_F64, _NEW_I32, _NEW_F64, _NEW_I32), cache=True, nogil=True)
def _start(direct_s: Any, seed_node: Any, seed_s: Any, n: int, best: Any, via: Any, keys: Any, items: Any) -> int:
    """Fill the heap; answer its size."""
    size = 0
    for s in range(len(seed_node)):
        if seed_s[s] < best[seed_node[s]]:
            best[seed_node[s]] = seed_s[s]
            via[seed_node[s]] = -1 - s
            _push(keys, items, size, seed_s[s], seed_node[s])
            size += 1
    for o in range(len(direct_s)):
        if direct_s[o] < np.inf:
            best[n + o] = direct_s[o]
            _push(keys, items, size, direct_s[o], n + o)
            size += 1
    return size


@njit(
    _SETTLED(_I64, _I32, _F64, _I32, _F64, _I32, _F64, _I32, _F64, types.int64),
    cache=True,
    nogil=True,
)
def _settle(
    first_in: Any, in_tail: Any, in_s: Any, seed_node: Any, seed_s: Any,
    exit_node: Any, exit_s: Any, exit_origin: Any, direct_s: Any, wanted: int,
) -> Any:  # fmt: skip
    n, u = len(first_in) - 1, len(direct_s)
    best, via = np.full(n + u, np.inf), np.empty(n, np.int32)
    origin_s, order, exit_taken = np.full(u, np.inf), np.empty(u, np.int32), np.full(u, -1, np.int32)
    first_exit, next_exit = _exits_by_node(n, exit_node, exit_s)
    keys = np.empty(1024 + len(seed_node) + len(direct_s), np.float64)
    items = np.empty(len(keys), np.int32)
    size = _start(direct_s, seed_node, seed_s, n, best, via, keys, items)
    settled = 0
    while size > 0 and settled < wanted:
        now, v = keys[0], items[0]
        _drop_first(keys, items, size)
        size -= 1
        if now > best[v]:  # an older, worse entry of a node already settled
            continue
        if v >= n:
            origin_s[v - n] = now
            order[settled] = v - n
            settled += 1
            continue
        room = size + first_in[v + 1] - first_in[v] + len(exit_node)
        if room > len(keys):
            keys = np.concatenate((keys, np.empty(room, np.float64)))
            items = np.concatenate((items, np.empty(room, np.int32)))
        x = first_exit[v]
        while x >= 0:
            o = n + exit_origin[x]
            if now + exit_s[x] < best[o]:
                best[o] = now + exit_s[x]
                exit_taken[exit_origin[x]] = x
                _push(keys, items, size, best[o], o)
                size += 1
            x = next_exit[x]
        for a in range(first_in[v], first_in[v + 1]):
            w = in_tail[a]
            if now + in_s[a] < best[w]:
                best[w] = now + in_s[a]
                via[w] = a
                _push(keys, items, size, best[w], w)
                size += 1
    return origin_s, order[:settled], exit_taken, via

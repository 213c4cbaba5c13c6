"""The live search of routing, compiled by numba: one reverse Dijkstra that stops when enough origins are settled.

It releases the interpreter lock, so threads may search side by side.
"""

from threading import local
from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from geo_data.roads.compiled import F64, I32, NOTHING, READ_F64, READ_I32, READ_U32, REAL, WHOLE, together
from geo_data.roads.network import Floats, Ints
from geo_data.roads.ticks import NEVER, Ticks


class Settled(NamedTuple):
    """What a search found out about ``u`` origins.

    Parameters
    ----------
    origin_t : (u,) float64
        Ticks to the destination; inf for origins not settled.
    order : (k,) int32
        Origins in the order they were settled, nearest first.
    """

    origin_t: Floats
    order: Ints


class _Scratch(local):
    """Working arrays of a thread, clean between searches: to fill them anew would cost more than a short search."""

    best: Floats = np.empty(0)
    seen: Ints = np.empty(0, dtype=np.int32)
    keys: Floats = np.empty(0)

    def arrays(self, n: int, n_seeds: int, most: int) -> tuple[Floats, Ints, Ints, Floats, Ints]:
        """Least ticks and first exit by node, nodes seen, and a heap with room for ``most`` entries."""
        if len(self.best) < n:
            self.best, self.first_exit = np.full(n, np.inf), np.full(n, -1, dtype=np.int32)
        if len(self.seen) < n + n_seeds:  # seeds may be among them twice
            self.seen = np.empty(n + n_seeds, dtype=np.int32)
        if len(self.keys) < most:
            self.keys, self.items = np.empty(most), np.empty(most, dtype=np.int32)
        return self.best, self.first_exit, self.seen, self.keys, self.items


_scratch = _Scratch()


def settle(
    first_in: Ints,
    in_tail: Ints,
    in_t: Ticks,
    seeds: tuple[Ints, Floats],
    exits: tuple[Ints, Floats, Ints],
    more_t: Floats,
    direct_t: Floats,
    *,
    wanted: int,
) -> Settled:
    """Search backwards from the seeds until ``wanted`` origins are settled, or none is left within reach.

    Each origin is a node of its own behind those of the network (E. W. Dijkstra, Numerische Mathematik 1, 1959, on the
    reversed graph), so origins settle in the order of their times, exits and all.

    Parameters
    ----------
    first_in : (n+1,) int32
        Arcs ``first_in[v]:first_in[v+1]`` lead into node v.
    in_tail : (m,) int32
        Where each of them comes from.
    in_t : (m,) uint32
        Its ticks; `NEVER` when closed.
    seeds : (s,) int32, (s,) float64
        Nodes from which the destination is reached, and in how many ticks.
    exits : (x,) int32, (x,) float64, (x,) int32
        Nodes by which origins enter the network, after how many ticks, and which origin.
    more_t : (u,) float64
        Ticks that an origin needs besides, whatever its way; inf for one that cannot come.
    direct_t : (u,) float64
        Ticks of an origin that stands on the edge of the destination; inf otherwise.
    wanted : int
    """
    most = len(in_tail) + len(seeds[0]) + len(exits[0]) + len(direct_t) + 1
    scratch = _scratch.arrays(len(first_in) - 1, len(seeds[0]), most)
    return Settled(*_settle(first_in, in_tail, in_t, *seeds, *exits, more_t, direct_t, wanted, *scratch))


@njit(NOTHING(F64, I32, WHOLE, REAL, types.int32), cache=True, nogil=True)
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


@njit(NOTHING(F64, I32, WHOLE), cache=True, nogil=True)
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


@njit(
    WHOLE(READ_I32, READ_F64, READ_F64, WHOLE, F64, I32, F64, I32),
    cache=True,
    nogil=True,
)
def _start(seed_node: Any, seed_t: Any, best_t: Any, n: int, best: Any, seen: Any, keys: Any, items: Any) -> int:
    """Put seeds and direct ways into the heap; answer its size. The seeds are seen, the first of them in ``seen[0]``."""
    size = 0
    for s in range(len(seed_node)):
        seen[s] = seed_node[s]
        if seed_t[s] < best[seed_node[s]]:
            best[seed_node[s]] = seed_t[s]
            _push(keys, items, size, seed_t[s], seed_node[s])
            size += 1
    for o in range(len(best_t)):
        if best_t[o] < np.inf:
            _push(keys, items, size, best_t[o], n + o)
            size += 1
    return size


@njit(
    together(F64, I32)(
        READ_I32, READ_I32, READ_U32, READ_I32, READ_F64, READ_I32, READ_F64, READ_I32, READ_F64, READ_F64,
        WHOLE, F64, I32, I32, F64, I32,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def _settle(  # noqa: C901  (one loop; a call inside it would cost a tenth)
    first_in: Any, in_tail: Any, in_t: Any, seed_node: Any, seed_t: Any, exit_node: Any, exit_t: Any,
    exit_origin: Any, more_t: Any, direct_t: Any, wanted: int,
    best: Any, first_exit: Any, seen: Any, keys: Any, items: Any,
) -> Any:  # fmt: skip
    """``best`` comes and goes full of inf, ``first_exit`` full of -1."""
    n, u = len(first_in) - 1, len(direct_t)
    origin_t, best_t = np.full(u, np.inf), direct_t + more_t
    order, next_exit = np.empty(u, np.int32), np.empty(len(exit_node), np.int32)
    for x in range(len(exit_node)):
        next_exit[x] = first_exit[exit_node[x]]
        first_exit[exit_node[x]] = x
    size = _start(seed_node, seed_t, best_t, n, best, seen, keys, items)
    n_seen, settled = len(seed_node), 0
    while size > 0 and settled < wanted:
        now, v = keys[0], items[0]
        _drop_first(keys, items, size)
        size -= 1
        if v >= n and origin_t[v - n] == np.inf:
            origin_t[v - n] = now
            order[settled] = v - n
            settled += 1
        if v >= n or now > best[v]:  # an origin, or an older, worse entry of a node already settled
            continue
        x = first_exit[v]
        while x >= 0:
            o = exit_origin[x]
            ticks = now + exit_t[x] + more_t[o]
            if ticks < best_t[o] and now + exit_t[x] < NEVER:
                best_t[o] = ticks
                _push(keys, items, size, ticks, n + o)
                size += 1
            x = next_exit[x]
        for a in range(first_in[v], first_in[v + 1]):
            w, ticks = in_tail[a], now + in_t[a]
            if ticks < best[w] and ticks < NEVER:
                if best[w] == np.inf:
                    seen[n_seen] = w
                    n_seen += 1
                best[w] = ticks
                _push(keys, items, size, ticks, w)
                size += 1
    for i in range(n_seen):
        best[seen[i]] = np.inf
    for x in range(len(exit_node)):
        first_exit[exit_node[x]] = -1
    return origin_t, order[:settled]

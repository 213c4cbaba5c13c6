"""The search among many names, compiled by numba: what each name shares with the words, and the best of them."""

from threading import local
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from geo_data.roads.compiled import F64, I32, I64, READ_F64, READ_I32, READ_I64, REAL, WHOLE, together
from geo_data.roads.network import Floats, Ints

Indices = npt.NDArray[np.int64]


class _Scratch(local):
    """Working arrays of a thread, all zero between searches: to make them anew would cost more than most searches."""

    shared: Floats = np.empty(0)
    seen: Ints = np.empty(0, dtype=np.int32)

    def arrays(self, n: int) -> tuple[Floats, Ints]:
        """One number a name, and room to note each name once."""
        if len(self.shared) < n:
            self.shared, self.seen = np.zeros(n), np.empty(n, dtype=np.int32)
        return self.shared, self.seen


_scratch = _Scratch()


def best_names(
    first: Indices, holders: Ints, slots: Indices, weights: Floats, totals: Floats, information: float, most: int
) -> tuple[Indices, Floats]:
    """Find the names that share most with a text.

    Parameters
    ----------
    first : (p+1,) int64
        Names ``holders[first[s]:first[s+1]]`` hold the pair of slot s.
    holders : (m,) int32
    slots : (k,) int64
        The pairs of the text that count.
    weights : (p,) float64
        Information of each pair.
    totals : (n,) float64
        Information of each name.
    information : float
        Of the text.
    most : int
        How many names are wanted.

    Returns
    -------
    names : (j,) int64
        Best first by ``name share x (1 + text share) / 2``; of equals the one that comes first.
    shared : (j,) float64
        Information that name and text share.
    """
    found: tuple[Indices, Floats] = _best_names(
        first, holders, slots, weights, totals, information, most, *_scratch.arrays(len(totals))
    )
    return found


@njit(
    together(I64, F64)(READ_I64, READ_I32, READ_I64, READ_F64, READ_F64, REAL, WHOLE, F64, I32), cache=True, nogil=True
)
def _best_names(
    first: Any,
    holders: Any,
    slots: Any,
    weights: Any,
    totals: Any,
    information: float,
    most: int,
    shared: Any,
    seen: Any,
) -> Any:
    count = 0
    for slot in slots:
        weight = weights[slot]
        for at in range(first[slot], first[slot + 1]):
            name = holders[at]
            if shared[name] == 0.0:
                seen[count] = name
                count += 1
            shared[name] += weight
    size = 0
    best, ranks, sums = np.empty(most, np.int64), np.empty(most), np.empty(most)
    for i in range(count):
        name = seen[i]
        share = shared[name]
        shared[name] = 0.0
        rank = share / totals[name] * (0.5 + 0.5 * (share / information))
        if size == most and (rank < ranks[-1] or (rank == ranks[-1] and name > best[-1])):
            continue
        size = min(size + 1, most)
        at = size - 1
        while at > 0 and (ranks[at - 1] < rank or (ranks[at - 1] == rank and best[at - 1] > name)):
            best[at], ranks[at], sums[at] = best[at - 1], ranks[at - 1], sums[at - 1]
            at -= 1
        best[at], ranks[at], sums[at] = name, rank, share
    return best[:size], sums[:size]

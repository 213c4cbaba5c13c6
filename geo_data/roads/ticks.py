"""Seconds as whole numbers of ticks: half the memory of floats, and sums that are the same in any order, to the bit.

Edges and arcs carry whole ticks. What is no whole edge (the part of one, the drive from a yard) is a multiple of
2^-16 ticks in a float64, which holds sums of both exactly: 31 bits before the point and 16 behind it are fewer than 53.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit, types, vectorize

from geo_data.roads.compiled import READ_F64, READ_I32, READ_U32, REAL, U32

Floats = npt.NDArray[np.float64]
Ticks = npt.NDArray[np.uint32]

TICK_S = 2.0**-15  # 31 microseconds
NEVER = 2**31 - 1  # and more: nobody can drive there, or only in more than 18 hours; two of them still fit in 32 bits
PARTS = 2.0**16  # of a tick


def whole_ticks(seconds: npt.ArrayLike) -> Ticks:
    """Seconds, 0 or more, to the nearest tick; `NEVER` for inf and for what takes as long."""
    found = np.rint(np.asarray(seconds, dtype=np.float64) / TICK_S)
    return np.minimum(found, NEVER).astype(np.uint32)


def fine_ticks(seconds: npt.ArrayLike) -> Floats:
    """Seconds to the nearest 2^-16 ticks; inf stays inf."""
    return np.rint(np.asarray(seconds, dtype=np.float64) / TICK_S * PARTS) / PARTS


def in_seconds(ticks: npt.ArrayLike) -> Floats:
    """Ticks, whole or not, in seconds; inf from `NEVER` on."""
    return np.asarray(_in_seconds(ticks))


@vectorize([types.float64(types.float64)], cache=True)  # type: ignore[untyped-decorator,no-untyped-call]
def _in_seconds(ticks: float) -> float:
    return ticks * TICK_S if ticks < NEVER else np.inf


@njit(REAL(REAL, REAL), cache=True, nogil=True)
def part(ticks: float, share: float) -> float:
    """A share of an edge; nothing of a closed edge takes no time."""
    if share <= 0.0:
        return 0.0
    return np.inf if ticks >= NEVER else np.rint(ticks * share * PARTS) / PARTS


@njit(U32(READ_F64, READ_F64, READ_I32, READ_U32, READ_I32), cache=True, nogil=True)
def edge_ticks(length_m: Any, speed_kph: Any, origin: Any, turn_t: Any, order: Any) -> Any:
    """Ticks of edges, turns included, in an order; `NEVER` where nobody drives. The speed is that of the original."""
    found = np.empty(len(order), np.uint32)
    for i in range(len(order)):
        e = order[i]
        speed = speed_kph[origin[e]]
        ticks = np.rint(length_m[e] * 3.6 / speed / TICK_S) + turn_t[e] if speed > 0.0 else np.inf
        found[i] = NEVER if ticks >= NEVER else np.uint32(ticks)
    return found

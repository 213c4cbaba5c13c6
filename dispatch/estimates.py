"""Figures with their 95 % intervals, and how two of them differ: percentiles, rates, shares, and a unit beside its peers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import floor, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, gammaincinv

from dispatch.auditing.shares import share

TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure from ``n`` cases with a 95 % interval.

    ``value`` is None where there is nothing to take it of. ``low`` or ``high`` is None where so few cases set no bound on
    that side.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


NOTHING = Estimate(None, None, None, 0)


def share_of(kept: int, n: int) -> Estimate:
    """A share with its Wilson interval, see `dispatch.auditing.shares.share`."""
    found = share(kept, n)
    return Estimate(found.p, found.low, found.high, n)


def percentile(ordered: npt.NDArray[np.float64] | Sequence[float], p: float) -> Estimate:
    """A percentile (linear interpolation, as `dispatch.auditing.shares.percentiles`) with the interval between two order statistics.

    The interval covers the true percentile with 95 % or more, whatever the distribution (H. A. David and H. N. Nagaraja,
    Order Statistics, 3rd ed., 2003, 7.1). Few values have no upper bound: up to 5 for the median, 35 for P90.

    Parameters
    ----------
    ordered : (n,) array
        Values of 0 or more in rising order.
    p : float
        Above 0 and below 1.
    """
    n = len(ordered)
    if n == 0:
        return NOTHING
    place = p * (n - 1)
    below = floor(place)
    above = min(below + 1, n - 1)
    value = float(ordered[below]) + (place - below) * (float(ordered[above]) - float(ordered[below]))
    low, high = order_ranks(n, p)
    return Estimate(value, float(ordered[low - 1]) if low else 0.0, float(ordered[high - 1]) if high <= n else None, n)


@lru_cache(maxsize=65536)
def order_ranks(n: int, p: float) -> tuple[int, int]:
    """Ranks (1 to n) between which a percentile lies with 95 %; 0 and n + 1 stand for no bound."""
    below = bdtr(np.arange(n + 1), n, p)  # P(at most k of n values lie below the percentile)
    return int(np.searchsorted(below, TAIL, side="left")), int(np.searchsorted(below, 1 - TAIL, side="left")) + 1


def rate(count: int, exposure: float) -> Estimate:
    """Events for each unit of exposure (days, say), with the exact Poisson interval (F. Garwood, Biometrika 28, 1936, 437)."""
    low = float(gammaincinv(count, TAIL)) if count else 0.0
    return Estimate(count / exposure, low / exposure, float(gammaincinv(count + 1, 1 - TAIL)) / exposure, count)


def difference(later: Estimate, earlier: Estimate) -> Estimate:
    """``later`` minus ``earlier``, independent of each other; ``n`` is the smaller one.

    The interval is put together from the two (G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008, 1693); for shares
    this is R. G. Newcombe's method 10 (Statistics in Medicine 17, 1998, 873).
    """
    n = min(later.n, earlier.n)
    if later.value is None or earlier.value is None:
        return Estimate(None, None, None, n)
    d = later.value - earlier.value
    low, high = None, None
    if later.low is not None and earlier.high is not None:
        low = d - sqrt((later.value - later.low) ** 2 + (earlier.high - earlier.value) ** 2)
    if later.high is not None and earlier.low is not None:
        high = d + sqrt((later.high - later.value) ** 2 + (earlier.value - earlier.low) ** 2)
    return Estimate(d, low, high, n)


def p_so_few(kept: int, n: int, p: float) -> float:
    """Probability of at most ``kept`` of ``n`` by chance alone where each is kept with probability ``p``."""
    return float(bdtr(kept, n, min(max(p, 0.0), 1.0)))

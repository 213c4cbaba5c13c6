"""How sure a difference of two shares is, of other incidents or of the same ones, and a percentile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np
import numpy.typing as npt

from dispatch.auditing.record import Record
from dispatch.auditing.shares import Z95, Share
from dispatch.vocabulary import Verdict


@dataclass(frozen=True, slots=True)
class Difference:
    """One share less another, with a 95 % interval; all from -1 to 1."""

    d: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def difference(now: Share, before: Share) -> Difference | None:
    """Set two shares of different incidents against each other; None where one of them has no n.

    The square-and-add interval on two Wilson intervals: R. G. Newcombe, Statistics in Medicine 17 (1998) 873, method 10.
    """
    if now.p is None or now.low is None or now.high is None:
        return None
    if before.p is None or before.low is None or before.high is None:
        return None
    d = now.p - before.p
    low = d - sqrt((now.p - now.low) ** 2 + (before.high - before.p) ** 2)
    high = d + sqrt((now.high - now.p) ** 2 + (before.p - before.low) ** 2)
    return Difference(d, max(-1.0, low), min(1.0, high))


def paired_difference(now: Iterable[Record], before: Iterable[Record]) -> Difference | None:
    """Set the shares kept of the same incidents under two conditions against each other; None where none is due under both.

    Incidents that came out alike say nothing of the difference, so the interval is narrower than that of two samples. Wald's with
    one added to each of the two counts that differ: D. G. Bonett and R. M. Price, J. Educational and Behavioral Statistics 37 (2012) 479.
    """
    due = (Verdict.KEPT, Verdict.MISSED)
    kept_before = {r.incident: r.verdict is Verdict.KEPT for r in before if r.verdict in due}
    pairs = [
        (r.verdict is Verdict.KEPT, kept_before[r.incident])
        for r in now
        if r.verdict in due and r.incident in kept_before
    ]
    n = len(pairs)
    if n == 0:
        return None
    gained, lost = (pairs.count(which) for which in ((True, False), (False, True)))
    up, down = (gained + 1) / (n + 2), (lost + 1) / (n + 2)
    spread = Z95 * sqrt((up + down - (up - down) ** 2) / (n + 2))
    return Difference((gained - lost) / n, max(-1.0, up - down - spread), min(1.0, up - down + spread))


@dataclass(frozen=True, slots=True)
class Quantile:
    """A percentile of ``n`` times in seconds with a 95 % interval; None where n is too small for it."""

    n: int
    value_s: float | None
    low_s: float | None
    high_s: float | None


def quantile(times_s: Sequence[float] | npt.NDArray[np.float64], q: float) -> Quantile:
    """State a percentile with the interval between two order statistics, whatever the distribution.

    Ranks by the normal approximation of the binomial (W. J. Conover, Practical Nonparametric Statistics, section 3.2),
    rounded outwards. No interval where a rank falls outside the sample.
    """
    ordered = np.sort(np.asarray(times_s, dtype=np.float64))
    n = len(ordered)
    if n == 0:
        return Quantile(0, None, None, None)
    value_s = float(np.quantile(ordered, q))
    spread = Z95 * sqrt(n * q * (1 - q))
    first, last = floor(n * q - spread), ceil(n * q + spread)
    if first < 1 or last > n:
        return Quantile(n, value_s, None, None)
    return Quantile(n, value_s, float(ordered[first - 1]), float(ordered[last - 1]))

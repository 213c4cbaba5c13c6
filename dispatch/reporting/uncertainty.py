"""How sure a difference of two shares is, of other incidents or of the same ones, and a percentile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from dispatch import estimates
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
    """Set two shares of different incidents against each other; None where one of them has no n."""
    found = estimates.difference(*(estimates.share_of(each.kept, each.n) for each in (now, before)))
    if found.value is None or found.low is None or found.high is None:
        return None
    return Difference(found.value, max(-1.0, found.low), min(1.0, found.high))


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
    """State a percentile with the interval of `dispatch.estimates.percentile`; without any where one side has no bound."""
    found = estimates.percentile(np.sort(np.asarray(times_s, dtype=np.float64)), q)
    if found.high is None:
        return Quantile(found.n, found.value, None, None)
    return Quantile(found.n, found.value, found.low, found.high)

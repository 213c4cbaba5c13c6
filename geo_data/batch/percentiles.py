"""Exact percentiles from counts by second: the very numbers that `numpy.quantile` gives of all the values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt
import polars as pl

from geo_data.batch.statistic import GROUP_BIT, SECOND, ZERO_SECOND, Statistic

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SHARES = (0.5, 0.9)
Key = tuple[str, str]
NOTHING = np.empty(0)


@dataclass(frozen=True, slots=True)
class Seconds:
    """Times of one group by second, in order: ``n``, ``least`` and ``greatest`` of each."""

    second: Ints
    n: Ints
    least: Floats
    greatest: Floats

    @property
    def total(self) -> int:
        """How many times there are."""
        return int(self.n.sum())

    def place(self, rank: int) -> tuple[int, int]:
        """In which line the value of a rank (from 0) lies, and how many of that line come before it."""
        ends = np.cumsum(self.n)
        line = int(np.searchsorted(ends, rank, side="right"))
        return line, rank - int(ends[line] - self.n[line])

    def known(self, line: int, before: int) -> float | None:
        """The value where the second alone tells it, else None."""
        if before == 0 or self.least[line] == self.greatest[line]:
            return float(self.least[line])
        return float(self.greatest[line]) if before == self.n[line] - 1 else None

    def unknown(self) -> set[int]:
        """The seconds that must be looked into."""
        places = [self.place(rank) for p in SHARES for rank in ranks(self.total, p)[:2]] if self.total else []
        return {int(self.second[line]) for line, before in places if self.known(line, before) is None}


def by_group(total: Statistic) -> dict[Key, Seconds]:
    """Take `Statistic.seconds` apart by group; they are in order, as `added` leaves them."""
    key = total.seconds["key"].to_numpy()
    group, second = key >> GROUP_BIT, (key & SECOND) - ZERO_SECOND
    columns = [second, *(total.seconds[name].to_numpy() for name in ("n", "least", "greatest"))]
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    parts = zip(*(np.split(column, starts[1:]) for column in columns), strict=True)
    names = {number: (by, name) for by, name, number in total.groups.rows()}
    return {names[int(group[start])]: Seconds(*part) for start, part in zip(starts, parts, strict=bool(len(starts)))}


def wanted(groups: Mapping[Key, Seconds]) -> pl.DataFrame:
    """The seconds, by group, whose times must be fetched before percentiles can be told: ``by``, ``name``, ``second``."""
    rows = [(*key, second) for key, found in groups.items() for second in sorted(found.unknown())]
    return pl.DataFrame(rows, schema={"by": pl.String, "name": pl.String, "second": pl.Int64}, orient="row")


def fetched(times: pl.DataFrame) -> dict[tuple[str, str, int], Floats]:
    """Times as `within` found them, sorted, by group and second."""
    parts = times.sort("time_s").partition_by(["by", "name", "second"], as_dict=True)
    return {(str(by), str(name), int(second)): part["time_s"].to_numpy() for (by, name, second), part in parts.items()}


def ranks(n: int, p: float) -> tuple[int, int, float]:
    """Ranks below and above a percentile and how far it lies between them: `numpy.quantile`, method linear."""
    virtual = (n - 1) * p
    low = floor(virtual)
    return low, min(low + 1, n - 1), virtual - low


def percentiles(found: Seconds | None, look: Callable[[int], Floats]) -> tuple[float | None, float | None]:
    """P50 and P90 in seconds; None where there is nothing to take them of.

    Parameters
    ----------
    found : Seconds or None
    look : callable
        All times within a second, sorted; asked only of those that `Seconds.unknown` names.
    """
    if found is None or not found.total:
        return None, None
    p50_s, p90_s = (_percentile(found, p, look) for p in SHARES)
    return p50_s, p90_s


def _percentile(found: Seconds, p: float, look: Callable[[int], Floats]) -> float:
    low, high, t = ranks(found.total, p)
    a, b = _value(found, low, look), _value(found, high, look)
    # Rounded as numpy rounds it: from the nearer end.
    return b - (b - a) * (1 - t) if t >= 0.5 else a + (b - a) * t


def _value(found: Seconds, rank: int, look: Callable[[int], Floats]) -> float:
    line, before = found.place(rank)
    known = found.known(line, before)
    return float(look(int(found.second[line]))[before]) if known is None else known

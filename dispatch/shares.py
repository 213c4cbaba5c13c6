"""Shares of promises kept, each with its n and its interval: one piece of code for our own events and for any other log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.record import RESPONSE, Record
from dispatch.vocabulary import INTERVALS, Interval, Verdict

Z95 = 1.959963984540054  # normal quantile at 0.975
VERDICTS = (Verdict.KEPT, Verdict.MISSED, Verdict.OPEN, Verdict.EXCLUDED)
UNKNOWN = "unknown"
HOURS = tuple(f"{hour:02d}" for hour in range(24))


@dataclass(frozen=True, slots=True)
class Share:
    """``kept`` of ``n`` with a 95 % Wilson score interval; the three are None where n is 0.

    Wilson, J. Am. Stat. Assoc. 22 (1927) 209, equation of the score interval; its tests
    compare it with `scipy.stats.binomtest`, which is too slow to import and to call once a cell.
    """

    kept: int
    n: int
    p: float | None
    low: float | None
    high: float | None


def share(kept: int, n: int) -> Share:
    """State a share with its interval.

    Parameters
    ----------
    kept, n : int
        0 ≤ kept ≤ n.

    Returns
    -------
    Share
    """
    if n == 0:
        return Share(0, 0, None, None, None)
    p, z2 = kept / n, Z95**2
    centre, spread = p + z2 / (2 * n), Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    return Share(kept, n, p, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of a group of incidents; always ``reported == kept + missed + open + excluded``.

    Attributes
    ----------
    excluded : int
        Reports merged into another incident, which is judged in their stead, and surveys by video by consent.
    timed : int
        Incidents with a trusted response time, kept or late.
    late : int
        Those of them that came after the limit; the rest of ``missed`` has a `Problem`.
    confirmed, unconfirmed : int
        Arrivals the track agrees with, and those it does not (yet); both 0 where no track is kept.
    p50_s, p90_s : float or None
        Response of the ``timed`` ones, linear interpolation; the other ``reported - timed`` are not in it.
    """

    reported: int
    kept: int
    missed: int
    open: int
    excluded: int
    timed: int
    late: int
    confirmed: int
    unconfirmed: int
    simulated: int
    p50_s: float | None
    p90_s: float | None

    def __post_init__(self) -> None:
        if self.reported != self.kept + self.missed + self.open + self.excluded:
            raise InvalidInput("A tally lost incidents: reported must equal kept + missed + open + excluded.")

    @property
    def share_kept(self) -> Share:
        """Kept among those that are due: the headline."""
        return share(self.kept, self.kept + self.missed)

    @property
    def share_with_excluded(self) -> Share:
        """The headline with every excluded incident put back and counted as not kept: what exclusions can hide at most."""
        return share(self.kept, self.kept + self.missed + self.excluded)

    @property
    def share_strict(self) -> Share:
        """Kept among all reported, the open and the excluded ones counted as not kept."""
        return share(self.kept, self.reported)

    @property
    def share_timed(self) -> Share:
        """Kept among those with a trusted time: flatters, because what is missing is left out."""
        return share(self.kept, self.timed)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalStat:
    """One interval over a group; ``n + missing + doubtful`` is the number of incidents.

    ``doubtful`` values are negative, or belong to a response time that is not trusted; they are in no percentile.
    """

    interval: Interval
    n: int
    missing: int
    doubtful: int
    zero: int
    p50_s: float | None
    p90_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Records side by side, ``n`` lines, so that a million of them add up in a second.

    Parameters
    ----------
    verdict : (n,) int8
        Index into `VERDICTS`.
    time_s : (n,) float64
        Trusted response time, NaN where there is none.
    confirmed : (n,) int8
        1, 0, or -1 where nobody arrived or no track is kept.
    simulated : (n,) bool
    """

    verdict: npt.NDArray[np.int8]
    time_s: npt.NDArray[np.float64]
    confirmed: npt.NDArray[np.int8]
    simulated: npt.NDArray[np.bool_]

    def take(self, lines: npt.NDArray[np.int64]) -> "Columns":
        """Only these lines."""
        return Columns(
            verdict=self.verdict[lines],
            time_s=self.time_s[lines],
            confirmed=self.confirmed[lines],
            simulated=self.simulated[lines],
        )


def columns(records: Sequence[Record]) -> Columns:
    """Lay records out in columns."""
    return Columns(
        verdict=np.array([VERDICTS.index(r.verdict) for r in records], dtype=np.int8),
        time_s=np.array([r.response_s if r.problem is None else None for r in records], dtype=np.float64),
        confirmed=np.array([-1 if r.confirmed is None else r.confirmed for r in records], dtype=np.int8),
        simulated=np.array([r.simulated for r in records], dtype=np.bool_),
    )


def tally(group: Columns) -> Tally:
    """Count a group of records."""
    kept, missed, still_open, excluded = np.bincount(group.verdict, minlength=len(VERDICTS)).tolist()
    times_s = group.time_s[~np.isnan(group.time_s)]
    p50_s, p90_s = percentiles(times_s)
    return Tally(
        reported=len(group.verdict),
        kept=kept,
        missed=missed,
        open=still_open,
        excluded=excluded,
        timed=len(times_s),
        late=len(times_s) - kept,
        confirmed=int((group.confirmed == 1).sum()),
        unconfirmed=int((group.confirmed == 0).sum()),
        simulated=int(group.simulated.sum()),
        p50_s=p50_s,
        p90_s=p90_s,
    )


def tally_by(whole: Columns, keys: Iterable[str | None]) -> dict[str, Tally]:
    """Count records by group.

    Parameters
    ----------
    whole : Columns
    keys : iterable of str or None
        The group of each line.

    Returns
    -------
    dict
        Groups in order of name, the unknown last.
    """
    number: dict[str, int] = {}
    codes = np.array([number.setdefault(key or UNKNOWN, len(number)) for key in keys], dtype=np.int64)
    lines = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes, minlength=len(number)))[:-1])
    order = sorted(number, key=lambda name: (name == UNKNOWN, name))
    return {name: tally(whole.take(lines[number[name]])) for name in order}


def interval_stat(records: Sequence[Record], index: int) -> IntervalStat:
    """Percentiles of ``INTERVALS[index]`` over ``records``, and what is not in them."""
    given_s = np.array([r.legs_s[index] for r in records], dtype=np.float64)
    used = given_s >= 0
    if index == RESPONSE:
        used &= np.array([r.problem is None for r in records], dtype=np.bool_)
    missing = int(np.isnan(given_s).sum())
    p50_s, p90_s = percentiles(given_s[used])
    return IntervalStat(
        interval=INTERVALS[index],
        n=int(used.sum()),
        missing=missing,
        doubtful=len(records) - missing - int(used.sum()),
        zero=int((given_s[used] == 0).sum()),
        p50_s=p50_s,
        p90_s=p90_s,
    )


def percentiles(times_s: Sequence[float] | npt.NDArray[np.float64]) -> tuple[float | None, float | None]:
    """P50 and P90 in seconds; None where there is nothing to take them of."""
    if not len(times_s):
        return None, None
    p50_s, p90_s = np.quantile(np.asarray(times_s, dtype=np.float64), (0.5, 0.9))
    return float(p50_s), float(p90_s)

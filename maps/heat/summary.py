"""Incidents of one area in figures, by the rules of the audit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from dispatch.estimates import Estimate, percentile, rate, share_of
from dispatch.vocabulary import Verdict

THIN = 5  # fewer cases than this are shown in no figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is known of one group of incidents.

    Parameters
    ----------
    reported : int
        Accidents, each counted once: reports merged into another are not in it.
    kept, missed, open, excluded : int
        ``reported`` is their sum; ``excluded`` are surveys by video by consent.
    times_s : (timed,) float64
        Trusted response times in rising order.
    days : float
        Over which they were reported.
    """

    reported: int
    kept: int
    missed: int
    open: int
    excluded: int
    times_s: np.ndarray[tuple[int], np.dtype[np.float64]]
    days: float

    @property
    def judged(self) -> int:
        """Promises that are due."""
        return self.kept + self.missed

    @property
    def p50(self) -> Estimate:
        """Median response in seconds."""
        return percentile(self.times_s, 0.5)

    @property
    def p90(self) -> Estimate:
        """Response in seconds that nine of ten do not exceed."""
        return percentile(self.times_s, 0.9)

    @property
    def share_kept(self) -> Estimate:
        """Kept among those that are due."""
        return share_of(self.kept, self.judged)

    @property
    def share_missed(self) -> Estimate:
        """Missed among those that are due."""
        return share_of(self.missed, self.judged)

    @property
    def missed_daily(self) -> Estimate:
        """Missed a day."""
        return rate(self.missed, self.days)

    @property
    def daily(self) -> Estimate:
        """Accidents a day."""
        return rate(self.reported, self.days)


def summarise(rows: pl.DataFrame, days: float) -> Summary:
    """Sum up all rows of a table of `geo_data.stores.judged_store`."""
    return summarise_by(rows.with_columns(pl.lit("").alias("area")), days).get("") or _summary(
        (0, 0, 0, 0, 0, []), days
    )


def summarise_by(rows: pl.DataFrame, days: float) -> dict[str, Summary]:
    """Sum up by the column ``area``; rows without one, and merged reports, are left out."""
    verdict = pl.col("verdict")
    counts = [
        (verdict == v.value).sum().alias(v.value)
        for v in (Verdict.KEPT, Verdict.MISSED, Verdict.OPEN, Verdict.EXCLUDED)
    ]
    times = pl.col("response_s").drop_nulls().sort().alias("times_s")
    counted = rows.filter(~pl.col("merged") & pl.col("area").is_not_null())
    found = counted.group_by("area").agg(pl.len(), *counts, times).sort("area")
    return {area: _summary(line, days) for area, *line in found.iter_rows()}


def as_list(one: Estimate) -> list[float | None]:
    """An estimate as it travels, ``[value, low, high, n]``, each to four decimals."""
    return [None if x is None else round(x, 4) for x in (one.value, one.low, one.high)] + [one.n]


def _summary(line: Sequence[object], days: float) -> Summary:
    reported, kept, missed, pending, excluded, times_s = line
    return Summary(
        reported=int(reported),  # type: ignore[call-overload]
        kept=int(kept),  # type: ignore[call-overload]
        missed=int(missed),  # type: ignore[call-overload]
        open=int(pending),  # type: ignore[call-overload]
        excluded=int(excluded),  # type: ignore[call-overload]
        times_s=np.asarray(times_s, dtype=np.float64),
        days=days,
    )

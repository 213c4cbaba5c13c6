"""What is kept of a piece of the incidents: counts that add up, and from which the whole audit follows exactly.

Two tables. ``counts`` has incidents by group and verdict. ``seconds`` has times by group and whole second: how many, the
least and the greatest. Both are sums, minima and maxima, so pieces may be added in any order and in any nesting, with the
same bits. Where all times of a second are equal, as in logs kept to the second, a percentile follows at once; where not,
`within` fetches the few seconds that percentiles fall into. So the size goes with groups times seconds, not incidents.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from dispatch.audit import QUICK_S
from dispatch.record import RESPONSE
from dispatch.shares import UNKNOWN, VERDICTS
from dispatch.vocabulary import INTERVALS, Verdict

GROUPS = ("zone", "district", "hour", "tier")
FLAGS = ("quick", "by_video", "sent_later", "kept_by_capture", "doubted")
COUNT_KEYS = ("by", "name", "verdict", "confirmed", "simulated")
SECOND_KEYS = ("by", "name", "second")
ALL, PROBLEM, EXCLUDED, FLAG, LEG, MISSING, ZERO = "all", "problem", "excluded", "flag", "leg", "missing", "zero"
KEPT, MISSED, OPEN, LEFT_OUT = (
    VERDICTS.index(v) for v in (Verdict.KEPT, Verdict.MISSED, Verdict.OPEN, Verdict.EXCLUDED)
)


@dataclass(frozen=True, slots=True)
class Statistic:
    """Counts of some incidents.

    Attributes
    ----------
    counts : DataFrame
        `COUNT_KEYS`, ``n``, and ``first``, the least line number of them, which settles the order of equal counts.
    seconds : DataFrame
        `SECOND_KEYS`, ``n``, ``least`` and ``greatest`` time in seconds.
    """

    counts: pl.DataFrame
    seconds: pl.DataFrame


def statistic(judged: pl.DataFrame) -> Statistic:
    """Count a piece.

    Parameters
    ----------
    judged : DataFrame
        An incident a line: ``row`` (its line number in all), the names of `INTERVALS` (seconds), ``limit_s``, ``problem``,
        ``excluded``, `GROUPS` (texts), ``confirmed``, ``simulated``, ``by_video``, ``doubted`` (bool), ``received_s``.
        Null where a `Record` has None; no NaN.
    """
    lines = _with_verdicts(judged)
    counts = [_count(lines, by, pl.col(by)) for by in (ALL, *GROUPS)]
    counts += [_count(lines.filter(pl.col(by).is_not_null()), by, pl.col(by)) for by in (PROBLEM, EXCLUDED)]
    counts += [_count(lines.filter(pl.col(flag)), FLAG, pl.lit(flag)) for flag in FLAGS]
    seconds = [_by_second(lines, by, pl.col(by), pl.col("time_s")) for by in (ALL, *GROUPS)]
    for leg in (i.name for i in INTERVALS):
        used = _used(leg)
        counts.append(_count(lines.filter(pl.col(leg).is_null()), MISSING, pl.lit(leg)))
        counts.append(_count(lines.filter(used == 0), ZERO, pl.lit(leg)))
        seconds.append(_by_second(lines, LEG, pl.lit(leg), used))
    return Statistic(pl.concat(counts), pl.concat(seconds))


def added(parts: Iterable[Statistic]) -> Statistic:
    """Add pieces up; one or more. Any order and nesting gives the same."""
    every = list(parts)
    counts = pl.concat([p.counts for p in every]).group_by(COUNT_KEYS).agg(pl.sum("n"), pl.min("first"))
    seconds = pl.concat([p.seconds for p in every]).group_by(SECOND_KEYS)
    return Statistic(
        counts.sort(COUNT_KEYS), seconds.agg(pl.sum("n"), pl.min("least"), pl.max("greatest")).sort(SECOND_KEYS)
    )


def within(judged: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """All times of a piece in the seconds ``wanted`` (`SECOND_KEYS`): those and ``time_s``."""
    lines = _with_verdicts(judged)
    found = []
    for (by, name), part in wanted.partition_by(["by", "name"], as_dict=True).items():
        time_s = _used(name) if by == LEG else pl.col("time_s")
        group = pl.lit(True) if by == LEG else pl.col(by) == name
        timed = lines.filter(group).select(time_s=time_s).drop_nulls().with_columns(second=_second(pl.col("time_s")))
        found.append(part.select(SECOND_KEYS).join(timed, on="second"))
    return pl.concat(found)


def _with_verdicts(judged: pl.DataFrame) -> pl.DataFrame:
    """Add what `Record` derives: the verdict, the trusted response and the flags."""
    response, limit = pl.col(INTERVALS[RESPONSE].name), pl.col("limit_s")
    verdict = (
        pl.when(pl.col("excluded").is_not_null())
        .then(LEFT_OUT)
        .when(pl.col("problem").is_not_null())
        .then(MISSED)
        .when(response.is_null() | limit.is_null())
        .then(OPEN)
        .when(response <= limit)
        .then(KEPT)
        .otherwise(MISSED)
    )
    lines = judged.with_columns(
        pl.lit("").alias(ALL),
        *(_named(group) for group in GROUPS),
        verdict=verdict.cast(pl.Int8),
        time_s=pl.when(pl.col("problem").is_null()).then(response),
        sent_later=pl.col("received_s").is_not_null(),
    )
    kept = pl.col("verdict") == KEPT
    return lines.with_columns(
        quick=kept & (pl.col("time_s") < QUICK_S), kept_by_capture=kept & (pl.col("received_s") > limit)
    )


def _named(group: str) -> pl.Expr:
    return pl.when(pl.col(group) == "").then(None).otherwise(pl.col(group)).fill_null(UNKNOWN).alias(group)


def _used(leg: str) -> pl.Expr:
    """The values of an interval that are not doubtful, null elsewhere."""
    good = pl.col(leg) >= 0
    if leg == INTERVALS[RESPONSE].name:
        good &= pl.col("problem").is_null()
    return pl.when(good).then(pl.col(leg))


def _second(time_s: pl.Expr) -> pl.Expr:
    return time_s.floor().cast(pl.Int64)


def _count(lines: pl.DataFrame, by: str, name: pl.Expr) -> pl.DataFrame:
    keys = {"by": pl.lit(by), "name": name, **{key: pl.col(key) for key in COUNT_KEYS[2:]}}
    return (
        lines.select("row", **keys)
        .group_by(COUNT_KEYS)
        .agg(pl.len().cast(pl.Int64).alias("n"), pl.min("row").alias("first"))
    )


def _by_second(lines: pl.DataFrame, by: str, name: pl.Expr, time_s: pl.Expr) -> pl.DataFrame:
    timed = lines.select(by=pl.lit(by), name=name, time_s=time_s).drop_nulls("time_s")
    found = timed.with_columns(second=_second(pl.col("time_s"))).group_by(SECOND_KEYS)
    return found.agg(
        pl.len().cast(pl.Int64).alias("n"), pl.min("time_s").alias("least"), pl.max("time_s").alias("greatest")
    )

"""What is kept of a piece of the incidents: counts that add up, and from which the whole audit follows exactly.

Two tables. ``counts`` has incidents by group and verdict. ``seconds`` has times by group and whole second: how many, the
least and the greatest. Both are sums, minima and maxima, so pieces may be added in any order and in any nesting, with the
same bits. Where all times of a second are equal, as in logs kept to the second, a percentile follows at once; where not,
`within` fetches the few seconds that percentiles fall into. So the size goes with groups times seconds, not incidents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from dispatch.audit import QUICK_S
from dispatch.audit_rules import AuditRules
from dispatch.record import RESPONSE, Cause
from dispatch.shares import UNKNOWN, VERDICTS
from dispatch.vocabulary import INTERVALS, Verdict

GROUPS = ("zone", "district", "hour", "tier", "unit", "client", "day")
REASONS = ("problem", "excluded", "cancelled_late", "cause")
FLAGS = ("quick", "by_video", "sent_later", "kept_by_capture", "doubted")
LEGS = tuple(i.name for i in INTERVALS)
COUNT_KEYS = ("by", "name", "verdict", "confirmed", "simulated")
SECOND_KEYS = ("by", "name", "second")
ALL, MONTH, FLAG, EDIT = "all", "month", "flag", "edit"
LEG, MISSING, ZERO, WITHIN = "leg:", "missing:", "zero:", "within:"  # each followed by an interval; by zone
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
    names : DataFrame
        ``unit``, its ``unit_name`` and the line number, ``row``, of its last mention, which is the one that counts.
    """

    counts: pl.DataFrame
    seconds: pl.DataFrame
    names: pl.DataFrame


def statistic(judged: pl.DataFrame, rules: AuditRules) -> Statistic:
    """Count a piece.

    Parameters
    ----------
    judged : DataFrame
        An incident a line: ``row`` (its line number in all), `LEGS` (seconds), ``limit_s``, `REASONS` and `GROUPS` (texts),
        ``confirmed``, ``simulated``, ``by_video``, ``doubted`` (bool), ``received_s``, ``unit_name``, ``edits`` (list of texts).
        Null where a `Record` has None; no NaN.
    rules : AuditRules
        Targets of the legs.
    """
    lines = _with_verdicts(judged)
    counts = [_count(lines, by, pl.col(by)) for by in GROUPS]
    counts += [_count(lines.filter(pl.col(by).is_not_null()), by, pl.col(by)) for by in REASONS]
    counts += [_count(lines.filter(pl.col(flag)), FLAG, pl.lit(flag)) for flag in FLAGS]
    counts.append(_count(lines.explode("edits", empty_as_null=True).drop_nulls("edits"), EDIT, pl.col("edits")))
    seconds = [_by_second(lines, by, pl.col(by), pl.col("time_s")) for by in GROUPS]
    for leg in LEGS:
        used, target_s = _used(leg), rules.target_s(leg)
        counts.append(_count(lines.filter(pl.col(leg).is_null()), MISSING + leg, pl.col("zone")))
        counts.append(_count(lines.filter(used == 0), ZERO + leg, pl.col("zone")))
        if target_s is not None:
            counts.append(_count(lines.filter(used <= target_s), WITHIN + leg, pl.col("zone")))
        seconds.append(_by_second(lines, LEG + leg, pl.col("zone"), used))
    return Statistic(pl.concat(counts), pl.concat(seconds), _names(judged))


def added(parts: Iterable[Statistic]) -> Statistic:
    """Add pieces up; one or more. Any order and nesting gives the same."""
    every = list(parts)
    counts = pl.concat([p.counts for p in every]).group_by(COUNT_KEYS).agg(pl.sum("n"), pl.min("first"))
    seconds = pl.concat([p.seconds for p in every]).group_by(SECOND_KEYS)
    names = pl.concat([p.names for p in every]).sort("row").group_by("unit", maintain_order=True).last()
    return Statistic(
        counts.sort(COUNT_KEYS),
        seconds.agg(pl.sum("n"), pl.min("least"), pl.max("greatest")).sort(SECOND_KEYS),
        names.sort("unit"),
    )


def whole(total: Statistic) -> Statistic:
    """The same with what follows from its groups: `ALL` and the legs over all zones (both named ""), and the months."""
    legs = {LEG + leg: LEG + leg for leg in LEGS}
    parts = {"zone": (ALL, pl.lit("")), "day": (MONTH, pl.col("name").str.slice(0, 7))} | {
        by: (as_, pl.lit("")) for by, as_ in legs.items()
    }
    counts, seconds = (_regrouped(table, parts) for table in (total.counts, total.seconds))
    return added([total, Statistic(counts, seconds, total.names)])


def _regrouped(table: pl.DataFrame, parts: Mapping[str, tuple[str, pl.Expr]]) -> pl.DataFrame:
    return pl.concat(
        table.filter(pl.col("by") == by).with_columns(by=pl.lit(as_), name=name) for by, (as_, name) in parts.items()
    )


def within(judged: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """All times of a piece in the seconds ``wanted`` (`SECOND_KEYS`): those and ``time_s``."""
    lines = _with_verdicts(judged)
    found = []
    for (by, name), part in wanted.partition_by(["by", "name"], as_dict=True).items():
        time_s = _used(str(by).removeprefix(LEG)) if str(by).startswith(LEG) else pl.col("time_s")
        timed = lines.filter(_belongs(str(by), str(name))).select(time_s=time_s).drop_nulls()
        found.append(part.select(SECOND_KEYS).join(timed.with_columns(second=_second(pl.col("time_s"))), on="second"))
    return pl.concat(found)


def _belongs(by: str, name: str) -> pl.Expr:
    if name == "":
        return pl.lit(True)
    if by == MONTH:
        return pl.col("day").str.slice(0, 7) == name
    return pl.col("zone" if by.startswith(LEG) else by) == name


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
        *(_named(group) for group in GROUPS),
        verdict=verdict.cast(pl.Int8),
        time_s=pl.when(pl.col("problem").is_null()).then(response),
        sent_later=pl.col("received_s").is_not_null(),
    )
    kept = pl.col("verdict") == KEPT
    return lines.with_columns(
        quick=kept & (pl.col("time_s") < QUICK_S),
        kept_by_capture=kept & (pl.col("received_s") > limit),
        cause=pl.when(pl.col("verdict") == MISSED).then(pl.col("cause").fill_null(Cause.UNKNOWN.value)),
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


def _names(judged: pl.DataFrame) -> pl.DataFrame:
    named = judged.select("unit", "unit_name", "row").filter(pl.col("unit") != "", pl.col("unit_name") != "")
    return named.sort("row").group_by("unit", maintain_order=True).last()

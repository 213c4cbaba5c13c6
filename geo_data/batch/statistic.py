"""What is kept of a piece of the incidents: counts that add up, and from which the whole audit follows exactly.

Two tables. ``counts`` has incidents by group and verdict. ``seconds`` has times by group and whole second: how many, the
least and the greatest. Both are sums, minima and maxima, so pieces may be added in any order and in any nesting, with the
same bits. Where all times of a second are equal, as in logs kept to the second, a percentile follows at once; where not,
`within` fetches the few seconds that percentiles fall into. So the size goes with groups times seconds, not incidents.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from dispatch.auditing.audit import QUICK_S
from dispatch.auditing.record import RESPONSE, Cause
from dispatch.auditing.shares import UNKNOWN, VERDICTS
from dispatch.policy.audit_rules import AuditRules
from dispatch.track_matching import ArrivalEvidence
from dispatch.vocabulary import INTERVALS, Verdict

GROUPS = ("zone", "district", "hour", "tier", "unit", "client", "day")
REASONS = ("problem", "excluded", "cancelled_late", "cause")
FLAGS = ("quick", "by_video", "sent_later", "kept_by_capture", "doubted", "opposite", "kept_by_button", "kept_by_track")
LEGS = tuple(i.name for i in INTERVALS)
COUNT_KEYS = ("group", "verdict", "evidence", "simulated")
GROUP_BIT = 32  # a key is the group's number above this bit, the second below
SECOND = (1 << GROUP_BIT) - 1
ZERO_SECOND = 1 << (GROUP_BIT - 1)  # what is added to a second in a key, as a button can come before the track
ALL, MONTH, FLAG, EDIT, TRACK = "all", "month", "flag", "edit", "track"
LEG, MISSING, ZERO, WITHIN = "leg:", "missing:", "zero:", "within:"  # each followed by an interval; by zone
KEPT, MISSED, OPEN, LEFT_OUT = (
    VERDICTS.index(v) for v in (Verdict.KEPT, Verdict.MISSED, Verdict.OPEN, Verdict.EXCLUDED)
)


@dataclass(frozen=True, slots=True)
class Statistic:
    """Counts of some incidents.

    Attributes
    ----------
    groups : DataFrame
        ``by``, ``name`` and number, ``group``, of what is counted: numbers, because millions of keys are compared.
    counts : DataFrame
        `COUNT_KEYS`, ``n``, and ``first``, the least line number of them, which settles the order of equal counts.
    seconds : DataFrame
        ``key`` (group and whole second), ``n``, ``least`` and ``greatest`` time in seconds.
    names : DataFrame
        ``unit``, its ``unit_name`` and the line number, ``row``, of its last mention, which is the one that counts.
    """

    groups: pl.DataFrame
    counts: pl.DataFrame
    seconds: pl.DataFrame
    names: pl.DataFrame


def statistic(judged: pl.DataFrame, rules: AuditRules) -> Statistic:
    """Count a piece.

    Parameters
    ----------
    judged : DataFrame
        An incident a line: ``row`` (its line number in all), `LEGS` (seconds), ``limit_s``, `REASONS` and `GROUPS` (texts),
        ``evidence`` (text), ``simulated``, ``by_video``, ``doubted``, ``opposite`` (bool), ``received_s`` and ``track_s``,
        ``unit_name``, ``edits`` (list of texts).
        Null where a `Record` has None; no NaN.
    rules : AuditRules
        Targets of the legs.
    """
    lines = _with_verdicts(judged)
    book = _Book(lines)
    for by in GROUPS:
        book.count(by, lines[by])
        book.time(by, lines[by], lines["time_s"])
    for by in REASONS:
        book.count(by, lines[by])
    for flag in FLAGS:
        book.count(FLAG, lines.select(pl.when(pl.col(flag)).then(pl.lit(flag)).alias(flag)).to_series())
    for leg in LEGS:
        used, target_s = lines.select(_used(leg)).to_series(), rules.target_s(leg)
        book.count(MISSING + leg, lines["zone"], lines[leg].is_null())
        book.count(ZERO + leg, lines["zone"], used == 0)
        if target_s is not None:
            book.count(WITHIN + leg, lines["zone"], used <= target_s)
        book.time(LEG + leg, lines["zone"], used)
    book.time(TRACK, pl.Series(TRACK, [""] * len(lines), pl.String), lines["gap_s"])
    edits = lines.explode("edits", empty_as_null=True).drop_nulls("edits")
    more = _Book(edits, book.n)
    more.count(EDIT, edits["edits"])
    return Statistic(
        pl.concat([*book.groups, *more.groups]),
        pl.concat([*book.counts, *more.counts]),
        pl.concat(book.seconds),
        _names(judged),
    )


class _Book:
    """Counts lines by groups that it numbers as they come."""

    def __init__(self, lines: pl.DataFrame, first: int = 0) -> None:
        self.n = first
        self._keys = lines.select(*COUNT_KEYS[1:], "row")
        self.groups: list[pl.DataFrame] = []
        self.counts: list[pl.DataFrame] = []
        self.seconds: list[pl.DataFrame] = []
        self._known: dict[str, tuple[pl.Series, pl.Series]] = {}

    def count(self, by: str, names: pl.Series, only: pl.Series | None = None) -> None:
        """Count lines by name and verdict; lines without a name, or not in ``only``, are left out."""
        table = self._keys.with_columns(group=self._group(by, names))
        if only is not None:
            table = table.filter(only)
        found = table.drop_nulls("group").group_by(COUNT_KEYS)
        self.counts.append(found.agg(pl.len().cast(pl.Int64).alias("n"), pl.min("row").alias("first")))

    def time(self, by: str, names: pl.Series, time_s: pl.Series) -> None:
        """Count times by name and whole second."""
        table = pl.DataFrame({"group": self._group(by, names), "time_s": time_s}).drop_nulls()
        key = pl.col("group") * (1 << GROUP_BIT) + ZERO_SECOND + _second(pl.col("time_s"))
        found = table.select("time_s", key=key).group_by("key")
        self.seconds.append(
            found.agg(
                pl.len().cast(pl.Int64).alias("n"), pl.min("time_s").alias("least"), pl.max("time_s").alias("greatest")
            )
        )

    def _group(self, by: str, names: pl.Series) -> pl.Series:
        """The number of each line's group."""
        if names.name not in self._known:
            each = names.drop_nulls().unique()
            self._known[names.name] = (
                each,
                names.replace_strict(each, range(len(each)), default=None, return_dtype=pl.Int64),
            )
        each, code = self._known[names.name]
        self.groups.append(_numbered(by, each, self.n))
        self.n += len(each)
        return code + (self.n - len(each))


def _numbered(by: str, names: pl.Series, first: int) -> pl.DataFrame:
    numbers = pl.int_range(first, first + len(names), dtype=pl.Int64, eager=True)
    return pl.DataFrame({"by": [by] * len(names), "name": names, "group": numbers}, schema=GROUP_SCHEMA)


GROUP_SCHEMA = {"by": pl.String, "name": pl.String, "group": pl.Int64}


def added(parts: Iterable[Statistic]) -> Statistic:
    """Add pieces up; one or more. Any order and nesting gives the same."""
    every = list(parts)
    each = pl.concat([p.groups.select("by", "name") for p in every]).unique().sort("by", "name")
    groups = each.with_columns(group=pl.int_range(pl.len(), dtype=pl.Int64))
    counts, seconds = zip(*(_renumbered(p, groups) for p in every), strict=True)
    names = pl.concat([p.names for p in every]).sort("row").group_by("unit", maintain_order=True).last()
    counted = pl.concat(counts).group_by(COUNT_KEYS).agg(pl.sum("n"), pl.min("first"))
    timed = pl.concat(seconds).group_by("key").agg(pl.sum("n"), pl.min("least"), pl.max("greatest"))
    return Statistic(groups, counted.sort(COUNT_KEYS), timed.sort("key"), names.sort("unit"))


def _renumbered(part: Statistic, groups: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Counts and seconds with the numbers of ``groups``."""
    pairs = part.groups.join(groups, on=["by", "name"], suffix="_new")
    number = np.zeros(int(part.groups["group"].max() or 0) + 1, dtype=np.int64)  # type: ignore[arg-type]
    number[pairs["group"].to_numpy()] = pairs["group_new"].to_numpy()
    key = part.seconds["key"].to_numpy()
    renewed = (number[key >> GROUP_BIT] << GROUP_BIT) + (key & SECOND)
    return (
        part.counts.with_columns(group=pl.Series(number[part.counts["group"].to_numpy()])).select(part.counts.columns),
        part.seconds.with_columns(key=pl.Series(renewed)).select(part.seconds.columns),
    )


def whole(total: Statistic) -> Statistic:
    """The same with what follows from its groups: `ALL` and the legs over all zones (both named ""), and the months."""
    by, name = pl.col("by"), pl.col("name")
    legs = by.str.starts_with(LEG)
    wider = total.groups.filter(by.is_in(["zone", "day"]) | legs).with_columns(
        by=by.replace({"zone": ALL, "day": MONTH}),
        name=pl.when(by == "day").then(name.str.slice(0, 7)).otherwise(pl.lit("")),
    )
    numbers = wider["group"].implode()
    widened = Statistic(
        wider,
        total.counts.filter(pl.col("group").is_in(numbers)),
        total.seconds.filter((pl.col("key") // (1 << GROUP_BIT)).is_in(numbers)),
        total.names,
    )
    return added([total, widened])


def within(judged: pl.DataFrame, wanted: pl.DataFrame) -> pl.DataFrame:
    """All times of a piece in the seconds ``wanted`` (``by``, ``name``, ``second``): those and ``time_s``."""
    lines = _with_verdicts(judged)
    found = []
    for (by,), part in wanted.partition_by(["by"], as_dict=True).items():
        time_s = (
            _used(str(by).removeprefix(LEG))
            if str(by).startswith(LEG)
            else pl.col("gap_s" if by == TRACK else "time_s")
        )
        timed = lines.select(own=_name_of(str(by)), time_s=time_s).drop_nulls("time_s")
        timed = timed.with_columns(second=_second(pl.col("time_s")))
        for all_of_them in (False, True):
            asked = part.filter((pl.col("name") == "") == all_of_them)
            keys = {"on": "second"} if all_of_them else {"left_on": ["name", "second"], "right_on": ["own", "second"]}
            found.append(asked.join(timed, **keys).select("by", "name", "second", "time_s"))
    return pl.concat(found)


def _name_of(by: str) -> pl.Expr:
    if by == MONTH:
        return pl.col("day").str.slice(0, 7)
    return pl.lit("") if by in (ALL, TRACK) else pl.col("zone" if by.startswith(LEG) else by)


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
    kept, confirmed = pl.col("verdict") == KEPT, pl.col("evidence") == ArrivalEvidence.CONFIRMED.value
    told = confirmed & limit.is_not_null()
    lines = lines.with_columns(gap_s=pl.when(told).then(pl.col("time_s") - pl.col("track_s")))
    both = pl.col("gap_s").is_not_null()
    return lines.with_columns(
        opposite=pl.col("opposite") & pl.col("evidence").is_not_null(),
        kept_by_button=both & kept,
        kept_by_track=both & (pl.col("track_s") <= limit),
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


def _names(judged: pl.DataFrame) -> pl.DataFrame:
    named = judged.select("unit", "unit_name", "row").filter(pl.col("unit") != "", pl.col("unit_name") != "")
    return named.sort("row").group_by("unit", maintain_order=True).last()

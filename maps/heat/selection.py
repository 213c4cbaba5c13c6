"""Which incidents a map or a table speaks of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from dispatch.days import bounds, midnight
from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Tier, Zone

MOST_DAYS = 366
ALL_DAY = (0, 24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A period and what else narrows it.

    Parameters
    ----------
    since, until : date
        First and last Guangzhou day, both included; up to `MOST_DAYS`.
    hours : (int, int)
        Hours of report from the first up to the second; (22, 6) goes over midnight, (0, 24) is the whole day.
    tier : Tier, optional
    zone : Zone, optional

    Raises
    ------
    InvalidInput
        For a period or a band of hours that cannot be.
    """

    since: date
    until: date
    hours: tuple[int, int] = ALL_DAY
    tier: Tier | None = None
    zone: Zone | None = None

    def __post_init__(self) -> None:
        bounds(self.since, self.until)  # a period that cannot be is refused
        if self.days > MOST_DAYS:
            raise InvalidInput(
                f"时段为 {self.days} 天,最长 {MOST_DAYS} 天:请缩短。(At most {MOST_DAYS} days: choose fewer.)"
            )
        first, last = self.hours
        if not 0 <= first <= 23 or not 1 <= last <= 24 or first == last:
            raise InvalidInput("钟点写成 7-9:开始 0 至 23,结束 1 至 24,两者不同。(Write hours as 7-9.)")

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.until - self.since).days + 1

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The period as moments, the second left out."""
        first, last = midnight(self.since), midnight(self.until + timedelta(days=1))
        return first.astimezone(UTC), last.astimezone(UTC)

    def exposure_days(self, now: datetime) -> float:
        """Days of the period that have passed, for rates; at least an hour of one."""
        since, until = self.bounds
        return max((min(until, now) - since).total_seconds(), 3600.0) / 86_400

    @property
    def before(self) -> "Selection":
        """The period of the same length just before this one."""
        until = self.since - timedelta(days=1)
        since = until - timedelta(days=self.days - 1)
        return Selection(since=since, until=until, hours=self.hours, tier=self.tier, zone=self.zone)

    def of(self, table: pl.DataFrame) -> pl.DataFrame:
        """The rows of a period's table that it speaks of: those of its hours, tier and zone."""
        keep = pl.lit(value=True)
        first, last = self.hours
        if self.hours != ALL_DAY:
            hour = pl.col("hour")
            keep = (hour >= first) & (hour < last) if first < last else (hour >= first) | (hour < last)
        if self.tier is not None:
            keep &= pl.col("tier") == self.tier.value
        if self.zone is not None:
            keep &= pl.col("zone") == self.zone.value
        return table.filter(keep)

    @property
    def words(self) -> str:
        """The filters in Chinese; 全部 where there is none."""
        first, last = self.hours
        parts = [f"{first:02d}–{last:02d} 时报案"] if self.hours != ALL_DAY else []
        parts += [self.tier.label] if self.tier else []
        parts += [self.zone.label] if self.zone else []
        return "、".join(parts) or "全部"


def provenance(selection: Selection, rows: pl.DataFrame, now: datetime) -> dict[str, Any]:
    """What a figure rests on, to go with it wherever it goes: plain values."""
    counted = rows.filter(~pl.col("merged"))
    return {
        "since": selection.since.isoformat(),
        "until": selection.until.isoformat(),
        "filters": selection.words,
        "n": len(counted),
        "merged": len(rows) - len(counted),
        "simulated": int(counted["simulated"].sum()),
        "policy_version": "、".join(sorted(counted["policy_version"].drop_nulls().unique())) or "无",
        "generated_at": now.astimezone(GUANGZHOU_TIME).replace(microsecond=0).isoformat(),
        "interval": "95%",
    }


def numbers(column: pl.Series) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A column as numbers, NaN where unknown."""
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()

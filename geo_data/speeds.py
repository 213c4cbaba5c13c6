"""How fast roads are at each hour, as a share of free flow.

The figures are from speeds on 214 anonymous Guangzhou roads, August–September 2016 (43 weekdays, 14 weekend days, 3 days
of the Mid-Autumn holiday), rebuilt from a published low-rank model of the set, about 94 % of its variance: the median
over roads and days of the hour's speed against the road's own free flow (95th percentile of its speeds).

One ratio serves every class of road: the roads are anonymous, and among them faster roads lose only little more at peak
than slower ones (Spearman -0.20 at 18:00, n = 214), so a split by class would be invented.
"""

from datetime import datetime
from enum import StrEnum

from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME


class DayKind(StrEnum):
    """Days that differ in traffic."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


# Index is the hour of the day in Guangzhou.
# fmt: off
RATIO_TO_FREE_FLOW: dict[DayKind, tuple[float, ...]] = {
    DayKind.WEEKDAY: (
        0.942, 0.962, 0.978, 0.984, 0.984, 0.981, 0.971, 0.845, 0.744, 0.726, 0.714, 0.736,
        0.789, 0.801, 0.722, 0.676, 0.666, 0.620, 0.569, 0.686, 0.756, 0.775, 0.823, 0.898,
    ),
    DayKind.WEEKEND: (
        0.929, 0.954, 0.975, 0.984, 0.987, 0.987, 0.985, 0.941, 0.877, 0.812, 0.757, 0.751,
        0.781, 0.787, 0.725, 0.692, 0.692, 0.690, 0.691, 0.746, 0.755, 0.765, 0.815, 0.893,
    ),
    DayKind.HOLIDAY: (
        0.955, 0.974, 0.994, 1.000, 1.004, 1.003, 1.000, 0.957, 0.907, 0.854, 0.807, 0.812,
        0.847, 0.839, 0.796, 0.781, 0.787, 0.783, 0.809, 0.828, 0.808, 0.806, 0.860, 0.924,
    ),
}
# fmt: on


def day_kind(now: datetime) -> DayKind:
    """Kind of day at ``now`` in Guangzhou: Monday to Friday are weekdays; public holidays are not known yet.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    return DayKind.WEEKEND if _local(now).weekday() >= 5 else DayKind.WEEKDAY


def speed_ratio(now: datetime) -> float:
    """Speed as a share of free flow in the hour of ``now``; a step at each full hour, no interpolation.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    return RATIO_TO_FREE_FLOW[day_kind(now)][_local(now).hour]


def metric_name(now: datetime) -> str:
    """Name of the weights that hold at ``now``: day kind and hour, e.g. ``weekday-18``.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    return f"{day_kind(now)}-{_local(now).hour:02d}"


def _local(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise InvalidInput("A moment without a time zone is ambiguous: give it with its UTC offset, e.g. +08:00.")
    return now.astimezone(GUANGZHOU_TIME)

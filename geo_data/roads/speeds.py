"""How fast roads are at each hour, as a share of free flow, and how much that scatters.

The figures are from speeds on 214 anonymous Guangzhou roads, August–September 2016 (43 weekdays, 14 weekend days, 3 days
of the Mid-Autumn holiday), rebuilt from a published low-rank model of the set, about 94 % of its variance: the median
over roads and days of the hour's speed against the road's own free flow (95th percentile of its speeds).

One ratio serves every class of road: the roads are anonymous, and among them faster roads lose only little more at peak
than slower ones (Spearman -0.20 at 18:00, n = 214), so a split by class would be invented.

The spread is the standard deviation of the logarithm of the hour's speed on one road from day to day, the residual of the
model added back (without it the spread is too small: the model smooths). These are means of links over ten minutes, not
single trips: what drivers, lights and the choice of the way add is not in them and has to be assumed; `dispatch.arrival` does.
"""

from datetime import datetime

from geo_data.day_kinds import DayKind, day_kind, guangzhou_clock

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

# Column sigma_log_within_road_incl_residual of the same source.
LOG_SD: dict[DayKind, tuple[float, ...]] = {
    DayKind.WEEKDAY: (
        0.068, 0.066, 0.064, 0.062, 0.064, 0.062, 0.063, 0.086, 0.107, 0.108, 0.115, 0.115,
        0.100, 0.090, 0.113, 0.141, 0.152, 0.163, 0.188, 0.147, 0.106, 0.101, 0.092, 0.073,
    ),
    DayKind.WEEKEND: (
        0.067, 0.067, 0.061, 0.060, 0.061, 0.061, 0.063, 0.066, 0.074, 0.086, 0.112, 0.117,
        0.107, 0.103, 0.135, 0.153, 0.157, 0.151, 0.156, 0.113, 0.094, 0.093, 0.086, 0.072,
    ),
    DayKind.HOLIDAY: (
        0.069, 0.063, 0.060, 0.059, 0.059, 0.059, 0.059, 0.062, 0.065, 0.071, 0.083, 0.082,
        0.076, 0.103, 0.085, 0.096, 0.096, 0.089, 0.102, 0.088, 0.083, 0.081, 0.070, 0.064,
    ),
}
# fmt: on


def speed_ratio(now: datetime) -> float:
    """Speed as a share of free flow in the hour of ``now``; a step at each full hour, no interpolation.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    return RATIO_TO_FREE_FLOW[day_kind(now)][guangzhou_clock(now).hour]


def speed_log_sd(now: datetime) -> float:
    """Standard deviation of the logarithm of a road's speed in the hour of ``now``, from one such day to another.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    return LOG_SD[day_kind(now)][guangzhou_clock(now).hour]


def metric_name(now: datetime) -> str:
    """Name of the weights that hold at ``now``: day kind and hour, e.g. ``weekday-18``.

    Raises
    ------
    InvalidInput
        When ``now`` has no time zone.
    """
    return f"{day_kind(now)}-{guangzhou_clock(now).hour:02d}"

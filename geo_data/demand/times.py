"""When accidents are reported (模拟): by hour, weekday and weather, with good and bad days.

Shapes are those of the injury accidents of São Paulo in 2014 (city traffic company, CC0; 23,474 of 23,547 with a usable
time): the share of each hour, weekdays and weekends apart, and the accidents of each weekday against the mean day. They
stand in for Guangzhou, where no such file is open. Counts there scatter more than chance (Poisson) alone allows: beside
the shape the variance of a day's rate is 0.022 of its squared mean, that of an hour's 0.026. Weather makes a part of that
here, a gamma factor for each day the rest.
"""

from datetime import date, datetime
from functools import cached_property
from random import Random

from geo_data.day_kinds import DayKind, day_kind, guangzhou_clock
from geo_data.demand.weather import (
    DEMAND_FACTOR,
    RAIN_DAYS,
    SPEED_FACTOR,
    TYPHOON_DAYS,
    YEAR_DAYS,
    Weather,
    mean_demand_factor,
    weather_of,
)

# Thousandths of the day's accidents in each hour, 0 to 23.
# fmt: off
HOUR_SHARE: dict[DayKind, tuple[int, ...]] = {
    DayKind.WEEKDAY: (18, 14, 11, 8, 9, 21, 46, 73, 63, 51, 47, 47, 52, 56, 52, 51, 53, 58, 71, 59, 42, 33, 34, 31),
    DayKind.WEEKEND: (41, 38, 29, 23, 35, 37, 41, 45, 30, 30, 36, 38, 40, 45, 39, 47, 44, 50, 55, 54, 58, 49, 47, 49),
}
# fmt: on
WEEKDAY_LEVEL = (1.023, 1.010, 0.969, 0.980, 1.143, 1.012, 0.863)  # Monday to Sunday, against the mean day
SUNDAY = 6
DAY_VARIANCE = 0.022  # of the rate, against its squared mean


class Rate:
    """Reports an hour at a moment; a step at each full hour.

    Parameters
    ----------
    mean_per_h : float
        Over a year.
    seed : int
        The same seed has the same weather and the same bad days.
    """

    def __init__(self, mean_per_h: float, seed: int) -> None:
        self.mean_per_h = mean_per_h
        self.seed = seed

    def __call__(self, at: datetime) -> float:
        """Reports an hour at ``at``; raises `InvalidInput` when it has no time zone."""
        now = guangzhou_clock(at)
        weather = DEMAND_FACTOR[weather_of(now.date(), self.seed)] / mean_demand_factor()
        return self.mean_per_h * shape(at) * weather * self._luck(now.date())

    def _luck(self, day: date) -> float:
        """How good or bad the day is: a gamma variable of mean 1."""
        return Random(f"{self.seed}/day/{day.isoformat()}").gammavariate(1 / self._left, self._left)

    @cached_property
    def _left(self) -> float:
        """What weather leaves of the day's variance."""
        return (1 + DAY_VARIANCE) / (1 + weather_variance()) - 1


def shape(at: datetime) -> float:
    """Rate at ``at`` against the mean of the week, weather and luck apart; a public holiday goes by Sunday (assumed)."""
    now, kind = guangzhou_clock(at), day_kind(at)
    level = WEEKDAY_LEVEL[SUNDAY if kind is DayKind.HOLIDAY else now.weekday()]
    hours = HOUR_SHARE[DayKind.WEEKDAY if kind is DayKind.WEEKDAY else DayKind.WEEKEND]
    return level * hours[now.hour] * len(hours) / sum(hours)


def speed_factor(at: datetime, seed: int) -> float:
    """Speeds of the simulated day against a dry one."""
    return SPEED_FACTOR[weather_of(guangzhou_clock(at).date(), seed)]


def weather_variance() -> float:
    """Variance of the demand factor of weather over a year, against its squared mean."""
    shares = {Weather.RAIN: sum(RAIN_DAYS) / YEAR_DAYS, Weather.TYPHOON: sum(TYPHOON_DAYS) / YEAR_DAYS}
    shares[Weather.DRY] = 1 - sum(shares.values())
    mean = mean_demand_factor()
    return sum(share * (DEMAND_FACTOR[weather] / mean - 1) ** 2 for weather, share in shares.items())

"""Simulated weather (模拟): one kind of weather a day in Guangzhou, drawn from the month, the same for the same seed.

Days with rain by month are the city's climate normals of 1981 to 2010 (0.1 mm or more), rounded: about 150 a year, most
from April to September. Typhoon days, and what weather does to accidents and speeds, are assumptions: a rainy day rains for
some hours only, so the factors lie well below those of falling rain (crashes +71 %: L. Qiu and W. A. Nixon, "Effects of
adverse weather on traffic crashes", Transportation Research Record 2055, 2008; motorway speeds -2 to -16 %: US Federal
Highway Administration, Road Weather Management). Days are drawn one by one: wet spells are no longer than chance makes them.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from random import Random


class Weather(StrEnum):
    """What a simulated day is like."""

    DRY = "dry"
    RAIN = "rain"
    TYPHOON = "typhoon"


RAIN_DAYS = (8, 11, 15, 16, 18, 18, 16, 17, 12, 7, 6, 5)  # January to December
TYPHOON_DAYS = (0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 0.6, 0.9, 0.9, 0.3, 0.0, 0.0)  # assumption: three days a year
DEMAND_FACTOR: Mapping[Weather, float] = {Weather.DRY: 1.0, Weather.RAIN: 1.15, Weather.TYPHOON: 1.6}
SPEED_FACTOR: Mapping[Weather, float] = {Weather.DRY: 1.0, Weather.RAIN: 0.92, Weather.TYPHOON: 0.75}
MONTH_DAYS = (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
YEAR_DAYS = sum(MONTH_DAYS)


def weather_of(day: date, seed: int) -> Weather:
    """Weather of a simulated day."""
    draw = Random(f"{seed}/weather/{day.isoformat()}").random() * MONTH_DAYS[day.month - 1]
    if draw < TYPHOON_DAYS[day.month - 1]:
        return Weather.TYPHOON
    return Weather.RAIN if draw < TYPHOON_DAYS[day.month - 1] + RAIN_DAYS[day.month - 1] else Weather.DRY


def mean_demand_factor() -> float:
    """Demand factor of the mean day of a year."""
    rain, typhoon = sum(RAIN_DAYS) / YEAR_DAYS, sum(TYPHOON_DAYS) / YEAR_DAYS
    extra = rain * (DEMAND_FACTOR[Weather.RAIN] - 1) + typhoon * (DEMAND_FACTOR[Weather.TYPHOON] - 1)
    return DEMAND_FACTOR[Weather.DRY] + extra

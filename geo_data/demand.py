"""Simulated callers (模拟): where and when accidents are reported, and in which words.

The hours follow the 23,547 injury accidents of São Paulo in 2014 (city traffic company, CC0): the share of each hour
of the day, weekdays and weekends together. Places are drawn from the named junctions and places of Guangzhou, nearer
the centre more often. The words are made up.
"""

from collections.abc import Sequence
from datetime import datetime
from math import exp
from random import Random

from dispatch.location import Position, distance_m
from dispatch.report import Report
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import Channel
from geo_data.builtin.places import Place

# Share of the day's accidents in each hour, 0 to 23, in thousandths; see the module's docstring.
HOUR_SHARE = (24, 20, 16, 12, 16, 26, 45, 65, 54, 46, 44, 45, 49, 53, 49, 50, 51, 56, 67, 57, 47, 37, 37, 36)

CENTRE = Position(113.30, 23.12)
TYPICAL_REACH_M = 16_000.0  # places this far from the centre are drawn e times less often
LEAST_WEIGHT = 0.04

EVENTS = (
    "两车追尾,无人受伤",
    "小车与货车剐蹭,车辆可行驶",
    "三车连环追尾,一人受伤",
    "环卫车倒车碰到护栏",
    "小车撞上隔离墩,车辆无法行驶",
    "电动车与小车碰撞,骑车人受伤",
    "变道剐蹭,双方争执",
    "雨天打滑撞树,无人受伤",
    "停车场出口擦碰",
)


class CallerWords:
    """Draws simulated reports.

    Parameters
    ----------
    places : sequence of Place
        What callers name; at least one.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = list(places)
        self._weights = [_weight(p.position) for p in self._places]

    def __call__(self, random: Random, at: datetime) -> Report:
        """One caller's report, labelled as simulated."""
        place = random.choices(self._places, self._weights)[0]
        where = place.name if place.name.startswith(place.district) else f"{place.district}{place.name}"
        text = f"{where}附近,{random.choice(EVENTS)}"
        plate = "粤A" + "".join(random.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=5))
        return Report(text=text, received_at=at, channel=Channel.SIMULATION, plate=plate, simulated=True)


def hourly_rate(mean_per_h: float, at: datetime) -> float:
    """Reports an hour at ``at`` when the day's mean is ``mean_per_h``."""
    share = HOUR_SHARE[at.astimezone(GUANGZHOU_TIME).hour]
    return mean_per_h * share * len(HOUR_SHARE) / sum(HOUR_SHARE)


def _weight(position: Position) -> float:
    return max(LEAST_WEIGHT, exp(-distance_m(position, CENTRE) / TYPICAL_REACH_M))

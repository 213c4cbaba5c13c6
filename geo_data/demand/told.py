"""Callers of bulk simulations (模拟): the desk is told a place that is off by a drawn error, with its radius, and no words.

Understanding words takes milliseconds and is measured elsewhere (docs/geocoding.md). Here the place told lies off the true
one in a random direction by a Rayleigh distance, of which nine tenths are within the stated radius; how often which
radius is stated is an **assumption** (`RADII_M`).
"""

from bisect import bisect
from collections.abc import Mapping
from datetime import datetime
from itertools import accumulate
from math import cos, log, pi, sin, sqrt
from random import Random
from types import MappingProxyType

from dispatch.arrival import RAYLEIGH_P90
from dispatch.location import Location, NotLocated, Position
from dispatch.report import Report
from dispatch.simulation.calls import Call
from dispatch.vocabulary import Channel, Confidence, MatchCode
from geo_data.demand.spots import Spots
from geo_data.roads.plane import M_PER_LAT, M_PER_LON

RADII_M: Mapping[float, float] = MappingProxyType({60.0: 0.55, 200.0: 0.28, 600.0: 0.13, 2000.0: 0.04})
SURE_M, DOUBTFUL_M = 100.0, 500.0
EVENTS = ("两车追尾,无人受伤", "小车剐蹭,车辆可行驶", "变道剐蹭", "小车撞上隔离墩", "停车场出口擦碰", "骑车人受伤")


class ToldPlaces:
    """Draws calls from the spots of a network.

    Parameters
    ----------
    spots : Spots
    """

    def __init__(self, spots: Spots) -> None:
        self._until = list(accumulate(spots.weight.tolist()))
        self._scenes = [Position(lon, lat) for lon, lat in zip(spots.lon.tolist(), spots.lat.tolist(), strict=True)]
        self._districts = spots.district.tolist()
        self._radii, self._radius_until = list(RADII_M), list(accumulate(RADII_M.values()))

    def __call__(self, random: Random, at: datetime) -> Call:
        """One call; always six numbers are drawn."""
        spot = min(bisect(self._until, random.random()), len(self._until) - 1)
        radius_m = self._radii[min(bisect(self._radius_until, random.random()), len(self._radii) - 1)]
        off_m = radius_m / RAYLEIGH_P90 * sqrt(-2 * log(1 - random.random()))
        turn, event = 2 * pi * random.random(), EVENTS[int(random.random() * len(EVENTS))]
        scene = self._scenes[spot]
        told = Position(scene.lon + off_m * cos(turn) / M_PER_LON, scene.lat + off_m * sin(turn) / M_PER_LAT)
        report = Report(
            text=f"{self._districts[spot]}:{event}",
            received_at=at,
            channel=Channel.SIMULATION,
            position=told,
            position_accuracy_m=radius_m,
            plate=f"粤A{int(random.random() * 100_000):05d}",
            simulated=True,
        )
        return Call(report, scene)


def told_place(
    text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None
) -> Location | NotLocated:
    """A `dispatch.ports.Geocode` that takes the caller's point and radius as they are; the district leads the words."""
    if hint is None or hint_accuracy_m is None:
        return NotLocated("没有位置。(No place was told.)")
    sure = Confidence.HIGH if hint_accuracy_m <= SURE_M else Confidence.MEDIUM
    return Location(
        position=hint,
        match_code=MatchCode.GOOD if hint_accuracy_m <= DOUBTFUL_M else MatchCode.UP_HIERARCHY,
        confidence=sure if hint_accuracy_m <= DOUBTFUL_M else Confidence.LOW,
        uncertainty_m=hint_accuracy_m,
        matched_text="模拟地点",
        district=text.partition(":")[0] or None,
    )

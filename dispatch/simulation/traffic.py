"""The traffic the desk does not know (模拟): by how much longer a trip takes than the desk's road time.

Five parts, multiplied: the weather; a factor of the whole city that wanders from hour to hour (autoregressive in the
logarithm); a field of slower and quicker parts of the city, another each day; luck of the single trip, which is log-logistic
and now and then meets a jam. The desk's own forecasts are lognormal: the shape differs on purpose, no rule is to be
measured on its own assumptions. All sizes are **assumptions**: the first three scatter a trip about as much as road speeds
scatter from day to day in Guangzhou (`geo_data.roads.speeds`), with the luck a trip scatters about as widely as `dispatch.arrival`
holds it to. Closed roads are roads around a point: who would drive past it while they are closed makes a detour, which the
desk reckons with from the moment it is told.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from math import cos, exp, pi, sqrt
from typing import NamedTuple

import numpy as np

from dispatch.location import Position
from dispatch.ports import TravelTimes, TravelTimesFrom, TravelTimesTo
from dispatch.simulation.closures import M_PER_LAT, M_PER_LON, Closure
from dispatch.simulation.draws import Draws
from dispatch.unit import GUANGZHOU_TIME

CITY_LOG_SD = 0.09
CITY_MEMORY = 0.8  # correlation from one hour to the next
FIELD_LOG_SD = 0.10
FIELD_WAVES = 12  # as many cosines of random direction make a smooth field with a bell-shaped correlation
FIELD_REACH_M = 4000.0
TRIP_SHAPE = 7.5  # of the log-logistic luck: its logarithm scatters by pi / sqrt(3) / shape = 0.24
P_JAM = 0.05
JAM_LEAST, JAM_MORE = 1.25, 0.45  # a jam makes the trip so much longer at least, and so much more on average


class Trip(NamedTuple):
    """A drive of one unit for one incident.

    Parameters
    ----------
    told_s : float
        The desk's road seconds, as it knew the roads at ``told_at``.
    told_at, at : datetime
        ``at`` is when the drive begins.
    origin, scene : Position
    incident_id, unit_id : str
    """

    told_s: float
    told_at: datetime
    at: datetime
    origin: Position
    scene: Position
    incident_id: str
    unit_id: str


class Traffic:
    """Hidden traffic by seed; the same trips for every rule that is tried.

    Parameters
    ----------
    seed : int
    speed_factor : callable
        Speeds at a moment against those of a dry day, above 0.
    closures : callable
        The closures of a day (in Guangzhou).
    """

    def __init__(
        self,
        seed: int,
        speed_factor: Callable[[datetime], float] = lambda _: 1.0,
        closures: Callable[[date], Sequence[Closure]] = lambda _: (),
    ) -> None:
        self._draws = Draws(seed)
        self._speed_factor = speed_factor
        self._closures = closures
        self._hour = lru_cache(maxsize=64)(self._of_hour)
        self._day = lru_cache(maxsize=4)(self._of_day)

    def trip_s(self, trip: Trip) -> float:
        """Seconds a trip really takes."""
        number = int(trip.at.timestamp()) // 3600
        road_s = trip.told_s - self.detour_s(trip.origin, trip.scene, trip.told_at, told=True)
        slow = self._hour(number) * self._slow(number, trip.origin, trip.scene)
        luck = self.luck(trip.incident_id, trip.unit_id)
        return road_s * slow * luck + self.detour_s(trip.origin, trip.scene, trip.at)

    def detour_s(self, origin: Position, scene: Position, at: datetime, *, told: bool = False) -> float:
        """Seconds of detour around what is closed at ``at``; with ``told`` only what the desk knows of."""
        here = [c for c in self._closures(_day_of(at)) if (c.told_at if told else c.begins_at) <= at < c.ends_at]
        return sum((c.detour_s for c in here if bool(c.met_by([origin], scene)[0])), 0.0)

    def told(self, travel_times: TravelTimesTo) -> TravelTimesTo:
        """The desk's travel times with the closures it has been told of."""

        def times(origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
            found = travel_times(origins, destination, now)
            for c in self._told_at(now):
                if origins:
                    found.seconds[:] += np.where(c.met_by(origins, destination), c.detour_s, 0.0)
            return found

        return times

    def told_onward(self, onward: TravelTimesFrom) -> TravelTimesFrom:
        """The desk's travel times from a scene to the shops, with the same closures."""

        def times(origin: Position, destinations: Sequence[Position], now: datetime) -> TravelTimes:
            found = onward(origin, destinations, now)
            for c in self._told_at(now):
                found.seconds[:] += np.where(c.met_by(destinations, origin), c.detour_s, 0.0)
            return found

        return times

    def _told_at(self, now: datetime) -> list[Closure]:
        """The closures that the desk knows of and that hold."""
        return [c for c in self._closures(_day_of(now)) if c.told_at <= now < c.ends_at]

    def _of_hour(self, number: int) -> float:
        """Factor of weather and city: log x(h) = memory * log x(h-1) + noise, begun anew each day."""
        day, hour = divmod(number + 8, 24)
        noise = [self._draws.normal("city", day, h) for h in range(hour + 1)]
        state = noise[0]
        for step in noise[1:]:
            state = CITY_MEMORY * state + sqrt(1 - CITY_MEMORY**2) * step
        weather = self._speed_factor(datetime.fromtimestamp(number * 3600, GUANGZHOU_TIME))
        return exp(CITY_LOG_SD * state) / weather

    def _of_day(self, day: int) -> list[tuple[float, float, float]]:
        """The waves of a day: radians a degree of longitude and of latitude, and phase."""
        d = self._draws
        return [
            (
                d.normal("wave-x", day, k) * M_PER_LON / FIELD_REACH_M,
                d.normal("wave-y", day, k) * M_PER_LAT / FIELD_REACH_M,
                2 * pi * d.uniform("phase", day, k),
            )
            for k in range(FIELD_WAVES)
        ]

    def _slow(self, number: int, origin: Position, scene: Position) -> float:
        """The field where the trip is half-way (random Fourier features: A. Rahimi and B. Recht, NIPS 2007)."""
        lon, lat = (origin.lon + scene.lon) / 2, (origin.lat + scene.lat) / 2
        height = sum(cos(x * lon + y * lat + phase) for x, y, phase in self._day((number + 8) // 24))
        return exp(FIELD_LOG_SD * sqrt(2 / FIELD_WAVES) * height)

    def luck(self, incident_id: str, unit_id: str) -> float:
        """By how much longer a trip takes than others at its time and place."""
        draw = self._draws.uniform("trip", incident_id, unit_id)
        luck = float((draw / (1 - draw)) ** (1 / TRIP_SHAPE))
        if self._draws.uniform("jam", incident_id, unit_id) < P_JAM:
            luck *= JAM_LEAST + self._draws.exponential(JAM_MORE, "jammed", incident_id, unit_id)
        return luck


def _day_of(at: datetime) -> date:
    return at.astimezone(GUANGZHOU_TIME).date()

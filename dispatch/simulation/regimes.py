"""Hidden traffic of another form (模拟), for tests of what was learned under, or assumes, the usual one.

Where `dispatch.simulation.traffic` multiplies lognormal and log-logistic factors, here a city in two regimes switches between
flowing and congested; a day is good or bad as a whole (gamma); queues behind incidents grow and melt on lines through the
city, and whoever crosses one waits, which **adds** time and hits all who cross it together; lights add an exponential wait; quick roads
(expressways) suffer more from congestion; the luck of a trip is gamma. All sizes are **assumptions**, made once and not
fitted to anything: they let a trip scatter about as widely as under the usual traffic.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from math import exp, hypot
from typing import NamedTuple

from scipy.special import gammaincinv

from dispatch.location import Position
from dispatch.simulation.closures import M_PER_LAT, M_PER_LON
from dispatch.simulation.traffic import Traffic, Trip
from dispatch.unit import GUANGZHOU_TIME

HALF_HOURS = 48
DAY_SHAPE, LUCK_SHAPE = 80.0, 22.0  # of gamma variables of mean 1: their sd is 0.11 and 0.21
LEVEL = 1.04  # the network's seconds are a little short all day …
CONGESTED, PER_PACE = 1.22, 0.25  # … in a congested half hour by so much more, and more or less so by the pace
P_JOIN, P_LEAVE = (0.06, 0.22), (0.35, 0.15)  # to and from congestion in a half hour: off peak, at peak
PEAKS = frozenset({7, 8, 9, 17, 18, 19})
QUEUES_A_DAY, QUEUE_MIN, QUEUE_WAIT_S, QUEUE_REACH_M = 30, 50.0, 210.0, 1800.0
LIGHTS_S = 35.0
CENTRE = Position(113.30, 23.12)
SPREAD_M = 13_000.0
USUAL_MPS = 7.0


class Queue(NamedTuple):
    """Stopped traffic around a point: it grows to the middle of its time and melts after."""

    at: Position
    begins_at: datetime
    lasts_s: float
    worst_s: float

    def wait_s(self, origin: Position, scene: Position, now: datetime) -> float:
        """Seconds that a trip waits which passes it at ``now``."""
        share = (now - self.begins_at).total_seconds() / self.lasts_s
        if not 0 <= share <= 1 or _away_m(self.at, origin, scene) > QUEUE_REACH_M:
            return 0.0
        return self.worst_s * (1 - abs(2 * share - 1))


class RegimeTraffic(Traffic):
    """`Traffic` in another form; closures and what the desk is told of them are the same."""

    def trip_s(self, trip: Trip) -> float:
        """Seconds a trip really takes."""
        day = int(trip.at.timestamp() + 8 * 3600) // 86_400
        road_s = trip.told_s - self.detour_s(trip.origin, trip.scene, trip.told_at, told=True)
        pace = _metres(trip.origin, trip.scene) / max(road_s, 1.0) / USUAL_MPS
        slow = LEVEL * self._whole_day(day) / self._speed_factor(trip.at)
        local = trip.at.astimezone(GUANGZHOU_TIME)
        if self._regimes(day)[local.hour * 2 + local.minute // 30]:
            slow *= CONGESTED * min(max(pace, 0.5), 2.0) ** PER_PACE
        waits_s = sum(q.wait_s(trip.origin, trip.scene, trip.at) for q in self._queues(day))
        waits_s += self._draws.exponential(LIGHTS_S, "lights", trip.incident_id, trip.unit_id)
        waits_s += self.detour_s(trip.origin, trip.scene, trip.at)
        return road_s * slow * self.luck(trip.incident_id, trip.unit_id) + waits_s

    def luck(self, incident_id: str, unit_id: str) -> float:
        """By how much longer a trip takes than others at its time and place: gamma, of mean 1."""
        return _gamma(self._draws.uniform("regime-trip", incident_id, unit_id), LUCK_SHAPE)

    def _whole_day(self, day: int) -> float:
        return _gamma(self._draws.uniform("regime-day", day), DAY_SHAPE)

    @lru_cache(maxsize=8)  # noqa: B019  (as many days as are played at once)
    def _regimes(self, day: int) -> tuple[bool, ...]:
        """Whether the city is congested, by half hour: a chain of two states, other odds at peak."""
        found, congested = [], False
        for half_hour in range(HALF_HOURS):
            peak = half_hour // 2 in PEAKS
            draw = self._draws.uniform("regime", day, half_hour)
            congested = draw >= P_LEAVE[peak] if congested else draw < P_JOIN[peak]
            found.append(congested)
        return tuple(found)

    @lru_cache(maxsize=8)  # noqa: B019
    def _queues(self, day: int) -> tuple[Queue, ...]:
        d, midnight = self._draws, datetime.fromtimestamp(day * 86_400 - 8 * 3600, GUANGZHOU_TIME)
        return tuple(
            Queue(
                Position(
                    CENTRE.lon + SPREAD_M * d.normal("queue-x", day, k) / M_PER_LON,
                    CENTRE.lat + SPREAD_M * d.normal("queue-y", day, k) / M_PER_LAT,
                ),
                midnight + timedelta(hours=5 + 18 * d.uniform("queue-at", day, k)),
                60 * QUEUE_MIN * exp(0.5 * d.normal("queue-lasts", day, k)),
                d.exponential(QUEUE_WAIT_S, "queue-wait", day, k),
            )
            for k in range(QUEUES_A_DAY)
        )


def _gamma(p: float, shape: float) -> float:
    return float(gammaincinv(shape, p)) / shape


def _metres(a: Position, b: Position) -> float:
    return hypot((a.lon - b.lon) * M_PER_LON, (a.lat - b.lat) * M_PER_LAT)


def _away_m(point: Position, a: Position, b: Position) -> float:
    """Metres from a point to the straight line between two others."""
    ax, ay = (a.lon - point.lon) * M_PER_LON, (a.lat - point.lat) * M_PER_LAT
    dx, dy = (b.lon - a.lon) * M_PER_LON, (b.lat - a.lat) * M_PER_LAT
    length2 = dx * dx + dy * dy
    share = min(max(-(ax * dx + ay * dy) / length2, 0.0), 1.0) if length2 else 0.0
    return hypot(ax + share * dx, ay + share * dy)

"""Travel times for the live desk: through the change of hours, with scenarios for the nearest units."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from dispatch.location import Position
from dispatch.ports import TravelTable, TravelTimes
from geo_data.known_places import KnownPlaces
from geo_data.roads.network import Floats
from geo_data.roads.routing import ACCESS_MPS, Router
from geo_data.roads.speeds import speed_log_sd, speed_ratio
from geo_data.roads.time_dependent import driving_s
from geo_data.scenarios import SCENARIOS, Scenarios, sizes_of

MOST_UNITS = 5  # the nearest; farther ones are forecast without scenarios


class TripTimes:
    """A `dispatch.ports.TravelTimesTo`, and with `between` a `dispatch.ports.TravelTimesBetween`.

    Parameters
    ----------
    router : Router
    scenarios : Scenarios
        Of the router's network.
    places : KnownPlaces, optional
        Shared with others who ask for the same units.
    """

    def __init__(self, router: Router, scenarios: Scenarios, places: KnownPlaces | None = None) -> None:
        self._router = router
        self._scenarios = scenarios
        self._places = places or KnownPlaces()

    def __call__(self, origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
        """Travel seconds of every origin when leaving at ``now``; scenarios for the `MOST_UNITS` nearest."""
        start, end = self._places.snap(self._router, origins), self._router.snap([destination])
        times = self._router.travel_times(start, end, now)
        access_s, free_flow_s = _parts(times.seconds, start.offset_m + end.offset_m, now)
        seconds = driving_s(free_flow_s, now) + access_s
        rows = np.argsort(seconds, kind="stable")[: min(MOST_UNITS, int(np.isfinite(times.seconds).sum()))]
        sizes = sizes_of(speed_log_sd(now))
        scenario_s = np.full((len(seconds), SCENARIOS), np.nan)
        factors = self._scenarios.factors(self._router.ways(start.take(rows), end), sizes)
        scenario_s[rows] = driving_s(free_flow_s[rows, None] * factors, now) + access_s[rows, None]
        return replace(times, seconds=seconds, scenario_s=scenario_s, scenario_log_sd=sizes.typical_trip)

    def between(self, origins: Sequence[Position], destinations: Sequence[Position], now: datetime) -> TravelTable:
        """Travel seconds of every origin to every destination when leaving at ``now``; without scenarios."""
        start, end = self._places.snap(self._router, origins), self._router.snap(destinations)
        matrix_s = self._router.matrix(start, end, now)
        access_s, free_flow_s = _parts(matrix_s, start.offset_m[:, None] + end.offset_m, now)
        seconds = driving_s(free_flow_s, now) + access_s
        return TravelTable(seconds, self._router.metric(now).name, speed_log_sd(now))


def _parts(seconds: Floats, offset_m: Floats, now: datetime) -> tuple[Floats, Floats]:
    """Seconds off the network, which no hour changes, and those on it in free flow; inf where no road leads."""
    access_s = np.where(np.isfinite(seconds), offset_m, 0.0) / ACCESS_MPS
    return access_s, np.maximum(seconds - access_s, 0.0) * speed_ratio(now)

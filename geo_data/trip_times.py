"""Travel times for the live desk: through the change of hours, with scenarios for the nearest units."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from dispatch.location import Position
from dispatch.ports import TravelTimes
from geo_data.routing import ACCESS_MPS, Router
from geo_data.scenarios import SCENARIOS, Scenarios, sizes_of
from geo_data.speeds import speed_log_sd, speed_ratio
from geo_data.time_dependent import driving_s

MOST_UNITS = 20  # the nearest; farther ones are forecast without scenarios


class TripTimes:
    """A `dispatch.ports.TravelTimesTo`.

    Parameters
    ----------
    router : Router
    scenarios : Scenarios
        Of the router's network.
    """

    def __init__(self, router: Router, scenarios: Scenarios) -> None:
        self._router = router
        self._scenarios = scenarios

    def __call__(self, origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
        """Travel seconds of every origin when leaving at ``now``; scenarios for the `MOST_UNITS` nearest."""
        start, end = self._router.snap(origins), self._router.snap([destination])
        times = self._router.travel_times(start, end, now)
        reached = np.isfinite(times.seconds)
        access_s = np.where(reached, start.offset_m + end.offset_m, 0.0) / ACCESS_MPS
        free_flow_s = np.maximum(times.seconds - access_s, 0.0) * speed_ratio(now)
        seconds = driving_s(free_flow_s, now) + access_s
        rows = np.argsort(seconds, kind="stable")[: min(MOST_UNITS, int(reached.sum()))]
        sizes = sizes_of(speed_log_sd(now))
        scenario_s = np.full((len(seconds), SCENARIOS), np.nan)
        factors = self._scenarios.factors(self._router.ways(start.take(rows), end), sizes)
        scenario_s[rows] = driving_s(free_flow_s[rows, None] * factors, now) + access_s[rows, None]
        return replace(times, seconds=seconds, scenario_s=scenario_s, scenario_log_sd=sizes.typical_trip)

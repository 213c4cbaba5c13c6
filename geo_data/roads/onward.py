"""Travel times from one place to many, through the change of hours: from an accident to the repair shops."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from dispatch.location import Position
from dispatch.ports import TravelTimes
from geo_data.roads.routing import ACCESS_MPS, Router
from geo_data.roads.speeds import speed_log_sd, speed_ratio
from geo_data.roads.time_dependent import driving_s


class OnwardTimes:
    """A `dispatch.ports.TravelTimesFrom`: one search answers for all destinations.

    Parameters
    ----------
    router : Router
    """

    def __init__(self, router: Router) -> None:
        self._router = router

    def __call__(self, origin: Position, destinations: Sequence[Position], now: datetime) -> TravelTimes:
        """Travel seconds to every destination when leaving at ``now``; inf where no road leads."""
        start, end = self._router.snap([origin]), self._router.snap(destinations)
        seconds = self._router.matrix(start, end, now)[0]
        reached = np.isfinite(seconds)
        access_s = np.where(reached, start.offset_m + end.offset_m, 0.0) / ACCESS_MPS
        free_flow_s = np.maximum(seconds - access_s, 0.0) * speed_ratio(now)
        return TravelTimes(driving_s(free_flow_s, now) + access_s, self._router.metric(now).name, speed_log_sd(now))

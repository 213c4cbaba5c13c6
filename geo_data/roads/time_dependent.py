"""Driving through the change of hours: how long a way takes when the roads grow slower or faster on it.

All roads keep the same share of free flow in an hour, so the fastest way does not depend on the hour and what is left
of a way is one number: the seconds it would take in free flow. They are driven off at the ratio of the hour, even
part-way along an edge. So nobody overtakes by leaving later (first in, first out), and waiting never helps.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from geo_data.roads.directions import Route
from geo_data.roads.network import Floats
from geo_data.roads.speeds import speed_ratio

HOUR_S = 3600.0


@dataclass(frozen=True, eq=False, slots=True)
class Drive:
    """A route as it is driven when leaving at one moment.

    Parameters
    ----------
    arrive_at : datetime
        In the time zone of the departure.
    seconds : float
    edge_s : (j,) float64
        Seconds on each edge of the route.
    """

    arrive_at: datetime
    seconds: float
    edge_s: Floats


def driving_s(free_flow_s: npt.ArrayLike, departure: datetime) -> Floats:
    """Seconds on the road when leaving at ``departure``.

    Parameters
    ----------
    free_flow_s : array
        Seconds the ways take in free flow, 0 or more; inf stays inf.
    departure : datetime
        Aware.

    Raises
    ------
    InvalidInput
        When ``departure`` has no time zone.
    """
    work_s = np.asarray(free_flow_s, dtype=np.float64)
    reached = np.isfinite(work_s)
    longest_s = float(np.max(work_s, where=reached, initial=0.0))
    spent_s, done_s = [0.0], [0.0]
    at = departure
    while done_s[-1] < longest_s or len(done_s) == 1:
        left_s = HOUR_S - (at.timestamp() % HOUR_S)  # hours of Guangzhou begin with those of UTC
        done_s.append(done_s[-1] + left_s * speed_ratio(at))
        spent_s.append(spent_s[-1] + left_s)
        at += timedelta(seconds=left_s)
    return np.where(reached, np.interp(np.where(reached, work_s, 0.0), done_s, spent_s), np.inf)


def drive(route: Route, planned_at: datetime, departure: datetime) -> Drive:
    """Drive a route edge by edge; the time off the network, which no hour changes, is counted last.

    Parameters
    ----------
    route : Route
    planned_at : datetime
        The moment `Router.route` was asked for.
    departure : datetime
    """
    road_s = max(0.0, route.seconds - route.access_s)
    behind_s = np.concatenate([[0.0], np.cumsum(route.edge_s)]) * speed_ratio(planned_at)
    passed_s = driving_s([*behind_s, road_s * speed_ratio(planned_at)], departure)
    seconds = float(passed_s[-1]) + route.access_s
    return Drive(departure + timedelta(seconds=seconds), seconds, np.diff(passed_s[:-1]))

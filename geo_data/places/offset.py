"""往东200米: from the named place along the named road, else straight."""

from collections.abc import Iterable

import numpy as np

from geo_data.places.carriageway import BEARING_DEG
from geo_data.places.road_index import STEP_M, RoadShape
from geo_data.roads.plane import Points

LEAST_SHARE, MOST_SHARE = 0.6, 1.1  # of the metres told lie between the ends as the crow flies, on a road that bends
ASTRAY_SHARE = 0.7  # a road that leads elsewhere is not the one meant
UNSURE_SHARE = 0.3  # people guess metres


def moved(point: Points, metres: float, way: str, roads: Iterable[RoadShape]) -> Points:
    """Where one comes to.

    Parameters
    ----------
    point : (2,) array
        Metres in the plane.
    metres : float
    way : str
        One of eight, e.g. ``东北``.
    roads : iterable of RoadShape
        Those named; undrawn ones do not help.
    """
    bearing = np.radians(BEARING_DEG[way])
    target = point + metres * np.array([np.sin(bearing), np.cos(bearing)])
    points = np.concatenate([np.empty((0, 2)), *(road.points for road in roads if road.drawn)])
    away = np.hypot(*(points - point).T)
    points = points[(away >= LEAST_SHARE * metres) & (away <= MOST_SHARE * metres)]
    astray = np.hypot(*(points - target).T)
    if len(points) == 0 or astray.min() > ASTRAY_SHARE * metres:
        return target
    # One of eight ways is told, the metres are told better: so the road as far off as told, where it leads that way.
    far_enough = np.abs(np.hypot(*(points - point).T) - metres) <= STEP_M
    some = far_enough if (astray[far_enough] <= ASTRAY_SHARE * metres).any() else np.ones(len(points), dtype=np.bool_)
    return np.asarray(points[some][astray[some].argmin()])

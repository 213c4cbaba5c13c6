"""A road drawn in the plane, with the places along it where it may meet others."""

from dataclasses import dataclass, field

import numpy as np
from shapely import LineString

from geo_data.builtin.curves import smooth
from geo_data.builtin.roads import Road
from geo_data.roads.plane import Points, to_plane


@dataclass(frozen=True, slots=True)
class Knot:
    """A place on a course that may be shared: ``at_m`` metres from its start, known to all roads as ``key``."""

    at_m: float
    key: str


@dataclass
class Course:
    """A road, its line in metres (see `geo_data.roads.plane`) and its knots in order."""

    road: Road
    line: LineString
    knots: list[Knot] = field(default_factory=list)

    @property
    def is_ring(self) -> bool:
        """Whether it ends where it starts."""
        return self.road.waypoints[0].key == self.road.waypoints[-1].key

    def add(self, at_m: float, key: str) -> None:
        """Add a knot and keep the order."""
        self.knots.append(Knot(at_m, key))
        self.knots.sort(key=lambda knot: (knot.at_m, knot.key))


def draw(road: Road) -> Course:
    """Draw a road through its waypoints; every waypoint is a knot."""
    corners = to_plane([w.position.lon for w in road.waypoints], [w.position.lat for w in road.waypoints])
    spans = smooth(corners)
    points = np.vstack([*spans, corners[-1:]])
    at_m = np.concatenate([[0.0], np.cumsum(_lengths(points))])
    first = np.cumsum([0, *(len(span) for span in spans)])
    knots = [Knot(float(at_m[i]), w.key) for i, w in zip(first, road.waypoints, strict=True)]
    return Course(road, LineString(points), knots)


def _lengths(points: Points) -> Points:
    return np.asarray(np.linalg.norm(np.diff(points, axis=0), axis=1))

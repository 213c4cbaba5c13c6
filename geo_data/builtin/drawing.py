"""Nodes and edges given in plane metres, collected for the compiler, with bridges and tunnels marked."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString

from geo_data.builtin.roads import STRUCTURES, Road
from geo_data.builtin.water import water_in_plane
from geo_data.network import BRIDGE, RAMP, TUNNEL
from geo_data.plane import Points, position_of
from geo_data.road_edges import RoadEdges, RoadEdgesBuilder

RAMP_KPH = 40.0
WET_M = 20.0  # an edge that has more than this over water is a bridge, or a tunnel


@dataclass
class Drawing:
    """A `RoadEdgesBuilder` that speaks metres."""

    _builder: RoadEdgesBuilder = field(default_factory=RoadEdgesBuilder)
    _points: list[Points] = field(default_factory=list)

    def node(self, point: Points) -> int:
        """Add a node at a (2,) point and return its number."""
        self._points.append(point)
        return self._builder.node(position_of(point))

    def at(self, node: int) -> Points:
        """Where a node is."""
        return self._points[node]

    def edge(
        self,
        tail: int,
        head: int,
        points: Sequence[Points] | Points,
        road: Road,
        *,
        flags: int = 0,
        oneway: bool = True,
    ) -> None:
        """Add an edge of ``road`` through the (k, 2) ``points`` between its end nodes."""
        whole = np.vstack([self._points[tail], *points, self._points[head]])
        self._builder.edge(
            tail,
            head,
            [position_of(point) for point in points],
            road_class=road.road_class,
            speed_kph=road.speed_kph,
            name=road.name,
            ref=road.ref,
            flags=flags | STRUCTURES[road.structure] | _over_water(whole, road),
            lanes=road.lanes,
            oneway=oneway,
        )

    def ramp(self, tail: int, head: int, points: Points, road: Road, name: str) -> None:
        """Add a one-lane ramp that belongs to ``road`` and is called ``name``."""
        course = [position_of(point) for point in points]
        self._builder.edge(
            tail, head, course, road_class=road.road_class, speed_kph=RAMP_KPH, name=name, flags=RAMP, lanes=1
        )

    def build(self) -> RoadEdges:
        """Return all edges so far."""
        return self._builder.build()


def _over_water(points: Points, road: Road) -> int:
    line = LineString(points)
    if not shapely.intersects(water_in_plane(), line):
        return 0
    if line.intersection(water_in_plane()).length < WET_M:
        return 0
    return TUNNEL if road.structure == "tunnel" else BRIDGE

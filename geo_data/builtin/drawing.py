"""Nodes and edges given in plane metres, collected for the compiler, with bridges and tunnels marked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Point

from geo_data.builtin.curves import part
from geo_data.builtin.roads import STRUCTURES, Road
from geo_data.builtin.water import water_in_plane
from geo_data.roads.network import BRIDGE, RAMP, TUNNEL
from geo_data.roads.plane import Points, position_of
from geo_data.roads.road_edges import RoadEdges, RoadEdgesBuilder

RAMP_KPH = 40.0
WET_M = 20.0  # a stretch over water longer than this is a bridge, or in a tunnel
SHORTEST_M = 1.0


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
        """Add ``road`` from node to node through the (k, 2) ``points``, cut where it leaves and reaches the banks."""
        pieces = _at_the_banks(np.vstack([self._points[tail], *points, self._points[head]]))
        nodes = [tail, *(self.node(piece[-1]) for piece, _ in pieces[:-1]), head]
        for (piece, wet), (a, b) in zip(pieces, pairwise(nodes), strict=True):
            over = (TUNNEL if road.structure == "tunnel" else BRIDGE) if wet else STRUCTURES[road.structure]
            self._builder.edge(
                a,
                b,
                [position_of(point) for point in piece[1:-1]],
                road_class=road.road_class,
                speed_kph=road.speed_kph,
                name=road.name,
                ref=road.ref,
                flags=flags | over,
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


def _at_the_banks(points: Points) -> list[tuple[Points, bool]]:
    """Split a polyline where it crosses a bank: (points, whether over water), in order."""
    line = LineString(points)
    if not shapely.intersects(water_in_plane(), line):
        return [(points, False)]
    spans = sorted(
        (line.project(Point(wet.coords[0])), line.project(Point(wet.coords[-1])))
        for wet in shapely.get_parts(line.intersection(water_in_plane()))
        if wet.length > WET_M
    )
    cuts = [0.0, *(at_m for span in spans for at_m in sorted(span)), line.length]
    pieces = [(part(line, a, b), i % 2 == 1) for i, (a, b) in enumerate(pairwise(cuts)) if b - a > SHORTEST_M]
    return pieces or [(points, False)]

"""The road meant among those that lie at one spot: above or below, main or side, tunnel, ramp. No model of heights.

A network tells class, bridge, tunnel, ramp and name of an edge; that is enough to choose by, and where it is not the
point stays where it is.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely

from geo_data.places.carriageway import Edges, apart_deg, bearing_of
from geo_data.places.levels import RAMPS, Level
from geo_data.roads.network import BRIDGE, GENERATED, RAMP, ROAD_CLASSES, TUNNEL, Network
from geo_data.roads.plane import Points, to_plane

REACH_M, RAMP_REACH_M = 250.0, 800.0
AT_ONE_SPOT_M = 60.0
AHEAD_DEG = 90.0
LAST_FAST = ROAD_CLASSES.index("trunk")
SIDE_NAME = "辅"

Mask = npt.NDArray[np.bool_]


class RoadLevels:
    """Chooses by level among the edges of a network.

    Parameters
    ----------
    network : Network
        Streets made by rule are left out: where they run is no fact.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        known = (network.edge_origin == np.arange(network.n_edges)) & (network.flags & GENERATED == 0)
        self._edges = np.flatnonzero(known)
        self._row = np.full(network.n_edges, -1)
        self._row[self._edges] = np.arange(len(self._edges))
        ends = [end[self._edges] for end in (network.tail, network.head)]
        self._tail, self._head = (network.node_origin[end] for end in ends)
        spots = [to_plane(network.node_lon[end], network.node_lat[end]) for end in ends]
        self._low, self._high = np.minimum(*spots), np.maximum(*spots)
        self._class, flags = network.road_class[self._edges], network.flags[self._edges]
        self._bridge, self._tunnel, self._ramp = ((flags & flag) > 0 for flag in (BRIDGE, TUNNEL, RAMP))
        side = np.array([SIDE_NAME in name for name in network.names] + [False])
        self._side = side[network.name[self._edges]]
        self._fast = (self._class <= LAST_FAST) & ~self._ramp & ~self._tunnel
        self._ground = ~self._fast & ~self._bridge & ~self._tunnel & ~self._ramp

    def point(self, level: Level, named: Edges, point: Points, bearing: float | None) -> Points | None:
        """The nearest point on the road of that ``level``; None where the network has none near.

        Parameters
        ----------
        level : Level
        named : (k,) int64
            Edges of the roads that were named.
        point : (2,) array
            Metres in the plane.
        bearing : float or None
            Degrees from north that traffic heads for.
        """
        reach = RAMP_REACH_M if level in RAMPS else REACH_M
        near = self._near(point, reach)
        said = near & np.isin(self._edges, named)
        for tier in self._tiers(level, near, said):
            if (found := self._nearest(tier, point, bearing, reach)) is not None:
                return found
        return None

    def open_levels(self, named: Edges, point: Points) -> str:
        """The choice between levels that is open where the ``named`` roads lie at ``point``; empty where none is.

        A fast road or a bridge and a street that share no node there cross at two heights.
        """
        said = self._beside(self._row[named][self._row[named] >= 0], point)
        above = said[self._fast[said] | (self._bridge[said] & ~self._ramp[said])]
        below = said[self._ground[said]]
        if len(above) and len(below):
            return "" if self._share_a_node(above, below) else f"{Level.ABOVE}还是{Level.BELOW}"
        side = self._beside(np.flatnonzero(self._side), point) if len(said) else said
        return f"{Level.MAIN}还是{Level.SIDE}" if len(side) else ""

    def _beside(self, rows: Edges, point: Points) -> Edges:
        low, high = self._low[rows] - AT_ONE_SPOT_M, self._high[rows] + AT_ONE_SPOT_M
        return rows[((point >= low) & (point <= high)).all(axis=1)]

    def _tiers(self, level: Level, near: Mask, said: Mask) -> Iterator[Mask]:
        """Edges that may be meant, the likeliest set first."""
        if level in RAMPS:
            yield from self._ramps(level, near, said)
        elif level is Level.TUNNEL:
            yield from (said & self._tunnel, near & self._tunnel)
        elif level is Level.ABOVE:
            yield from (some & kind for some in (said, near) for kind in (self._bridge & ~self._ramp, self._fast))
        elif level is Level.BELOW:
            yield from (said & self._ground, near & self._ground)
        elif level is Level.SIDE:
            yield near & self._side
            yield said & (self._class > self._class[said].min(initial=255)) & self._ground
            if (said & self._fast).any():
                yield near & self._ground
        else:
            main = said & ~self._side & ~self._ramp
            yield main & (self._class == self._class[main].min(initial=255))

    def _ramps(self, level: Level, near: Mask, said: Mask) -> Iterator[Mask]:
        """A way out begins on the road that was named, a way in ends there."""
        on_it = np.unique(np.concatenate([self._tail[said & ~self._ramp], self._head[said & ~self._ramp]]))
        if level is not Level.ENTRANCE:
            yield near & self._ramp & np.isin(self._tail, on_it)
        if level is not Level.EXIT:
            yield near & self._ramp & np.isin(self._head, on_it)
        yield near & self._ramp

    def _near(self, point: Points, reach: float) -> Mask:
        return np.asarray(((point >= self._low - reach) & (point <= self._high + reach)).all(axis=1))

    def _share_a_node(self, above: Edges, below: Edges) -> bool:
        ours, theirs = (np.concatenate([self._tail[some], self._head[some]]) for some in (above, below))
        return bool(np.isin(ours, theirs).any())

    def _nearest(self, some: Mask, point: Points, bearing: float | None, reach: float) -> Points | None:
        lines = [to_plane(*self._network.edge_points(int(edge)).T) for edge in self._edges[some]]
        if bearing is not None:
            ahead = [line for line in lines if apart_deg(bearing_of(line), bearing) <= AHEAD_DEG]
            lines = ahead or lines
        if not lines:
            return None
        here = shapely.Point(point)
        nearest = min((shapely.LineString(line) for line in lines), key=here.distance)
        if here.distance(nearest) > reach:
            return None
        found = nearest.interpolate(nearest.project(here))
        return np.array([found.x, found.y])

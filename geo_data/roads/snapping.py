"""From a position to the place on the road network where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from dispatch.location import EARTH_RADIUS_M, Position
from geo_data.roads.derived import twin_of
from geo_data.roads.network import Floats, Ints, Network

TOO_FAR_M = 2_000.0
AT_JUNCTION_M = 1.0  # nearer to the end of an edge than this is at the junction itself


@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Snapped:
    """Places on the network, one entry per position.

    Parameters
    ----------
    edge : (k,) int32
        Base edge; -1 where no road is near enough.
    twin : (k,) int32
        The same carriageway in the other direction; -1 where the edge is one-way.
    fraction : (k,) float64
        Share of ``edge`` that lies behind, from tail to head; exactly 0 or 1 at a junction.
    offset_m : (k,) float64
        Distance from the position to that place; inf where no road is near enough.
    """

    edge: Ints
    twin: Ints
    fraction: Floats
    offset_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, rows: npt.ArrayLike) -> "Snapped":
        """Some of the places, in the order of ``rows``."""
        some = np.asarray(rows, dtype=np.int64)
        return Snapped(self.edge[some], self.twin[some], self.fraction[some], self.offset_m[some])


class EdgeIndex:
    """Spatial index over the base edges of a network; immutable, safe to share between threads.

    Distances are taken in a plane with longitudes shrunk by the cosine of the network's middle latitude: good to 0.5 %
    over the 150 km of a city like Guangzhou.

    Parameters
    ----------
    network : Network
        Two-way roads are indexed once, under the lower of their two edges.
    """

    def __init__(self, network: Network) -> None:
        self.twin = twin_of(network)
        base = np.flatnonzero(network.edge_origin == np.arange(network.n_edges))
        mate = self.twin[base]
        one_of_each_pair = (base < mate) & (self.twin[mate] == base)  # parallel twins of one shape count once
        self._edge = base[(mate < 0) | one_of_each_pair].astype(np.int32)
        middle = np.radians((network.point_lat.min() + network.point_lat.max()) / 2)
        self._scale = EARTH_RADIUS_M * np.radians(1) * np.array([np.cos(middle), 1.0])
        self._lines = self._drawn(network)
        self._tree = shapely.STRtree(self._lines, node_capacity=4)  # half the time of the default of 10

    def _drawn(self, network: Network) -> npt.NDArray[np.object_]:
        first = network.first_point[self._edge]
        count = network.first_point[self._edge + 1] - first
        owner = np.repeat(np.arange(len(self._edge)), count)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        point = first[owner] + within
        plane = self.plane(np.column_stack([network.point_lon[point], network.point_lat[point]]))
        return np.asarray(shapely.linestrings(plane, indices=owner))

    def plane(self, lonlat: Floats) -> Floats:
        """Metres east and north for an array (k, 2) of longitudes and latitudes."""
        return np.asarray(lonlat * self._scale)

    def snap(self, positions: Sequence[Position], *, max_m: float = TOO_FAR_M) -> Snapped:
        """Nearest place on the network for each position.

        Parameters
        ----------
        positions : sequence of Position
        max_m : float
            Beyond this many metres a position is marked as off the network (edge -1, offset inf).
        """
        lonlat = np.array([(p.lon, p.lat) for p in positions], dtype=np.float64).reshape(-1, 2)
        points = np.asarray(shapely.points(self.plane(lonlat)))
        line = self._tree.nearest(points)  # twice as fast as `query_nearest` with a limit
        offset_m = shapely.distance(self._lines[line], points)
        near = offset_m <= max_m
        edge = np.where(near, self._edge[line], np.int32(-1))
        return Snapped(
            edge=edge,
            twin=np.where(near, self.twin[edge], np.int32(-1)),
            fraction=np.where(near, _fractions(self._lines[line], points), 0.0),
            offset_m=np.where(near, offset_m, np.inf),
        )

    def around(self, positions: Sequence[Position], reach_m: Floats, most: int) -> tuple[Ints, Snapped]:
        """Every place on the network near each position, one a road, on both directions of a two-way one.

        Parameters
        ----------
        positions : sequence of Position
        reach_m : (k,) float64
            How far to look from each.
        most : int
            Roads looked at around one position, the nearest of them.

        Returns
        -------
        row : (c,) int32
            Which position each place is near, rising.
        places : Snapped
            Their ``twin`` is that of ``edge``.
        """
        lonlat = np.array([(p.lon, p.lat) for p in positions], dtype=np.float64).reshape(-1, 2)
        points = np.asarray(shapely.points(self.plane(lonlat)))
        row, line = self._tree.query(points, predicate="dwithin", distance=np.asarray(reach_m))
        offset_m = shapely.distance(self._lines[line], points[row])
        order = np.lexsort((offset_m, row))
        row, line, offset_m = row[order], line[order], offset_m[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        row, line, offset_m = row[rank < most], line[rank < most], offset_m[rank < most]
        fraction = _fractions(self._lines[line], points[row])
        edge, twin = self._edge[line], self.twin[self._edge[line]]
        back = np.flatnonzero(twin >= 0)
        rows = np.concatenate([row, row[back]]).astype(np.int32)
        by_row = np.argsort(rows, kind="stable")
        places = Snapped(
            edge=np.concatenate([edge, twin[back]]).astype(np.int32),
            twin=np.concatenate([twin, edge[back]]).astype(np.int32),
            fraction=np.concatenate([fraction, 1 - fraction[back]]),
            offset_m=np.concatenate([offset_m, offset_m[back]]),
        )
        return rows[by_row], places.take(by_row)

    def meeting(self, area: shapely.Geometry) -> Ints:
        """Base edges, both directions, whose line meets ``area`` (longitudes and latitudes), in rising order."""
        lines = self._tree.query(shapely.transform(area, self.plane), predicate="intersects")
        found = np.concatenate([self._edge[lines], self.twin[self._edge[lines]]])
        return np.unique(found[found >= 0]).astype(np.int32)


def _fractions(lines: npt.NDArray[np.object_], points: npt.NDArray[np.object_]) -> Floats:
    length_m = shapely.length(lines)
    behind_m = shapely.line_locate_point(lines, points)
    ahead_m = length_m - behind_m
    share = np.divide(behind_m, length_m, out=np.zeros_like(length_m), where=length_m > 0)
    share = np.where((ahead_m < AT_JUNCTION_M) & (ahead_m < behind_m), 1.0, share)
    return np.asarray(np.where((behind_m < AT_JUNCTION_M) & (behind_m <= ahead_m), 0.0, share))

"""Where one can be within a time: polygons around the roads that are reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from contourpy import FillType, contour_generator
from shapely import MultiPolygon, Polygon

from dispatch.errors import InvalidInput
from geo_data.roads.network import BRIDGE, TUNNEL, Floats, Network
from geo_data.roads.reached_roads import Field, RoadLines, Runs, fields, seconds_at
from geo_data.roads.routing import ACCESS_MPS, Places, Router
from geo_data.roads.snapping import Snapped

REACH_M = 200.0  # what a street serves on either side: blocks up to twice as wide close
CELL_M = 60.0  # of the grid that is drawn on; outlines are interpolated between its points
GRAIN_M = 0.01  # cuts along shores are rounded to this, or hairs would be left
SMALL_M2 = 125_000.0  # a hole no larger than the reach of one point is not told from a block
MOST_LIMITS, LONGEST_S = 8, 4 * 3600.0
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False, slots=True)
class Isochrone:
    """The ground within reach of a limit.

    Parameters
    ----------
    limit_s : float
    shape : MultiPolygon
        WGS-84 degrees; empty where nobody is near a road. Holes are places by a road that takes longer.
    """

    limit_s: float
    shape: MultiPolygon


class Isochrones:
    """Draws isochrones on one network; immutable, threads may share it.

    A place belongs to an isochrone when it lies within `REACH_M` of a road that is reached in time, edges counting as
    far as they are reached. Ground without roads that is enclosed (lakes, hills, blocks) belongs to what encloses it.
    The far bank of a river belongs to it only when a road on that bank is reached.

    Parameters
    ----------
    network : Network
    water : Geometry, optional
        Polygons in WGS-84 degrees that cannot be crossed but by road.
    """

    def __init__(self, network: Network, water: Any = None) -> None:
        self._lines = RoadLines(network)
        self._water = None if water is None else shapely.transform(water, lambda points: points * self._lines.scale)
        place = np.column_stack([network.node_lon, network.node_lat]) * self._lines.scale
        self._nodes = shapely.STRtree(shapely.points(place))
        aloft = network.flags & (BRIDGE | TUNNEL) != 0
        self._grounded = np.ones(len(self._lines.shapes), dtype=np.bool_)
        self._grounded[self._lines.line[aloft]] = False

    def around(
        self, router: Router, origins: Places, limits_s: Sequence[float], now: datetime, *, gaps: bool = True
    ) -> list[Isochrone]:
        """Isochrones of the nearest of some origins, as `Router.reach` has it.

        Parameters
        ----------
        router : Router
            Over the same network; its speeds count.
        origins : sequence of Position, or Snapped
        limits_s : sequence of float
            Up to `MOST_LIMITS` limits, none above `LONGEST_S`, in any order.
        now : datetime
        gaps : bool
            Whether to leave out enclosed places by a road that takes longer; otherwise there are no holes at all.

        Returns
        -------
        list of Isochrone
            From the shortest limit to the longest; each lies within the next, but for a grain of `GRAIN_M`.

        Raises
        ------
        InvalidInput
            For limits that cannot be used.
        """
        limits = check_limits(limits_s)
        start = router.snap(origins)
        node_s = router.reach(start, now)
        runs = _runs(self._lines, router, start, node_s, now).before(limits[-1])
        reached = _Reached(self._lines, self._nodes, node_s, runs)
        drawn = fields(self._lines, reached.runs, limits, far_m=REACH_M + 2 * CELL_M, cell_m=CELL_M)
        return [
            Isochrone(limit_s, self._finished(_outlines(field), reached, limit_s, gaps=gaps))
            for limit_s, field in zip(limits, drawn, strict=True)
        ]

    def _finished(self, parts: Shapes, reached: "_Reached", limit_s: float, *, gaps: bool) -> MultiPolygon:
        if self._water is not None and len(parts):
            parts = self._without_far_banks(parts, reached, limit_s)
        closed = _closed(parts, reached, limit_s if gaps else np.inf)
        whole = shapely.union_all(closed) if len(closed) > 1 else MultiPolygon(closed)  # a part may lie in a hole
        flat = shapely.transform(whole, lambda points: points / self._lines.scale)
        if not flat.is_valid:  # the last digit may cross a spike over itself
            flat = shapely.make_valid(flat)
        return MultiPolygon([part for part in _pieces(flat) if isinstance(part, Polygon)])

    def _without_far_banks(self, parts: Shapes, reached: "_Reached", limit_s: float) -> Shapes:
        """Take away land where no road is reached, and water beyond it."""
        west, south, east, north = shapely.total_bounds(parts)
        water = shapely.clip_by_rect(self._water, west, south, east, north)
        land = shapely.get_parts(shapely.difference(parts, water, grid_size=GRAIN_M))
        far = land[~reached.serve(land, limit_s, self._grounded)]
        if len(far) == 0:
            return parts
        left = shapely.get_parts(shapely.difference(parts, shapely.union_all(far), grid_size=GRAIN_M))
        left = left[shapely.get_type_id(left) == shapely.GeometryType.POLYGON]
        return np.asarray(left[reached.serve(left, limit_s, self._grounded)])


def _pieces(shape: Any) -> Shapes:
    return np.asarray(shapely.get_parts(shapely.get_parts(shape)))  # twice: a collection may hold multipolygons


def check_limits(limits_s: Sequence[float]) -> list[float]:
    """Limits in rising order, each once; raises `InvalidInput` for what cannot be used."""
    limits = sorted({float(limit_s) for limit_s in limits_s})
    if not 0 < len(limits) <= MOST_LIMITS or not all(0 < limit_s <= LONGEST_S for limit_s in limits):
        raise InvalidInput(
            f"Give 1 to {MOST_LIMITS} limits above 0 and up to {LONGEST_S / 60:.0f} minutes. (时限须为 1 至 "
            f"{MOST_LIMITS} 个,大于 0 且不超过 {LONGEST_S / 60:.0f} 分钟。)"
        )
    return limits


def _runs(lines: RoadLines, router: Router, start: Snapped, node_s: Floats, now: datetime) -> Runs:
    """Ways along all edges from their tails, and along the edges where origins stand."""
    network, edges = router.network, lines.edges
    turn_s = network.turn_s / router.metric(now).ratio
    edge_s = router.edge_s(now) - turn_s
    own = np.concatenate([start.edge, start.twin])
    share, access_s = np.concatenate([start.fraction, 1 - start.fraction]), np.tile(start.offset_m / ACCESS_MPS, 2)
    order = np.argsort(lines.line[own], kind="stable")
    order = order[own[order] >= 0]
    own = own[order]
    place = np.searchsorted(lines.line[edges], lines.line[own])
    return Runs(
        np.insert(edges, place, own),
        np.insert(np.zeros(len(edges)), place, share[order]),
        np.insert((node_s[network.tail] + turn_s)[edges], place, access_s[order]),
        np.insert(edge_s[edges], place, edge_s[own]),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Reached:
    """What is known of one question: when nodes and edges are reached."""

    lines: RoadLines
    nodes: shapely.STRtree
    node_s: Floats
    runs: Runs

    def serve(self, shapes: Shapes, limit_s: float, grounded: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Whether a road on the ground is reached in each shape."""
        found = np.array([self._holds_a_node(shape, limit_s) for shape in shapes], dtype=np.bool_)
        rest = np.flatnonzero(~found)
        owner, seconds = self._inside(shapes[rest], grounded)
        found[rest[owner[seconds <= limit_s]]] = True
        return found

    def late(self, shapes: Shapes, limit_s: float) -> npt.NDArray[np.bool_]:
        """Whether a road in each shape takes longer."""
        owner, seconds = self._inside(shapes, np.ones(len(self.lines.shapes), dtype=np.bool_))
        return np.bincount(owner[seconds > limit_s], minlength=len(shapes)) > 0

    def _holds_a_node(self, shape: Any, limit_s: float) -> bool:
        """Whether a node in the shape is reached; a few are tried first, for most shapes hold many."""
        near = self.nodes.query(shape)
        near = near[self.node_s[near] <= limit_s]
        shapely.prepare(shape)
        for some in (near[:: len(near) // 50 + 1], near):
            if bool(shapely.contains(shape, self.nodes.geometries[some]).any()):
                return True
        return False

    def _inside(self, shapes: Shapes, wanted: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], Floats]:
        """Points of roads that lie in the shapes: in which, and when they are reached."""
        owner, rows = self.lines.tree.query(shapes, predicate="intersects")
        owner, rows = owner[wanted[rows]], rows[wanted[rows]]
        samples, pair = self.lines.samples(rows)
        shapely.prepare(shapes)
        inside = shapely.contains_xy(shapes[owner[pair]], *samples.points.T)
        return owner[pair[inside]], seconds_at(self.lines, self.runs, samples)[inside]


def _outlines(field: Field) -> Shapes:
    """Polygons within `REACH_M` of the reached roads."""
    contours = contour_generator(field.x, field.y, field.distance_m, fill_type=FillType.OuterOffset)
    shapes = [
        Polygon(points[rings[0] : rings[1]], [points[a:b] for a, b in pairwise(rings[1:])])
        for points, rings in zip(*contours.filled(-1.0, REACH_M), strict=True)
    ]
    return np.array(shapes, dtype=object)


def _closed(shapes: Shapes, reached: _Reached, limit_s: float) -> list[Polygon]:
    """Fill the holes, but those of some size where a road is late."""
    holes = np.array([Polygon(ring) for shape in shapes for ring in shape.interiors], dtype=object)
    owner = np.array([i for i, shape in enumerate(shapes) for _ in shape.interiors], dtype=np.int64)
    large = shapely.area(holes) > SMALL_M2
    holes, owner = holes[large], owner[large]
    late = reached.late(holes, limit_s)
    return [
        Polygon(shape.exterior, [hole.exterior for hole in holes[late & (owner == i)]])
        for i, shape in enumerate(shapes)
    ]

"""How far the points of a grid lie from the part of the roads that is reached: the ground isochrones are drawn on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from numba import njit, types

from dispatch.location import EARTH_RADIUS_M
from geo_data.roads.compiled import F64, FLAGS, NOTHING, READ_F64, READ_I32, READ_I64, REAL
from geo_data.roads.derived import twin_of
from geo_data.roads.network import Floats, Ints, Network, Offsets
from geo_data.roads.road_edges import ragged_take

SAMPLE_M = 100.0
SIMPLER_M = 5.0  # how far a drawn line may lie off its road: nothing beside a street's reach
_GRID = types.float64[:, ::1]
READ_FLAGS = types.Array(types.boolean, 1, "C", readonly=True)


class RoadLines:
    """Every road once, in metres on a plane whose longitudes are shrunk by the cosine of the middle latitude.

    Parameters
    ----------
    network : Network

    Attributes
    ----------
    line : (m,) int32
        Which line an edge, or the edge it is a copy of, runs along.
    backwards : (m,) bool
        Whether the edge runs from the end of that line to its beginning.
    edges : (m,) int32
        All edges in the order of their lines.
    first : (l+1,) int64
        Points ``first[i]:first[i+1]`` draw line i.
    x, y : (p,) float64
    shapes : (l,) array of LineString
    length_m : (l,) float64
    box : (l, 4) float64
        West, south, east and north of each line.
    tree : STRtree
        Of the shapes.
    """

    def __init__(self, network: Network) -> None:
        lat = np.radians((network.point_lat.min() + network.point_lat.max()) / 2)
        self.scale = EARTH_RADIUS_M * np.radians(1) * np.array([np.cos(lat), 1.0])
        twin = twin_of(network)
        edges = np.arange(network.n_edges)
        drawn_by = np.where((twin >= 0) & (twin < edges) & (twin[twin] == edges), twin, edges)[network.edge_origin]
        drawn, line = np.unique(drawn_by, return_inverse=True)
        self.line = line.astype(np.int32)
        self.backwards = drawn_by != network.edge_origin
        self.edges: Ints = np.argsort(self.line, kind="stable").astype(np.int32)
        self.shapes = shapely.simplify(self._drawn(network, drawn), SIMPLER_M, preserve_topology=False)
        points, owner = shapely.get_coordinates(self.shapes, return_index=True)
        self.first: Offsets = np.searchsorted(owner, np.arange(len(drawn) + 1)).astype(np.int64)
        self.x, self.y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
        self.length_m: Floats = shapely.length(self.shapes)
        self.box: Floats = shapely.bounds(self.shapes)
        self.tree = shapely.STRtree(self.shapes)

    def samples(self, rows: npt.NDArray[np.int64]) -> tuple["Samples", npt.NDArray[np.int64]]:
        """Points along some of the lines, ends included, no farther apart than `SAMPLE_M`; and for each its row."""
        count = np.ceil(self.length_m[rows] / SAMPLE_M).astype(np.int64) + 1
        row = np.repeat(np.arange(len(rows)), count)
        line = rows[row]
        step = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
        share = step / np.maximum(1, np.repeat(count, count) - 1)
        points = shapely.line_interpolate_point(self.shapes[line], share, normalized=True)
        return Samples(line.astype(np.int32), share, shapely.get_coordinates(points)), row

    def _drawn(self, network: Network, edges: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
        points, offsets = ragged_take(network.first_point, edges)
        plane = np.column_stack([network.point_lon[points], network.point_lat[points]]) * self.scale
        return np.asarray(shapely.linestrings(plane, indices=np.repeat(np.arange(len(edges)), np.diff(offsets))))


@dataclass(frozen=True, eq=False, slots=True)
class Samples:
    """Points on lines: which line, at what share of its length, and where in the plane (k, 2)."""

    line: Ints
    share: Floats
    points: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Runs:
    """Ways along edges that start at a known moment, in part or from the tail, in the order of their lines.

    Parameters
    ----------
    edge : (k,) int32
    share : (k,) float64
        Where on the edge the run starts.
    start_s : (k,) float64
        When; inf for never.
    edge_s : (k,) float64
        Seconds for the whole edge; inf where it is closed.
    """

    edge: Ints
    share: Floats
    start_s: Floats
    edge_s: Floats

    def before(self, limit_s: float) -> "Runs":
        """Those that start before a limit."""
        some = np.flatnonzero((self.start_s < limit_s) & (self.edge_s < np.inf))
        return Runs(self.edge[some], self.share[some], self.start_s[some], self.edge_s[some])


def seconds_at(lines: RoadLines, runs: Runs, at: Samples) -> Floats:
    """When the first run comes by each sample, (k,); inf where none does. The runs are in the order of their lines."""
    line = lines.line[runs.edge]
    first, after = (np.searchsorted(line, at.line, side=side).astype(np.int64) for side in ("left", "right"))
    backwards = lines.backwards[runs.edge]
    return np.asarray(_passing(first, after, at.share, backwards, runs.share, runs.start_s, runs.edge_s))


@dataclass(frozen=True, eq=False, slots=True)
class Field:
    """Distances from the reached roads at the points of a grid.

    Parameters
    ----------
    x, y : (columns,), (rows,) float64
        The grid's lines in metres of the plane.
    distance_m : (rows, columns) float64
        Exact up to the largest distance asked for, and that where it is more.
    """

    x: Floats
    y: Floats
    distance_m: Floats


def fields(lines: RoadLines, runs: Runs, limits_s: Sequence[float], *, far_m: float, cell_m: float) -> Iterator[Field]:
    """Distances from what is reached within each limit.

    Parameters
    ----------
    lines : RoadLines
    runs : Runs
    limits_s : sequence of float
        Rising.
    far_m : float
        Distances beyond this are not told apart.
    cell_m : float
        Width of the grid.

    Yields
    ------
    Field
        One a limit, on one grid; nowhere farther than the one before.
    """
    runs = runs.before(limits_s[-1])
    line, backwards = lines.line[runs.edge], lines.backwards[runs.edge]
    x, y = _grid(lines.box[line], far_m, cell_m)
    square = np.full((len(y), len(x)), far_m**2, dtype=np.float64)
    done = np.zeros(len(lines.first) - 1, dtype=np.bool_)
    before_s = -1.0
    for limit_s in limits_s:
        _stamp(
            square, far_m, x[0], y[0], cell_m, lines.first, lines.x, lines.y,
            line, backwards, runs.share, runs.start_s, runs.edge_s, before_s, limit_s, done,
        )  # fmt: skip
        before_s = limit_s
        yield Field(x, y, np.sqrt(square))


def _grid(boxes: Floats, far_m: float, cell_m: float) -> tuple[Floats, Floats]:
    """Lines of a grid around boxes; its points lie at whole multiples of the cell, whatever is asked."""
    if len(boxes) == 0:
        boxes = np.zeros((1, 4))
    low = np.floor((boxes[:, :2].min(axis=0) - far_m) / cell_m) - 1
    high = np.ceil((boxes[:, 2:].max(axis=0) + far_m) / cell_m) + 1
    x, y = (np.arange(a, b + 1, dtype=np.float64) * cell_m for a, b in zip(low, high, strict=True))
    return x, y


@njit(F64(READ_I64, READ_I64, READ_F64, READ_FLAGS, READ_F64, READ_F64, READ_F64), cache=True, nogil=True)
def _passing(first: Any, after: Any, at: Any, backwards: Any, share: Any, start_s: Any, edge_s: Any) -> Any:
    found = np.full(len(at), np.inf)
    for k in range(len(at)):
        for i in range(first[k], after[k]):
            ahead = (1.0 - at[k] if backwards[i] else at[k]) - share[i]
            if ahead >= 0.0:
                found[k] = min(found[k], start_s[i] + (ahead * edge_s[i] if ahead > 0.0 else 0.0))
    return found


@njit(REAL(REAL, REAL, REAL, REAL), cache=True, nogil=True)
def _reached(share: float, start_s: float, edge_s: float, limit_s: float) -> Any:
    """How far along an edge a run has come at a limit."""
    if start_s >= limit_s:
        return share
    return 1.0 if edge_s <= 0.0 else min(1.0, share + (limit_s - start_s) / edge_s)


@njit(NOTHING(_GRID, REAL, REAL, REAL, REAL, REAL, REAL, REAL, REAL), cache=True, nogil=True)
def _near(
    square: Any, far: float, left: float, low: float, cell: float, ax: float, ay: float, bx: float, by: float
) -> None:
    """Lower the squared distances around one straight piece."""
    rows, columns = square.shape
    first_row = max(0, int(np.ceil((min(ay, by) - far - low) / cell)))
    last_row = min(rows - 1, int(np.floor((max(ay, by) + far - low) / cell)))
    first_column = max(0, int(np.ceil((min(ax, bx) - far - left) / cell)))
    last_column = min(columns - 1, int(np.floor((max(ax, bx) + far - left) / cell)))
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    for row in range(first_row, last_row + 1):
        py = low + row * cell - ay
        for column in range(first_column, last_column + 1):
            px = left + column * cell - ax
            along = min(1.0, max(0.0, (px * dx + py * dy) / length2)) if length2 > 0.0 else 0.0
            apart = (px - along * dx) ** 2 + (py - along * dy) ** 2
            square[row, column] = min(square[row, column], apart)


@njit(NOTHING(_GRID, REAL, REAL, REAL, REAL, READ_F64, READ_F64, REAL, REAL), cache=True, nogil=True)
def _draw(
    square: Any, far: float, left: float, low: float, cell: float, x: Any, y: Any, start: float, end: float
) -> None:
    """Draw a line between two shares of its length."""
    total = 0.0
    for i in range(len(x) - 1):
        total += np.hypot(x[i + 1] - x[i], y[i + 1] - y[i])
    walked = 0.0
    for i in range(len(x) - 1):
        dx, dy = x[i + 1] - x[i], y[i + 1] - y[i]
        length = np.hypot(dx, dy)
        enter, leave = start * total - walked, end * total - walked
        walked += length
        if leave < 0.0 or enter > length:
            continue
        a, b = (max(0.0, enter) / length, min(length, leave) / length) if length > 0.0 else (0.0, 0.0)
        _near(square, far, left, low, cell, x[i] + a * dx, y[i] + a * dy, x[i] + b * dx, y[i] + b * dy)


@njit(
    NOTHING(
        _GRID,
        REAL,
        REAL,
        REAL,
        REAL,
        READ_I64,
        READ_F64,
        READ_F64,
        READ_I32,
        READ_FLAGS,
        READ_F64,
        READ_F64,
        READ_F64,
        REAL,
        REAL,
        FLAGS,
    ),
    cache=True,
    nogil=True,
)
def _stamp(
    square: Any, far: float, left: float, low: float, cell: float, first: Any, x: Any, y: Any,
    line: Any, backwards: Any, share: Any, start_s: Any, edge_s: Any, before_s: float, limit_s: float, done: Any,
) -> None:  # fmt: skip
    """Draw what is reached between two moments: whole edges first, for their other direction is then spared."""
    for whole in (True, False):
        for i in range(len(line)):
            k = line[i]
            if done[k] or start_s[i] >= limit_s:
                continue
            end = _reached(share[i], start_s[i], edge_s[i], limit_s)
            if (share[i] <= 0.0 and end >= 1.0) != whole:
                continue
            start = _reached(share[i], start_s[i], edge_s[i], before_s)
            some = slice(first[k], first[k + 1])
            a, b = (1.0 - end, 1.0 - start) if backwards[i] else (start, end)
            _draw(square, far, left, low, cell, x[some], y[some], a, b)
            done[k] = whole

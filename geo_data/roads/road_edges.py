"""Loose directed road edges: what every importer makes and `geo_data.roads.compile` turns into a network."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.location import EARTH_RADIUS_M, Position
from geo_data.roads.free_flow import free_flow_kph
from geo_data.roads.network import ROAD_CLASSES, Bytes, Floats, Ints, Offsets

PER_EDGE = ("tail", "head", "length_m", "speed_kph", "road_class", "flags", "lanes", "name", "ref")


@dataclass(frozen=True, eq=False)
class RoadEdges:
    """Directed edges in any order between numbered nodes; arrays mean what they mean in `geo_data.roads.network.Network`.

    Parameters
    ----------
    node_lon, node_lat : (n,) float64
        WGS-84 degrees.
    tail, head : (m,) int32
    length_m, speed_kph : (m,) float64
    road_class, flags, lanes : (m,) uint8
    name, ref : (m,) int32
        Index into `names`; -1 where none.
    first_point : (m+1,) int64
    point_lon, point_lat : (p,) float64
        Points ``first_point[e]:first_point[e+1]`` draw edge e from tail to head, ends included.
    names : list of str
    """

    node_lon: Floats
    node_lat: Floats
    tail: Ints
    head: Ints
    length_m: Floats
    speed_kph: Floats
    road_class: Bytes
    flags: Bytes
    lanes: Bytes
    name: Ints
    ref: Ints
    first_point: Offsets
    point_lon: Floats
    point_lat: Floats
    names: list[str]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_lon)

    @property
    def n_edges(self) -> int:
        """Number of directed edges."""
        return len(self.tail)

    def take(self, edges: npt.NDArray[Any]) -> "RoadEdges":
        """Edges by index, in the order given and as often as named; the nodes stay."""
        points, first_point = ragged_take(self.first_point, edges)
        columns = {key: getattr(self, key)[edges] for key in PER_EDGE}
        lon, lat = self.point_lon[points], self.point_lat[points]
        return replace(self, **columns, first_point=first_point, point_lon=lon, point_lat=lat)


def ragged_take(first: Offsets, rows: npt.NDArray[Any]) -> tuple[Offsets, Offsets]:
    """Flat indices of the chosen rows of a ragged array with offsets ``first``, and the offsets of the result."""
    size = (first[1:] - first[:-1])[rows]
    offsets = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    flat = np.arange(offsets[-1], dtype=np.int64) + np.repeat(first[:-1][rows] - offsets[:-1], size)
    return flat, offsets


def great_circle_m(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Great-circle distances in metres between points in degrees (haversine), element by element."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    half = np.sin((phi_b - phi_a) / 2) ** 2
    half += np.cos(phi_a) * np.cos(phi_b) * np.sin(np.radians(lon_b - lon_a) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, half))))


@dataclass
class RoadEdgesBuilder:
    """Collects edges one at a time, from polylines."""

    _nodes: list[Position] = field(default_factory=list)
    _columns: dict[str, list[float]] = field(default_factory=lambda: {key: [] for key in PER_EDGE})
    _first_point: list[int] = field(default_factory=lambda: [0])
    _lon: list[float] = field(default_factory=list)
    _lat: list[float] = field(default_factory=list)
    _names: dict[str, int] = field(default_factory=dict)

    def node(self, position: Position) -> int:
        """Add a node and return its number."""
        self._nodes.append(position)
        return len(self._nodes) - 1

    def edge(
        self,
        tail: int,
        head: int,
        points: Sequence[Position] = (),
        *,
        road_class: str,
        speed_kph: float | None = None,
        name: str = "",
        ref: str = "",
        flags: int = 0,
        lanes: int = 0,
        oneway: bool = True,
        length_m: float | None = None,
    ) -> int:
        """Add an edge along ``points`` and, unless it is one-way, its reverse right after it.

        Parameters
        ----------
        tail, head : int
            Node numbers.
        points : sequence of Position
            The course from tail to head; the two end nodes may be left out.
        road_class : str
            One of `ROAD_CLASSES`.
        speed_kph : float, optional
            Free-flow speed; the default of the class when missing.
        name, ref : str
            Empty where none.
        flags : int
            Sum of RAMP, BRIDGE, TUNNEL, ROUNDABOUT, DUAL.
        lanes : int
            0 where unknown.
        length_m : float, optional
            Measured along the points when missing.

        Returns
        -------
        int
            Number of the (forward) edge.

        Raises
        ------
        InvalidInput
            When the class or a node is unknown, or the speed is not above zero.
        """
        if road_class not in ROAD_CLASSES:
            raise InvalidInput(f"Unknown road class {road_class!r}: use one of {', '.join(ROAD_CLASSES)}.")
        if not (0 <= tail < len(self._nodes) and 0 <= head < len(self._nodes)):
            raise InvalidInput(f"Edge {tail} to {head}: add both nodes before the edge.")
        speed = free_flow_kph(road_class, flags) if speed_kph is None else speed_kph
        if not speed > 0:
            raise InvalidInput(f"Speed {speed} km/h: a road edge needs a speed above zero.")
        length = np.nan if length_m is None else length_m
        kind = (ROAD_CLASSES.index(road_class), flags, min(lanes, 255), self._name(name), self._name(ref))
        line = _without_repeats([self._nodes[tail], *points, self._nodes[head]])
        self._add((tail, head, length, speed, *kind), line)
        if not oneway:
            self._add((head, tail, length, speed, *kind), line[::-1])
        return len(self._first_point) - (2 if oneway else 3)

    def build(self) -> RoadEdges:
        """Turn what was collected into arrays; lengths not given are measured along the points."""
        first_point = np.array(self._first_point, dtype=np.int64)
        lon, lat = np.array(self._lon, dtype=np.float64), np.array(self._lat, dtype=np.float64)
        columns = {key: np.array(values, dtype=_DTYPE.get(key, np.int32)) for key, values in self._columns.items()}
        measured = polyline_length_m(first_point, lon, lat)
        columns["length_m"] = np.where(np.isnan(columns["length_m"]), measured, columns["length_m"])
        return RoadEdges(
            node_lon=np.array([p.lon for p in self._nodes], dtype=np.float64),
            node_lat=np.array([p.lat for p in self._nodes], dtype=np.float64),
            first_point=first_point,
            point_lon=lon,
            point_lat=lat,
            names=list(self._names),
            **columns,
        )

    def _add(self, row: tuple[float, ...], line: list[Position]) -> None:
        for column, value in zip(self._columns.values(), row, strict=True):
            column.append(value)
        self._lon += [point.lon for point in line]
        self._lat += [point.lat for point in line]
        self._first_point.append(len(self._lon))

    def _name(self, text: str) -> int:
        return self._names.setdefault(text, len(self._names)) if text else -1


_DTYPE: dict[str, type[np.generic]] = {
    "length_m": np.float64,
    "speed_kph": np.float64,
    "road_class": np.uint8,
    "flags": np.uint8,
    "lanes": np.uint8,
}


def polyline_length_m(first_point: Offsets, lon: Floats, lat: Floats) -> Floats:
    """Length in metres of each polyline of a ragged set of points."""
    if len(lon) == 0:
        return np.zeros(len(first_point) - 1)
    step = np.concatenate([[0.0], great_circle_m(lon[:-1], lat[:-1], lon[1:], lat[1:])])
    walked = np.cumsum(step)
    return np.asarray(walked[first_point[1:] - 1] - walked[first_point[:-1]])


def _without_repeats(line: list[Position]) -> list[Position]:
    kept = [line[0], *(b for a, b in itertools.pairwise(line) if b != a)]
    return kept if len(kept) > 1 else [line[0], line[-1]]

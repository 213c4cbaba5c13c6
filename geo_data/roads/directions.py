"""A way through the network, written out: its line, its roads by name, its seconds edge by edge."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from geo_data.roads.compiled import F64, I32, READ_F64, READ_I32, READ_I64, together
from geo_data.roads.network import Floats, Ints, Network


class Way(NamedTuple):
    """A way as it is driven: edges in order, the first and the last perhaps in part.

    Parameters
    ----------
    edges : (j,) int32
        Base edges; none where no road leads.
    begin, stop : (j,) float64
        From and to which share of its length each is driven (0 at the tail, 1 at the head); alike where origin and
        destination are one place.
    free_flow_s : (j,) float64
        Seconds on each in free flow, the turn into it included.
    """

    edges: Ints
    begin: Floats
    stop: Floats
    free_flow_s: Floats


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch along one road.

    Parameters
    ----------
    name : str
        Road name, else route number, else empty.
    metres, seconds : float
    """

    name: str
    metres: float
    seconds: float


@dataclass(frozen=True, eq=False, slots=True)
class Route:
    """Fastest way between two positions.

    Parameters
    ----------
    seconds : float
        All of it: the road and `access_s`.
    metres : float
        Along the road.
    access_s : float
        Time off the network at both ends.
    points : (k, 2) float64
        Longitude and latitude along the road, cut where origin and destination stand; at least two points.
    steps : tuple of Step
        Road by road; their seconds sum to ``seconds - access_s``.
    edges : (j,) int32
        Base edges in the order they are driven, the first and the last perhaps in part.
    edge_s : (j,) float64
        Seconds on each of them, the turn into it included.
    metric : str
        Which weights were used, e.g. ``weekday-18``.
    """

    seconds: float
    metres: float
    access_s: float
    points: Floats
    steps: tuple[Step, ...]
    edges: Ints
    edge_s: Floats
    metric: str


def describe(network: Network, way: Way, *, ratio: float, access_s: float, metric: str) -> Route:
    """Write a way out as a `Route`.

    Parameters
    ----------
    network : Network
    way : Way
        Of one edge at least.
    ratio : float
        Speed as a share of free flow.
    access_s : float
    metric : str
    """
    spent_s = way.free_flow_s / ratio
    metres = network.length_m[way.edges] * (way.stop - way.begin)
    first_point, lon, lat = network.first_point, network.point_lon, network.point_lat
    return Route(
        seconds=float(way.free_flow_s.sum()) / ratio + access_s,
        metres=float(metres.sum()),
        access_s=access_s,
        points=_line(way.edges, way.begin, way.stop, first_point, lon, lat),
        steps=_steps(network, way.edges, metres, spent_s),
        edges=way.edges,
        edge_s=spent_s,
        metric=metric,
    )


def _steps(network: Network, edges: Ints, metres: Floats, spent_s: Floats) -> tuple[Step, ...]:
    name, *sums = _stretches(edges, network.name, network.ref, metres, spent_s)
    names = [network.names[i] if i >= 0 else "" for i in name.tolist()]
    return tuple(map(Step, names, *(values.tolist() for values in sums)))


@njit(together(I32, F64, F64)(READ_I32, READ_I32, READ_I32, READ_F64, READ_F64), cache=True, nogil=True)
def _stretches(edges: Any, name: Any, ref: Any, metres: Any, spent_s: Any) -> Any:
    """Name, metres and seconds of each stretch of edges with one name."""
    names, long_m, long_s, size = np.empty(len(edges), np.int32), np.zeros(len(edges)), np.zeros(len(edges)), 0
    for i in range(len(edges)):
        here = name[edges[i]] if name[edges[i]] >= 0 else ref[edges[i]]
        if size == 0 or here != names[size - 1]:
            names[size] = here
            size += 1
        long_m[size - 1] += metres[i]
        long_s[size - 1] += spent_s[i]
    return names[:size], long_m[:size], long_s[:size]


@njit(cache=True, nogil=True)
def _add_point(points: Any, size: int, lon: float, lat: float) -> Any:
    """Add a point but where it is the one before."""
    if size == 0 or points[size - 1, 0] != lon or points[size - 1, 1] != lat:
        points[size, 0], points[size, 1] = lon, lat
        size += 1
    return size


@njit(cache=True, nogil=True)
def _add_part(points: Any, size: int, lon: Any, lat: Any, begin: float, stop: float) -> Any:
    """Add the part of a line between two shares of its length, longitudes shrunk by the cosine of its latitude."""
    along, shrink = np.zeros(len(lon)), np.cos(np.radians(lat[0]))
    for k in range(1, len(lon)):
        along[k] = along[k - 1] + np.hypot((lon[k] - lon[k - 1]) * shrink, lat[k] - lat[k - 1])
    ends = along[-1] * np.array([begin, stop])
    end_lon, end_lat = np.interp(ends, along, lon), np.interp(ends, along, lat)
    size = _add_point(points, size, end_lon[0], end_lat[0])
    for k in range(len(lon)):
        if ends[0] < along[k] < ends[1]:
            size = _add_point(points, size, lon[k], lat[k])
    return _add_point(points, size, end_lon[1], end_lat[1])


@njit(types.float64[:, ::1](READ_I32, READ_F64, READ_F64, READ_I64, READ_F64, READ_F64), cache=True, nogil=True)
def _line(edges: Any, begin: Any, stop: Any, first_point: Any, lon: Any, lat: Any) -> Any:
    """Points of all edges one after the other, each cut to its part, without doubles; at least two points."""
    room = 2
    for e in edges:
        room += first_point[e + 1] - first_point[e] + 2
    points, size = np.empty((room, 2)), 0
    for i in range(len(edges)):
        first, last = first_point[edges[i]], first_point[edges[i] + 1]
        if begin[i] > 0.0 or stop[i] < 1.0:
            size = _add_part(points, size, lon[first:last], lat[first:last], begin[i], stop[i])
        else:
            for p in range(first, last):
                size = _add_point(points, size, lon[p], lat[p])
    if size == 1:
        points[1] = points[0]
    return points[: max(size, 2)]

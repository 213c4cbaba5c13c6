"""A way through the network, written out: its line, its roads by name, its seconds edge by edge."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit, types

from geo_data.compiled import READ_F64, READ_I32, READ_I64
from geo_data.network import Floats, Ints, Network


class Driven(NamedTuple):
    """A way as it is driven: edges in order, the first and the last perhaps in part.

    Parameters
    ----------
    edge : (j,) int32
        At least one; copies tell what turn was made into them.
    begin, stop : (j,) float64
        From and to which share of its length each is driven (0 at the tail, 1 at the head); alike where origin and
        destination are one place.
    free_flow_s : (j,) float64
        Seconds on each in free flow, the turn into it included.
    """

    edge: Ints
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


def describe(network: Network, driven: Driven, *, ratio: float, access_s: float, metric: str) -> Route:
    """Write a way out as a `Route`.

    Parameters
    ----------
    network : Network
    driven : Driven
    ratio : float
        Speed as a share of free flow.
    access_s : float
    metric : str
    """
    edges = network.edge_origin[driven.edge]
    spent_s = driven.free_flow_s / ratio
    metres = network.length_m[edges] * (driven.stop - driven.begin)
    return Route(
        seconds=float(driven.free_flow_s.sum()) / ratio + access_s,
        metres=float(metres.sum()),
        access_s=access_s,
        points=_line(network, edges, driven.begin, driven.stop),
        steps=_steps(network, edges, metres, spent_s),
        edges=edges,
        edge_s=spent_s,
        metric=metric,
    )


def _steps(network: Network, edges: Ints, metres: Floats, spent_s: Floats) -> tuple[Step, ...]:
    """One for each stretch of edges with one name."""
    name = np.where(network.name[edges] >= 0, network.name[edges], network.ref[edges])
    first = np.concatenate([[0], np.flatnonzero(name[1:] != name[:-1]) + 1])
    names = [network.names[i] if i >= 0 else "" for i in name[first].tolist()]
    spent = np.add.reduceat(metres, first).tolist(), np.add.reduceat(spent_s, first).tolist()
    return tuple(map(Step, names, *spent))


def _line(network: Network, edges: Ints, begin: Floats, stop: Floats) -> Floats:
    """Points of all edges one after the other, without doubles; the first edge and the last are cut."""
    ends = [cut(network.edge_points(int(edges[i])), start=begin[i], end=stop[i]) for i in {0, len(edges) - 1}]
    between = _points(edges[1:-1], network.first_point, network.point_lon, network.point_lat)
    points = np.concatenate([ends[0], between, *ends[1:]])
    fresh = np.ones(len(points), dtype=bool)
    fresh[1:] = (points[1:, 0] != points[:-1, 0]) | (points[1:, 1] != points[:-1, 1])
    return points[fresh] if fresh.sum() > 1 else points[:2]


@njit(types.float64[:, ::1](READ_I32, READ_I64, READ_F64, READ_F64), cache=True, nogil=True)
def _points(edges: Any, first_point: Any, lon: Any, lat: Any) -> Any:
    """Points of whole edges."""
    count = 0
    for e in edges:
        count += first_point[e + 1] - first_point[e]
    points, size = np.empty((count, 2)), 0
    for e in edges:
        for p in range(first_point[e], first_point[e + 1]):
            points[size, 0], points[size, 1] = lon[p], lat[p]
            size += 1
    return points


def cut(points: Floats, *, start: float, end: float) -> Floats:
    """Part of a line between two shares of its length; longitudes are shrunk by the cosine of its latitude.

    Parameters
    ----------
    points : (k, 2) float64
        Longitudes and latitudes, at least two points.
    start, end : float
        Shares, ``0 <= start <= end <= 1``.
    """
    if (start, end) == (0.0, 1.0):
        return points
    run = np.diff(points, axis=0) * [np.cos(np.radians(points[0, 1])), 1.0]
    along = np.concatenate([[0.0], np.cumsum(np.hypot(run[:, 0], run[:, 1]))])
    low, high = along[-1] * start, along[-1] * end
    ends = [[np.interp(at, along, points[:, axis]) for axis in (0, 1)] for at in (low, high)]
    return np.concatenate([ends[:1], points[(along > low) & (along < high)], ends[1:]])

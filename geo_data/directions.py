"""A way through the network, written out: its line, its roads by name, its seconds edge by edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from geo_data.network import Floats, Ints, Network


class Leg(NamedTuple):
    """Part of an edge, from one share of its length (0 at the tail, 1 at the head) to another."""

    edge: int
    start: float
    end: float


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


def describe(
    network: Network,
    legs: Sequence[Leg],
    edge_s: Floats,
    *,
    ratio: float,
    seconds: float,
    access_s: float,
    metric: str,
) -> Route:
    """Write a sequence of legs out as a `Route`.

    Parameters
    ----------
    network : Network
    legs : sequence of Leg
        At least one; a leg of no length is right where origin and destination are one place.
    edge_s : (m,) float64
        Seconds of each whole edge in free flow.
    ratio : float
        Speed as a share of free flow.
    seconds, access_s : float
    metric : str
    """
    edges = network.edge_origin[[leg.edge for leg in legs]]
    share = np.array([leg.end - leg.start for leg in legs])
    spent_s = np.multiply(edge_s[edges], share, out=np.zeros(len(legs)), where=share > 0)
    spent_s = (spent_s + network.turn_s[[leg.edge for leg in legs]]) / ratio
    metres = network.length_m[edges] * share
    return Route(
        seconds=seconds,
        metres=float(metres.sum()),
        access_s=access_s,
        points=_line(network, legs),
        steps=_steps([network.edge_name(int(e)) for e in edges], metres, spent_s),
        edges=edges,
        edge_s=spent_s,
        metric=metric,
    )


def _steps(names: list[str], metres: Floats, spent_s: Floats) -> tuple[Step, ...]:
    return tuple(
        Step(name, float(metres[part].sum()), float(spent_s[part].sum()))
        for name, group in groupby(range(len(names)), key=names.__getitem__)
        for part in [list(group)]
    )


def _line(network: Network, legs: Sequence[Leg]) -> Floats:
    pieces = [
        cut(network.edge_points(int(network.edge_origin[leg.edge])), start=leg.start, end=leg.end) for leg in legs
    ]
    points = np.concatenate(pieces)
    fresh = np.ones(len(points), dtype=bool)
    fresh[1:] = np.any(points[1:] != points[:-1], axis=1)
    return points[fresh] if fresh.sum() > 1 else points[:2]


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

"""Where the named roads run: geometry from the network, and points that addresses and stops put on a road."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import cKDTree

from geo_data.builtin.road_aliases import AliasedRoad, road_aliases
from geo_data.places.road_names import RoadNames
from geo_data.roads.network import GENERATED, RAMP, Network
from geo_data.roads.plane import Points, to_plane

STEP_M = 30.0  # geometry is thickened to points this far apart, so that nearest points are nearest places
APART_M = 3000.0
MOST_LINKED = 300
SAME_MEETING_M = 350.0  # meetings closer together are one junction: two carriageways, ramps
MOST_MEETINGS = 9
SPARSE = 16  # one point in so many is looked at first


@dataclass(frozen=True, eq=False)
class RoadShape:
    """Points known to be on a road.

    Parameters
    ----------
    points : (k, 2) float64
        Metres in the plane.
    drawn : bool
        Whether they come from the network's geometry; else from addresses and stops, tens of metres beside the road.
    """

    points: Points
    drawn: bool

    @cached_property
    def tree(self) -> cKDTree:
        """Nearest-point search over the points."""
        return cKDTree(self.points)

    @cached_property
    def pieces(self) -> list[Points]:
        """The points by stretches that lie apart, the larger first: one name is often given to several roads."""
        some = self.points[:: max(1, len(self.points) // MOST_LINKED)]
        if len(some) < 2:
            return [some]
        labels = fcluster(linkage(some, method="single"), APART_M, criterion="distance")
        pieces = [some[labels == label] for label in np.unique(labels)]
        return sorted(pieces, key=len, reverse=True)

    def gap_m(self, point: Points) -> float:
        """Distance in metres from ``point`` to the road."""
        return float(self.tree.query(point)[0])


@dataclass(frozen=True, eq=False)
class Meeting:
    """Where two roads come closest, with the gap in metres between them there."""

    point: Points
    gap_m: float


class RoadIndex:
    """Roads by name.

    Parameters
    ----------
    network : Network
    mentions : iterable of (name, (2,) point)
        Points that places put on a road by their address or name.
    """

    def __init__(self, network: Network, mentions: Iterable[tuple[str, Points]] = ()) -> None:
        self._network = network
        ramps = network.flags & RAMP > 0  # a ramp bears the name of its interchange, which is a place
        self._edges, self._ramps = _edges_by_name(network, ~ramps), _edges_by_name(network, ramps)
        self._mentions: dict[str, list[Points]] = {}
        drawn = RoadNames(self._edges)
        self._edges |= _edges_by_alias(network, self._edges, drawn)
        for name, point in mentions:
            for known in drawn.resolve_exactly(name) or (name,):
                self._mentions.setdefault(known, []).append(point)
        self.names = RoadNames([*self._edges, *self._mentions])
        self._shapes: dict[tuple[str, ...], RoadShape] = {}
        self._meetings: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Meeting]] = {}

    def shape(self, names: tuple[str, ...]) -> RoadShape:
        """All that is known of where the roads of these (resolved) names run."""
        if names not in self._shapes:
            self._shapes[names] = self._gather(names)
        return self._shapes[names]

    def edges(self, names: tuple[str, ...]) -> npt.NDArray[np.int64]:
        """Edges of the network that bear one of these names."""
        return np.concatenate(
            [np.zeros(0, dtype=np.int64), *(self._edges[name] for name in names if name in self._edges)]
        )

    def of_corner(self, a: str, b: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Known names that two roads said to meet may mean: the very two where drawn and meeting, else all parts."""
        if a != b and a in self._edges and b in self._edges and self.meetings((a,), (b,))[0].gap_m < STEP_M:
            return (a,), (b,)
        return self.names.resolve(a), self.names.resolve(b)

    def ramps(self, name: str) -> Points:
        """Points along the ramps of that name, in metres; (0, 2) where none bears it."""
        none = np.empty((0, 2))
        return dense_points(self._network, self._ramps[name])[0] if name in self._ramps else none

    def meetings(self, a: tuple[str, ...], b: tuple[str, ...]) -> list[Meeting]:
        """Places where two roads meet or come nearest, the closest first."""
        if (a, b) not in self._meetings:
            self._meetings[a, b] = meetings(self.shape(a), self.shape(b))
        return self._meetings[a, b]

    def _gather(self, names: tuple[str, ...]) -> RoadShape:
        edges = [self._edges[name] for name in names if name in self._edges]
        if edges:
            return RoadShape(dense_points(self._network, np.concatenate(edges))[0], drawn=True)
        return RoadShape(np.array([point for name in names for point in self._mentions[name]]), drawn=False)


def _edges_by_name(network: Network, some: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.int64]]:
    edges: dict[str, npt.NDArray[np.int64]] = {}
    known = some & (network.flags & GENERATED == 0)  # a generated street bears its name by chance: nobody can mean it
    for column in (np.where(known, network.name, -1), np.where(some, network.ref, -1)):
        order = np.argsort(column, kind="stable")
        values, starts = np.unique(column[order], return_index=True)
        stops = [*starts[1:], len(order)]
        for value, start, stop in zip(values, starts, stops[: len(starts)], strict=True):
            if value >= 0:
                for name in network.names[value].replace(";", "|").split("|"):
                    edges[name] = np.concatenate([edges.get(name, order[:0]), order[start:stop]])
    return edges


def _edges_by_alias(
    network: Network, edges: dict[str, npt.NDArray[np.int64]], drawn: RoadNames
) -> dict[str, npt.NDArray[np.int64]]:
    """Edges of the roads and parts of rings that people call by another name, unless a road here bears that name."""
    found = {}
    for alias, meant in road_aliases().items():
        parts = [_part(network, edges[name], road) for road in meant for name in drawn.resolve(road.road)]
        together = np.concatenate([*parts, np.zeros(0, dtype=np.int64)])
        if alias not in edges and len(together):
            found[alias] = together
    return found


def _part(network: Network, edges: npt.NDArray[np.int64], road: AliasedRoad) -> npt.NDArray[np.int64]:
    """The edges on the named side of the middle of all of them."""
    if not road.part:
        return edges
    start = network.first_point[edges]
    at = to_plane(network.point_lon[start], network.point_lat[start])
    east, north = (at - (at.min(axis=0) + at.max(axis=0)) / 2).T
    side = np.where(np.abs(north) > np.abs(east), np.where(north > 0, "N", "S"), np.where(east > 0, "E", "W"))
    return np.asarray(edges[side == road.part])


def dense_points(network: Network, edges: npt.NDArray[np.int64]) -> tuple[Points, npt.NDArray[np.int64]]:
    """Points along edges, `STEP_M` apart at most, and for each the row of its edge."""
    first, last = network.first_point[edges], network.first_point[edges + 1] - 1
    counts = last - first  # segments of each edge
    begin = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    start = to_plane(network.point_lon[begin], network.point_lat[begin])
    stop = to_plane(network.point_lon[begin + 1], network.point_lat[begin + 1])
    steps = np.maximum(1, np.ceil(np.hypot(*(stop - start).T) / STEP_M)).astype(int) + 1
    which = np.repeat(np.arange(len(steps)), steps)
    along = (np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)) / np.repeat(steps - 1, steps)
    points: Points = start[which] + along[:, None] * (stop - start)[which]
    return points, np.repeat(np.repeat(np.arange(len(edges)), counts), steps)


def meetings(a: RoadShape, b: RoadShape) -> list[Meeting]:
    """Places where two roads meet or come nearest, the closest first; none within `SAME_MEETING_M` of a closer one."""
    least = 250.0 if a.drawn and b.drawn else 600.0
    some_gap = b.tree.query(a.points[::SPARSE])[
        0
    ].min()  # the least gap is no more, and what is farther need not be known
    gaps, nearest = b.tree.query(a.points, distance_upper_bound=max(some_gap + STEP_M, least) + 2 * STEP_M)
    reach = max(gaps.min() + STEP_M, least)
    near = gaps <= reach + STEP_M
    middle, gaps = (a.points[near] + b.points[nearest[near]]) / 2, gaps[near]
    left = np.where(gaps <= reach, gaps, np.inf)  # inf once it belongs to a meeting
    found: list[Meeting] = []
    while len(found) < MOST_MEETINGS and np.isfinite(left[i := left.argmin()]):
        close = (gaps <= gaps[i] + STEP_M) & (np.hypot(*(middle - middle[i]).T) < SAME_MEETING_M / 4)
        found.append(Meeting(middle[close].mean(axis=0), float(gaps[i])))
        left[np.hypot(*(middle - found[-1].point).T) <= SAME_MEETING_M] = np.inf
    return found

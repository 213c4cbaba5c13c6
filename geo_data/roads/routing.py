"""Road travel times and routes: a short search for the nearest, a hierarchy for everything else."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.ports import TravelTimes
from geo_data.roads.closed_roads import ClosedRoads, main_part
from geo_data.roads.derived import hierarchy_of
from geo_data.roads.directions import Route, Way, describe
from geo_data.roads.doors import Doors, Doorways
from geo_data.roads.hierarchy.labels import Labels, labels
from geo_data.roads.hierarchy.many import joined
from geo_data.roads.hierarchy.sweeps import Ancestors, ticks_from, ticks_to
from geo_data.roads.hierarchy.update import reweighed
from geo_data.roads.hierarchy.ways import EdgesOfArcs, unpacked
from geo_data.roads.hierarchy.weights import Weights, customise
from geo_data.roads.kernels import settle
from geo_data.roads.network import Floats, Ints, Network
from geo_data.roads.snapping import TOO_FAR_M, EdgeIndex, Snapped
from geo_data.roads.speeds import metric_name, speed_log_sd, speed_ratio
from geo_data.roads.ticks import NEVER, Ticks, edge_ticks, fine_ticks, in_seconds, whole_ticks

ACCESS_MPS = 15 / 3.6  # off the network (yards, lanes not on the map), in a straight line: slow driving
Places = Sequence[Position] | Snapped


@dataclass(frozen=True, eq=False, slots=True)
class Nearest:
    """The origins that reach the destination first.

    Parameters
    ----------
    indices : (k,) int64
        Positions in the list of origins, nearest first; fewer than asked for when no more can reach it.
    seconds : (k,) float64
    metric : str
        Which weights were used, e.g. ``weekday-18``.
    """

    indices: npt.NDArray[np.int64]
    seconds: Floats
    metric: str


@dataclass(frozen=True, slots=True)
class Metric:
    """How fast roads are at one time, as a share of free flow: all of them alike, so no weights need be made anew.

    Parameters
    ----------
    name : str
        E.g. ``weekday-18``; with live conditions their version too: ``weekday-18+v7``.
    ratio : float
    """

    name: str
    ratio: float


class Router:
    """Answers how long the road takes. Immutable after construction; threads may share it.

    A position stands on its nearest road, on both directions of a two-way one; at a junction it may leave by, and be
    reached by, any road there. Its distance from the road is driven at 15 km/h (`ACCESS_MPS`) and added at both ends.
    A position too far from any road is unreachable: inf, not an error. One on a closed road, or on one that closures have
    cut off, is reached along it, at the same slow pace, from where traffic still gets (see `closed_roads`).

    Parameters
    ----------
    network : Network
    speed_kph : (m,) array, optional
        Free-flow speeds in place of the network's own; 0 closes an edge. An edge and its copies take the value given
        for the original.
    max_offset_m : float
        How far from any road a position may lie; farther is unreachable.

    Raises
    ------
    InvalidInput
        When ``speed_kph`` has another shape than the edges, or holds a negative value or no number.
    """

    def __init__(
        self, network: Network, *, speed_kph: npt.ArrayLike | None = None, max_offset_m: float = TOO_FAR_M
    ) -> None:
        self.network = network
        self.index = EdgeIndex(network)
        self._max_offset_m = max_offset_m
        self._version = ""
        self._in_edge = np.argsort(network.head, kind="stable").astype(np.int32)
        self._slot = np.argsort(self._in_edge).astype(np.int32)
        self._in_tail = np.ascontiguousarray(network.tail[self._in_edge])
        self._first_in = np.searchsorted(network.head[self._in_edge], np.arange(network.n_nodes + 1)).astype(np.int32)
        self._turn_t = whole_ticks(network.turn_s)
        self._doorways = Doorways(network, self._slot, self._turn_t)
        hierarchy = hierarchy_of(network)
        self._hierarchy = replace(hierarchy, edge_arc=hierarchy.edge_arc[self._in_edge])  # its edges are slots
        self._slots_of_arcs = EdgesOfArcs(self._hierarchy)
        self._ancestors = Ancestors(self._hierarchy)
        self._usual_part = cache(lambda: main_part(network, np.ones(network.n_edges, dtype=np.bool_)))
        self._weigh(network.speed_kph if speed_kph is None else speed_kph)

    def reweighted(self, speed_kph: npt.ArrayLike, *, version: str = "") -> "Router":
        """A router with other free-flow speeds that shares all the rest; this one goes on unchanged.

        ``version`` goes into the name of its metric. The fewer edges differ from this router's, the quicker it is made.
        """
        other = copy(self)
        other._version = version
        other._weigh(speed_kph, self)
        return other

    def _weigh(self, speed_kph: npt.ArrayLike, before: "Router | None" = None) -> None:
        network, speed = self.network, np.asarray(speed_kph, dtype=np.float64)
        if speed.shape != (network.n_edges,) or not bool(np.all(speed >= 0)):
            raise InvalidInput(f"Give one speed in km/h, 0 or more, for each of the {network.n_edges} edges.")
        self._in_t: Ticks = edge_ticks(network.length_m, speed, network.edge_origin, self._turn_t, self._in_edge)
        self._weights: Weights = (
            customise(self._hierarchy, self._in_t)
            if before is None
            else reweighed(self._hierarchy, before._weights, self._slots_of_arcs, before._in_t, self._in_t)
        )
        self._closed_roads = self._closed_by(self._in_t >= NEVER)
        self._exits: WeakKeyDictionary[Snapped, Doors] = WeakKeyDictionary()
        self._labels: WeakKeyDictionary[Snapped, Labels] = WeakKeyDictionary()

    def _closed_by(self, closed: npt.NDArray[np.bool_]) -> ClosedRoads | None:
        if not closed.any():
            return None
        return ClosedRoads(
            self.network, self.index.twin, closed[self._slot], self._usual_part, max(self._max_offset_m, TOO_FAR_M)
        )

    def metric(self, now: datetime) -> Metric:
        """How fast roads are at ``now``; raises `InvalidInput` when ``now`` has no time zone."""
        return Metric(metric_name(now) + (f"+{self._version}" if self._version else ""), speed_ratio(now))

    def edge_s(self, now: datetime) -> Floats:
        """(m,) seconds of each edge at ``now``, to the nearest tick of free flow; inf for a closed one."""
        return in_seconds(self._in_t[self._slot]) / self.metric(now).ratio

    def snap(self, positions: Places) -> Snapped:
        """Places on the network; what is snapped already comes back as it is, so that callers may keep it.

        What is found out about a `Snapped` is kept for as long as it lives: a fleet that is asked about often should
        be snapped once.
        """
        if isinstance(positions, Snapped):
            return positions
        found = self.index.snap(positions, max_m=self._max_offset_m)
        return found if self._closed_roads is None else self._closed_roads.moved(found)

    def travel_times(self, origins: Places, destination: Position | Snapped, now: datetime) -> TravelTimes:
        """Seconds from every origin to the destination at ``now``."""
        metric, start, end = self.metric(now), self.snap(origins), self.snap(_one(destination))
        doors, ends = self._out(start), self._doorways.into(self._in_t, end)
        away_t = ticks_to(self._hierarchy, self._weights, ends.node, ends.ticks, doors.node, self._ancestors)
        ticks = self._doorways.direct_t(self._in_t, start, end)[:, 0]
        np.minimum.at(ticks, doors.place, away_t + doors.ticks)
        seconds = in_seconds(ticks) / metric.ratio + _access_s(start) + _access_s(end)
        return TravelTimes(seconds, metric.name, speed_log_sd(now))

    def nearest(self, origins: Places, destination: Position | Snapped, k: int, now: datetime) -> Nearest:
        """The ``k`` origins that reach the destination first; the search stops there."""
        metric, start, end = self.metric(now), self.snap(origins), self.snap(_one(destination))
        doors, ends = self._out(start), self._doorways.into(self._in_t, end)
        access_s = _access_s(start)
        access_t = fine_ticks(access_s * metric.ratio)
        found = settle(
            self._first_in,
            self._in_tail,
            self._in_t,
            (ends.node, ends.ticks),
            (doors.node, doors.ticks, doors.place),
            access_t,
            self._doorways.direct_t(self._in_t, start, end)[:, 0],
            wanted=k,
        )
        first = found.order
        road_s = in_seconds(found.origin_t[first] - access_t[first]) / metric.ratio
        return Nearest(first.astype(np.int64), road_s + access_s[first] + _access_s(end), metric.name)

    def matrix(self, origins: Places, destinations: Places, now: datetime) -> Floats:
        """Seconds from every origin (rows) to every destination (columns); inf where no road leads."""
        metric, start, end = self.metric(now), self.snap(origins), self.snap(destinations)
        if start not in self._labels:
            self._labels[start] = labels(self._hierarchy, self._weights.up, self._out(start).seeds)
        ends = self._doorways.into(self._in_t, end).seeds
        ticks = joined(self._hierarchy, self._labels[start], self._weights.down, ends)
        np.minimum(ticks, self._doorways.direct_t(self._in_t, start, end), out=ticks)
        return np.asarray(in_seconds(ticks) / metric.ratio + _access_s(start)[:, None] + _access_s(end))

    def reach(self, origins: Places, now: datetime) -> Floats:
        """Seconds from the nearest of ``origins`` to every node of the network, (n,); inf where no road leads."""
        metric, start = self.metric(now), self.snap(origins)
        doors = self._out(start)
        ticks = doors.ticks + fine_ticks(_access_s(start) * metric.ratio)[doors.place]
        return in_seconds(ticks_from(self._hierarchy, self._weights, doors.node, ticks)) / metric.ratio

    def route(self, origin: Position | Snapped, destination: Position | Snapped, now: datetime) -> Route | None:
        """Fastest way, as long as `travel_times` says; None where no road leads."""
        metric, start, end = self.metric(now), self.snap(_one(origin)), self.snap(_one(destination))
        way = self._way(start, *self._into(end))
        if len(way.edges) == 0:
            return None
        access_s = float(_access_s(start)[0] + _access_s(end)[0])
        return describe(self.network, way, ratio=metric.ratio, access_s=access_s, metric=metric.name)

    def ways(self, origins: Places, destination: Position | Snapped) -> list[Way]:
        """Fastest way from every origin, not written out: what many ways are compared by."""
        start, ends = self.snap(origins), self._into(self.snap(_one(destination)))
        return [self._way(start.take([i]), *ends) for i in range(len(start))]

    def _out(self, start: Snapped) -> Doors:
        if start not in self._exits:
            self._exits[start] = self._doorways.out(self._in_t, start)
        return self._exits[start]

    def _into(self, end: Snapped) -> tuple[Snapped, Doors, Labels]:
        doors = self._doorways.into(self._in_t, end)
        return end, doors, labels(self._hierarchy, self._weights.down, doors.seeds)

    def _way(self, start: Snapped, end: Snapped, ends: Doors, away: Labels) -> Way:
        """Fastest way between two places; within one junction it is of no length, but of one edge."""
        exits = self._out(start)
        starts = labels(self._hierarchy, self._weights.up, exits.seeds)
        found = unpacked(self._hierarchy, self._weights, self._slots_of_arcs, self._in_t, starts, away)
        straight_t = float(self._doorways.direct_t(self._in_t, start, end)[0, 0])
        if straight_t == np.inf == found.ticks:
            return self._timed(start.edge[:0], start.fraction[:0], start.fraction[:0])
        if straight_t <= found.ticks:
            return self._timed(*_direct_part(start, end))
        edge = np.concatenate([[exits.edge[found.start]], self._in_edge[found.edges], [ends.edge[found.end]]])
        begin, stop = np.zeros(len(edge)), np.ones(len(edge))
        begin[0], stop[-1] = exits.share[found.start], ends.share[found.end]
        driven = (edge >= 0) & (stop > begin)
        if not driven.any():
            return self._timed(start.edge, start.fraction, start.fraction)
        return self._timed(edge[driven], begin[driven], stop[driven])

    def _timed(self, edge: Ints, begin: Floats, stop: Floats) -> Way:
        """Edges become those they are copies of; the turns made into them are in the seconds."""
        seconds = in_seconds(self._doorways.driven_t(self._in_t, edge, stop - begin))
        return Way(self.network.edge_origin[edge], begin, stop, seconds)


def _one(place: Position | Snapped) -> Places:
    if isinstance(place, Position):
        return [place]
    if len(place) != 1:
        raise InvalidInput(f"Give one place, not {len(place)}; `matrix` takes many.")
    return place


def _access_s(at: Snapped) -> Floats:
    return at.offset_m / ACCESS_MPS


def _direct_part(start: Snapped, end: Snapped) -> tuple[Ints, Floats, Floats]:
    """The edge on which both stand, and from where to where it is driven."""
    if start.fraction[0] <= end.fraction[0]:
        return start.edge, start.fraction, end.fraction
    return start.twin, 1 - start.fraction, 1 - end.fraction

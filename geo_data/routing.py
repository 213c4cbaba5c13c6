"""Road travel times and routes: a short search for the nearest, a hierarchy for everything else."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.ports import TravelTimes
from geo_data.derived import hierarchy_of
from geo_data.directions import Leg, Route, describe
from geo_data.doors import Doors, Doorways, direct_s
from geo_data.hierarchy.labels import Labels, joined, labels
from geo_data.hierarchy.sweeps import seconds_from, seconds_to
from geo_data.hierarchy.update import reweighed
from geo_data.hierarchy.ways import EdgesOfArcs, way
from geo_data.hierarchy.ways import Way as Unpacked
from geo_data.hierarchy.weights import Weights, customise
from geo_data.kernels import settle
from geo_data.network import Floats, Ints, Network
from geo_data.snapping import TOO_FAR_M, EdgeIndex, Snapped
from geo_data.speeds import metric_name, speed_log_sd, speed_ratio

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


class Way(NamedTuple):
    """What the fastest way is made of.

    Parameters
    ----------
    edges : (j,) int32
        Base edges in the order they are driven; none where no road leads.
    free_flow_s : (j,) float64
        Seconds on each of them in free flow, turns included.
    """

    edges: Ints
    free_flow_s: Floats


class Router:
    """Answers how long the road takes. Immutable after construction; threads may share it.

    A position stands on its nearest road, on both directions of a two-way one; at a junction it may leave by, and be
    reached by, any road there. Its distance from the road is driven at 15 km/h (`ACCESS_MPS`) and added at both ends.
    A position too far from any road is unreachable: inf, not an error. One on a closed road is reached from the nearest
    open one, in the same way: the scene itself is often why a road is closed.

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
        self._doorways = Doorways(network)
        self._hierarchy = hierarchy_of(network)
        self._edges_of_arcs = EdgesOfArcs(self._hierarchy)
        self._in_edge = np.argsort(network.head, kind="stable").astype(np.int32)
        self._in_tail = np.ascontiguousarray(network.tail[self._in_edge])
        self._first_in = np.searchsorted(network.head[self._in_edge], np.arange(network.n_nodes + 1)).astype(np.int64)
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
        speed = np.asarray(speed_kph, dtype=np.float64)
        if speed.shape != (self.network.n_edges,) or not bool(np.all(speed >= 0)):
            raise InvalidInput(f"Give one speed in km/h, 0 or more, for each of the {self.network.n_edges} edges.")
        speed = speed[self.network.edge_origin]
        self._edge_s = np.full(self.network.n_edges, np.inf)
        np.divide(self.network.length_m * 3.6, speed, out=self._edge_s, where=speed > 0)
        self._edge_s += self.network.turn_s
        self._in_s = self._edge_s[self._in_edge]
        self._weights: Weights = (
            customise(self._hierarchy, self._edge_s)
            if before is None
            else reweighed(self._hierarchy, before._weights, self._edges_of_arcs, before._edge_s, self._edge_s)
        )
        closed = np.isinf(self._edge_s)
        self._closed = closed if closed.any() else None
        self._exits: WeakKeyDictionary[Snapped, Doors] = WeakKeyDictionary()
        self._labels: WeakKeyDictionary[Snapped, Labels] = WeakKeyDictionary()

    def metric(self, now: datetime) -> Metric:
        """How fast roads are at ``now``; raises `InvalidInput` when ``now`` has no time zone."""
        return Metric(metric_name(now) + (f"+{self._version}" if self._version else ""), speed_ratio(now))

    def edge_s(self, now: datetime) -> Floats:
        """(m,) seconds of each edge at ``now``; inf for a closed one."""
        return self._edge_s / self.metric(now).ratio

    def snap(self, positions: Places) -> Snapped:
        """Places on the network; what is snapped already comes back as it is, so that callers may keep it.

        What is found out about a `Snapped` is kept for as long as it lives: a fleet that is asked about often should
        be snapped once.
        """
        if isinstance(positions, Snapped):
            return positions
        return self.index.snap(positions, max_m=self._max_offset_m, closed=self._closed)

    def travel_times(self, origins: Places, destination: Position | Snapped, now: datetime) -> TravelTimes:
        """Seconds from every origin to the destination at ``now``."""
        metric, start, end = self.metric(now), self.snap(origins), self.snap(_one(destination))
        doors, ends = self._out(start), self._doorways.into(self._edge_s, end)
        away_s = seconds_to(self._hierarchy, self._weights, ends.node, ends.seconds)
        seconds = direct_s(self._edge_s, start, end)[:, 0]
        np.minimum.at(seconds, doors.place, away_s[doors.node] + doors.seconds)
        seconds = seconds / metric.ratio + _access_s(start) + _access_s(end)
        return TravelTimes(seconds, metric.name, speed_log_sd(now))

    def nearest(self, origins: Places, destination: Position | Snapped, k: int, now: datetime) -> Nearest:
        """The ``k`` origins that reach the destination first; the search stops there."""
        metric, start, end = self.metric(now), self.snap(origins), self.snap(_one(destination))
        doors, ends = self._out(start), self._doorways.into(self._edge_s, end)
        found = settle(
            self._first_in,
            self._in_tail,
            self._in_s,
            (ends.node, ends.seconds),
            (doors.node, doors.seconds, doors.place),
            _access_s(start) * metric.ratio,
            direct_s(self._edge_s, start, end)[:, 0],
            wanted=k,
        )
        seconds = found.origin_s[found.order] / metric.ratio + _access_s(end)
        return Nearest(found.order.astype(np.int64), seconds, metric.name)

    def matrix(self, origins: Places, destinations: Places, now: datetime) -> Floats:
        """Seconds from every origin (rows) to every destination (columns); inf where no road leads."""
        metric, start, end = self.metric(now), self.snap(origins), self.snap(destinations)
        if start not in self._labels:
            self._labels[start] = labels(self._hierarchy, self._weights.up, self._out(start).seeds)
        ends = labels(self._hierarchy, self._weights.down, self._doorways.into(self._edge_s, end).seeds)
        seconds = np.minimum(joined(self._labels[start], ends), direct_s(self._edge_s, start, end))
        return np.asarray(seconds / metric.ratio + _access_s(start)[:, None] + _access_s(end))

    def reach(self, origins: Places, now: datetime) -> Floats:
        """Seconds from the nearest of ``origins`` to every node of the network, (n,); inf where no road leads."""
        metric, start = self.metric(now), self.snap(origins)
        doors = self._out(start)
        seconds = doors.seconds + (_access_s(start) * metric.ratio)[doors.place]
        return seconds_from(self._hierarchy, self._weights, doors.node, seconds) / metric.ratio

    def route(self, origin: Position | Snapped, destination: Position | Snapped, now: datetime) -> Route | None:
        """Fastest way, as long as `travel_times` says; None where no road leads."""
        metric, start, end = self.metric(now), self.snap(_one(origin)), self.snap(_one(destination))
        legs, seconds = self._legs(start, end)
        if not legs:
            return None
        access_s = float(_access_s(start)[0] + _access_s(end)[0])
        return describe(
            self.network,
            legs,
            self._edge_s,
            ratio=metric.ratio,
            seconds=seconds / metric.ratio + access_s,
            access_s=access_s,
            metric=metric.name,
        )

    def ways(self, origins: Places, destination: Position | Snapped) -> list[Way]:
        """Fastest way from every origin, as edges and seconds only: what many ways are compared by."""
        start, end = self.snap(origins), self.snap(_one(destination))
        ends = self._doorways.into(self._edge_s, end)
        away = labels(self._hierarchy, self._weights.down, ends.seeds)
        return [self._way(start.take([i]), end, ends, away) for i in range(len(start))]

    def _way(self, start: Snapped, end: Snapped, ends: Doors, away: Labels) -> Way:
        exits = self._doorways.out(self._edge_s, start)
        found = self._joined(exits, away)
        straight_s = float(direct_s(self._edge_s, start, end)[0, 0])
        if straight_s == np.inf == found.seconds:
            edge, share = np.empty(0, dtype=np.int32), np.empty(0)
        elif straight_s <= found.seconds:
            leg = _direct_leg(start, end)
            edge, share = np.array([leg.edge], dtype=np.int32), np.array([leg.end - leg.start])
        else:
            edge = np.concatenate([[exits.edge[found.start]], found.edges, [ends.edge[found.end]]])
            share = np.ones(len(edge))
            share[0], share[-1] = 1.0 - exits.share[found.start], ends.share[found.end]
            driven = (edge >= 0) & (share > 0)
            edge, share = edge[driven], share[driven]
        turn_s = self.network.turn_s[edge]  # a turn into an edge costs as much, however little of it is driven
        seconds = turn_s + np.multiply(self._edge_s[edge] - turn_s, share, out=np.zeros(len(edge)), where=share > 0)
        return Way(self.network.edge_origin[edge], seconds)

    def _out(self, start: Snapped) -> Doors:
        if start not in self._exits:
            self._exits[start] = self._doorways.out(self._edge_s, start)
        return self._exits[start]

    def _joined(self, exits: Doors, away: Labels) -> Unpacked:
        starts = labels(self._hierarchy, self._weights.up, exits.seeds)
        return way(self._hierarchy, self._weights, self._edges_of_arcs, self._edge_s, starts, away)

    def _legs(self, start: Snapped, end: Snapped) -> tuple[list[Leg], float]:
        exits, ends = self._out(start), self._doorways.into(self._edge_s, end)
        found = self._joined(exits, labels(self._hierarchy, self._weights.down, ends.seeds))
        straight_s = float(direct_s(self._edge_s, start, end)[0, 0])
        if straight_s <= found.seconds:
            return ([_direct_leg(start, end)] if straight_s < np.inf else []), straight_s
        legs = [Leg(int(exits.edge[found.start]), float(exits.share[found.start]), 1.0)]
        legs += [Leg(int(edge), 0.0, 1.0) for edge in found.edges]
        legs.append(Leg(int(ends.edge[found.end]), 0.0, float(ends.share[found.end])))
        driven = [leg for leg in legs if leg.edge >= 0 and leg.end > leg.start]
        here = float(start.fraction[0])
        return driven or [Leg(int(start.edge[0]), here, here)], found.seconds  # one junction: nothing to drive


def _one(place: Position | Snapped) -> Places:
    return [place] if isinstance(place, Position) else place


def _access_s(at: Snapped) -> Floats:
    return at.offset_m / ACCESS_MPS


def _direct_leg(start: Snapped, end: Snapped) -> Leg:
    here, there = float(start.fraction[0]), float(end.fraction[0])
    if here <= there:
        return Leg(int(start.edge[0]), here, there)
    return Leg(int(start.twin[0]), 1 - here, 1 - there)

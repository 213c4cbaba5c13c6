"""Road travel times and routes: one reverse search from the destination serves every origin at once."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.ports import TravelTimes
from geo_data.directions import Leg, Route, describe
from geo_data.kernels import Settled, settle
from geo_data.network import Floats, Ints, Network
from geo_data.snapping import TOO_FAR_M, EdgeIndex, Snapped
from geo_data.speeds import metric_name, speed_log_sd, speed_ratio

ACCESS_MPS = 15 / 3.6  # off the network (yards, lanes not on the map), in a straight line: slow driving
KEPT_METRICS = 24  # one day kind; 16 bytes an edge each


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


@dataclass(frozen=True, eq=False, slots=True)
class Metric:
    """Seconds per edge at one time: by edge, and in the order of the reverse search."""

    name: str
    edge_s: Floats
    in_s: Floats


class _Exits(NamedTuple):
    """Where origins enter the network: node, seconds until then, origin, and the edge driven from which share on."""

    node: Ints
    seconds: Floats
    origin: Ints
    edge: Ints
    start: Floats


class _Seeds(NamedTuple):
    """Where the last edge of a way begins: node, seconds from there on, edge (-1 at a junction) and share of it."""

    node: Ints
    seconds: Floats
    edge: Ints
    end: Floats


class Router:
    """Answers how long the road takes. Immutable after construction; threads may share it.

    A position stands on its nearest road, on both directions of a two-way one; at a junction it may leave by, and be
    reached by, any road there. Its distance from the road is driven at 15 km/h (`ACCESS_MPS`) and added at both ends.
    A position too far from any road is unreachable: inf, not an error.

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
        speed = np.asarray(network.speed_kph if speed_kph is None else speed_kph, dtype=np.float64)
        if speed.shape != (network.n_edges,) or not bool(np.all(speed >= 0)):
            raise InvalidInput(f"Give one speed in km/h, 0 or more, for each of the {network.n_edges} edges.")
        self.network = network
        self.index = EdgeIndex(network)
        self._max_offset_m = max_offset_m
        speed = speed[network.edge_origin]
        self._free_flow_s = np.full(network.n_edges, np.inf)
        np.divide(network.length_m * 3.6, speed, out=self._free_flow_s, where=speed > 0)
        self._in_edge = np.argsort(network.head, kind="stable").astype(np.int32)
        self._in_tail = np.ascontiguousarray(network.tail[self._in_edge])
        self._first_in = np.searchsorted(network.head[self._in_edge], np.arange(network.n_nodes + 1)).astype(np.int64)
        self._edge_copies = _Copies(network.edge_origin)
        self._node_copies = _Copies(network.node_origin)
        self._metrics: OrderedDict[str, Metric] = OrderedDict()
        self._lock = Lock()

    def metric(self, now: datetime) -> Metric:
        """Weights that hold at ``now``; kept for the `KEPT_METRICS` latest day kinds and hours.

        Raises
        ------
        InvalidInput
            When ``now`` has no time zone.
        """
        name = metric_name(now)
        with self._lock:
            if name not in self._metrics:
                edge_s = self._free_flow_s / speed_ratio(now)
                self._metrics[name] = Metric(name, edge_s, edge_s[self._in_edge])
            self._metrics.move_to_end(name)
            if len(self._metrics) > KEPT_METRICS:
                self._metrics.popitem(last=False)
            return self._metrics[name]

    def snap(self, positions: Sequence[Position] | Snapped) -> Snapped:
        """Places on the network; what is snapped already comes back as it is, so that callers may keep it."""
        return positions if isinstance(positions, Snapped) else self.index.snap(positions, max_m=self._max_offset_m)

    def travel_times(self, origins: Sequence[Position] | Snapped, destination: Position, now: datetime) -> TravelTimes:
        """Seconds from every origin to the destination on the weights of ``now``, by one reverse search."""
        metric, start, end = self.metric(now), self.snap(origins), self.snap([destination])
        seconds = self._search(metric, start, end, len(start)).origin_s
        return TravelTimes(seconds, metric.name, speed_log_sd(now))

    def nearest(self, origins: Sequence[Position] | Snapped, destination: Position, k: int, now: datetime) -> Nearest:
        """The ``k`` origins that reach the destination first; the search stops there."""
        metric = self.metric(now)
        found = self._search(metric, self.snap(origins), self.snap([destination]), k)
        return Nearest(found.order.astype(np.int64), found.origin_s[found.order], metric.name)

    def matrix(self, origins: Sequence[Position] | Snapped, destinations: Sequence[Position], now: datetime) -> Floats:
        """Seconds from every origin (rows) to every destination (columns); inf where no road leads."""
        metric, start, ends = self.metric(now), self.snap(origins), self.snap(destinations)
        columns = [self._search(metric, start, _only(ends, j), len(start)).origin_s for j in range(len(ends))]
        return np.column_stack(columns) if columns else np.empty((len(start), 0))

    def route(self, origin: Position, destination: Position, now: datetime) -> Route | None:
        """Fastest way, as long as `travel_times` says; None where no road leads."""
        metric, start, end = self.metric(now), self.snap([origin]), self.snap([destination])
        found = self._search(metric, start, end, 1)
        if not len(found.order):
            return None
        return describe(
            self.network,
            self._legs(metric, found, start, end),
            metric.edge_s,
            seconds=float(found.origin_s[0]),
            access_s=float(start.offset_m[0] + end.offset_m[0]) / ACCESS_MPS,
            metric=metric.name,
        )

    def _search(self, metric: Metric, start: Snapped, end: Snapped, wanted: int) -> Settled:
        return settle(
            self._first_in,
            self._in_tail,
            metric.in_s,
            self._seeds(metric, end)[:2],
            self._exits(metric, start)[:3],
            _direct_s(metric, start, end),
            wanted=wanted,
        )

    def _exits(self, metric: Metric, at: Snapped) -> _Exits:
        """Three ways out of each origin: ahead, back along the twin, and from the junction where it stands on one."""
        head, tail = self.network.head, self.network.tail
        onward = at.fraction >= 1.0
        node = self.network.node_origin[np.where(onward, head[at.edge], tail[at.edge])]
        no_edge = np.full(len(at), -1, dtype=np.int32)
        ahead_s = np.where(at.edge >= 0, _part_s(metric, at.edge, 1 - at.fraction), np.inf)
        back_s = np.where(at.twin >= 0, _part_s(metric, at.twin, at.fraction), np.inf)
        here_s = np.where((at.edge >= 0) & (onward | (at.fraction <= 0.0)), 0.0, np.inf)
        return _Exits(
            node=np.concatenate([head[at.edge], head[at.twin], node]),
            seconds=np.concatenate([ahead_s, back_s, here_s]) + np.tile(at.offset_m / ACCESS_MPS, 3),
            origin=np.tile(np.arange(len(at), dtype=np.int32), 3),
            edge=np.concatenate([at.edge, at.twin, no_edge]),
            start=np.concatenate([at.fraction, 1 - at.fraction, at.fraction]),
        )

    def _seeds(self, metric: Metric, at: Snapped) -> _Seeds:
        """Ways into the one destination: along any copy of its edge or its twin, or at its junction by any road."""
        edge, twin, fraction = int(at.edge[0]), int(at.twin[0]), float(at.fraction[0])
        nodes, edges, shares = [], [], []
        for way, share in ((edge, fraction), (twin, 1 - fraction)):
            if way >= 0:
                copies = self._edge_copies.of(way)
                nodes.append(self.network.tail[copies])
                edges.append(copies)
                shares.append(np.full(len(copies), share))
        if edge >= 0 and fraction in (0.0, 1.0):
            end = self.network.head[edge] if fraction else self.network.tail[edge]
            copies = self._node_copies.of(int(self.network.node_origin[end]))
            nodes.append(copies)
            edges.append(np.full(len(copies), -1, dtype=np.int32))
            shares.append(np.zeros(len(copies)))
        none = np.empty(0, dtype=np.int32)
        node, edge_of, share_of = (np.concatenate([none, *part]) for part in (nodes, edges, shares))
        seconds = _part_s(metric, edge_of, share_of) + at.offset_m[0] / ACCESS_MPS
        return _Seeds(node.astype(np.int32), seconds, edge_of.astype(np.int32), share_of)

    def _legs(self, metric: Metric, found: Settled, start: Snapped, end: Snapped) -> list[Leg]:
        """Follow a search from the one origin to the destination."""
        taken = int(found.exit_taken[0])
        if taken < 0:
            return [_direct_leg(start, end)]
        exits, seeds = self._exits(metric, start), self._seeds(metric, end)
        legs = [Leg(int(exits.edge[taken]), float(exits.start[taken]), 1.0)]
        node = int(exits.node[taken])
        while (arc := int(found.via[node])) >= 0:
            legs.append(Leg(int(self._in_edge[arc]), 0.0, 1.0))
            node = int(self.network.head[legs[-1].edge])
        legs.append(Leg(int(seeds.edge[-1 - arc]), 0.0, float(seeds.end[-1 - arc])))
        driven = [leg for leg in legs if leg.edge >= 0 and leg.end > leg.start]
        here = float(start.fraction[0])
        return driven or [Leg(int(start.edge[0]), here, here)]  # two roads of one junction: nothing to drive


class _Copies:
    """Finds all copies of a node or an edge, the original among them."""

    def __init__(self, origin: Ints) -> None:
        self._order = np.argsort(origin, kind="stable").astype(np.int32)
        self._sorted = origin[self._order]

    def of(self, original: int) -> Ints:
        low, high = np.searchsorted(self._sorted, [original, original + 1])
        return self._order[low:high]


def _only(places: Snapped, i: int) -> Snapped:
    part = slice(i, i + 1)
    return Snapped(places.edge[part], places.twin[part], places.fraction[part], places.offset_m[part])


def _part_s(metric: Metric, edge: Ints, share: Floats) -> Floats:
    """Seconds for a share of an edge; nothing of a closed edge takes no time."""
    return np.multiply(metric.edge_s[edge], share, out=np.zeros(len(edge)), where=share > 0)


def _direct_s(metric: Metric, start: Snapped, end: Snapped) -> Floats:
    """Seconds along the shared edge where the destination lies ahead on it, or on its twin; else inf."""
    gap = end.fraction - start.fraction
    ahead = (start.edge == end.edge) & (start.edge >= 0) & (gap >= 0)
    behind = (start.edge == end.edge) & (start.twin >= 0) & (gap <= 0)
    edge = np.where(behind, start.twin, start.edge)
    access_s = (start.offset_m + end.offset_m) / ACCESS_MPS
    return np.where(ahead | behind, _part_s(metric, edge, np.abs(gap)) + access_s, np.inf)


def _direct_leg(start: Snapped, end: Snapped) -> Leg:
    here, there = float(start.fraction[0]), float(end.fraction[0])
    if here <= there:
        return Leg(int(start.edge[0]), here, there)
    return Leg(int(start.twin[0]), 1 - here, 1 - there)

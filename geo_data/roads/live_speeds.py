"""From conditions on the roads to the speeds that hold now, and to a router that uses them."""

from collections.abc import Iterable
from datetime import datetime
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from geo_data.roads.network import Floats
from geo_data.roads.road_conditions import RoadCondition, RoadConditionKind
from geo_data.roads.routing import Router
from geo_data.roads.snapping import EdgeIndex
from geo_data.roads.speeds import speed_ratio

Ints = npt.NDArray[np.int32]
MOST_REMEMBERED = 5000  # conditions whose edges are kept
CLOSED = (RoadConditionKind.CLOSURE, RoadConditionKind.FLOOD)


class Conditions(Protocol):
    """Where conditions are kept."""

    def ids(self, now: datetime) -> frozenset[str]:
        """Which conditions hold at ``now``; asked with every request, so it has to be quick."""
        ...

    def in_force(self, now: datetime) -> list[RoadCondition]:
        """The conditions that hold at ``now``, in full."""
        ...

    def version(self, now: datetime) -> str:
        """Name of the state of the roads at ``now``; another one whenever a condition has begun or ended."""
        ...


def edges_of(condition: RoadCondition, index: EdgeIndex, n_edges: int) -> Ints:
    """Base edges concerned; those that the network has not are left out."""
    if condition.area is not None:
        return index.meeting(condition.area)
    edges = np.array(condition.edges, dtype=np.int64)
    return edges[(edges >= 0) & (edges < n_edges)].astype(np.int32)


def live_speed_kph(usual_kph: Floats, conditions: Iterable[tuple[RoadCondition, Ints]]) -> Floats:
    """Free-flow speeds as the conditions leave them.

    Parameters
    ----------
    usual_kph : (m,) float64
    conditions : iterable of (RoadCondition, edges)
        In any order.

    Returns
    -------
    (m,) float64
        0 where nobody drives. A measured speed stands here as the free-flow speed that the hour of its measurement
        belongs to; slow-downs apply to it too.
    """
    speed, factor = usual_kph.copy(), np.ones(len(usual_kph))
    found = sorted(conditions, key=lambda row: (row[0].from_at, row[0].id))
    for condition, edges in found:
        if condition.speed_kph is not None:
            speed[edges] = condition.speed_kph / speed_ratio(condition.from_at)
        elif condition.factor is not None:
            factor[edges] = np.minimum(factor[edges], condition.factor)
    speed *= factor
    for condition, edges in found:
        if condition.kind in CLOSED:
            speed[edges] = 0.0
    return speed


class LiveRoads:
    """The router of the moment, made anew when a condition begins or ends; threads may share it.

    Whoever holds an earlier router goes on with it undisturbed.

    Parameters
    ----------
    router : Router
        With the usual speeds.
    """

    def __init__(self, router: Router) -> None:
        self._usual = router
        self._made: tuple[frozenset[str], Router] = (frozenset(), router)
        self._edges: dict[str, Ints] = {}
        self._making = Lock()

    def at(self, conditions: Conditions, now: datetime) -> Router:
        """The router for the conditions that hold at ``now``."""
        ids = conditions.ids(now)
        known, router = self._made
        if not ids:
            return self._usual
        if ids == known:
            return router
        with self._making:
            known, router = self._made
            if ids != known:
                router = self._make(conditions, router, now)
                self._made = ids, router
            return router

    def edges_of(self, condition: RoadCondition) -> Ints:
        """Base edges that a condition concerns; remembered, for a condition never changes."""
        edges = self._edges.get(condition.id)
        if edges is None:
            if len(self._edges) >= MOST_REMEMBERED:
                self._edges = {}
            edges = edges_of(condition, self._usual.index, self._usual.network.n_edges)
            self._edges[condition.id] = edges
        return edges

    def _make(self, conditions: Conditions, before: Router, now: datetime) -> Router:
        found = [(c, self.edges_of(c)) for c in conditions.in_force(now)]
        speed_kph = live_speed_kph(self._usual.network.speed_kph, found)
        return before.reweighted(speed_kph, version=conditions.version(now))

"""What the desk needs from outside, as small protocols; each has a real form and an in-memory one."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dispatch.errors import UnknownId
from dispatch.location import Location, NotLocated, Position
from dispatch.unit import DutyChange, Fix, OpenAssignment, PartnerRepairShop, Unit, UnitState

STRAIGHT_LINE = "straight-line"  # the metric of times that know no road
NO_UNIT = "没有作业单元 {}。(No such unit: see /v1/units.)"


def is_straight_line(metric: str) -> bool:
    """Whether times with this ``metric`` (or the kind of day it begins with) are straight-line estimates."""
    return metric.partition("-")[0] == "straight"


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """Road travel times of several origins to one destination.

    Parameters
    ----------
    seconds : (n,) float64
        One per origin, in the order asked; inf where no road leads.
    metric : str
        Which weights were used, e.g. ``weekday-18``.
    hour_log_sd : float or None
        Standard deviation of the logarithm of road speeds in that hour, from day to day; None where the source knows
        none.
    scenario_s : (n, s) float64 or None
        Seconds of the same trips in s equally likely scenarios that hit all origins alike; nan in the rows of origins
        for which none were worked out. None where the source offers none.
    scenario_log_sd : float or None
        Standard deviation of the logarithm of a typical trip from scenario to scenario; given with ``scenario_s``.
    """

    seconds: npt.NDArray[np.float64]
    metric: str
    hour_log_sd: float | None = None
    scenario_s: npt.NDArray[np.float64] | None = None
    scenario_log_sd: float | None = None


@dataclass(frozen=True, slots=True)
class TravelTable:
    """Road travel times of several origins to several destinations.

    Parameters
    ----------
    seconds : (n, d) float64
        Origins are rows; inf where no road leads.
    metric, hour_log_sd
        See `TravelTimes`.
    """

    seconds: npt.NDArray[np.float64]
    metric: str
    hour_log_sd: float | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How soon several places are reached from several others: what cover is reckoned from.

    Parameters
    ----------
    seconds : (k, c) float64
        Road seconds from each of some places to each cell of demand; inf where no road leads.
    place : (n,) int
        Row of the place that each position asked for is taken to be at.
    weight : (c,) float64
        Share of accidents expected in each cell; the sum is 1.
    limit_s : (c,) float64
        Within which somebody should be there.
    area : tuple of str
        What people call the part of town each cell lies in, e.g. its district.
    """

    seconds: npt.NDArray[np.float64]
    place: npt.NDArray[np.intp]
    weight: npt.NDArray[np.float64]
    limit_s: npt.NDArray[np.float64]
    area: tuple[str, ...]


class Geocode(Protocol):
    """Words, a phone's point, or both, become a place."""

    def __call__(
        self, text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None
    ) -> Location | NotLocated:
        """Find the place; raises `OutsideServiceArea` for a point where we do not work."""
        ...


class TravelTimesTo(Protocol):
    """Seconds on the road from many origins to one destination."""

    def __call__(self, origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
        """Travel seconds of every origin to ``destination`` when leaving at ``now``."""
        ...


class TravelTimesBetween(Protocol):
    """Seconds on the road from many origins to many destinations."""

    def __call__(self, origins: Sequence[Position], destinations: Sequence[Position], now: datetime) -> TravelTable:
        """Travel seconds of every origin to every destination when leaving at ``now``."""
        ...


class DemandReach(Protocol):
    """Where accidents are expected, and how soon they are reached."""

    def __call__(self, positions: Sequence[Position], now: datetime) -> Reach:
        """Road seconds from every position to every cell of demand; the cells are the same at every call."""
        ...


def one_by_one(travel_times: TravelTimesTo) -> TravelTimesBetween:
    """Many to many by asking for one destination after the other: what a source without a matrix of its own does."""

    def between(origins: Sequence[Position], destinations: Sequence[Position], now: datetime) -> TravelTable:
        found = [travel_times(origins, destination, now) for destination in destinations]
        if not found:
            return TravelTable(np.empty((len(origins), 0)), "")
        return TravelTable(np.column_stack([t.seconds for t in found]), found[0].metric, found[0].hour_log_sd)

    return between


class TravelTimesFrom(Protocol):
    """Seconds on the road from one origin to many destinations."""

    def __call__(self, origin: Position, destinations: Sequence[Position], now: datetime) -> TravelTimes:
        """Travel seconds from ``origin`` to every destination when leaving at ``now``; without scenarios."""
        ...


def from_one(travel_times: TravelTimesTo) -> TravelTimesFrom:
    """Ask for each destination by itself: good for a handful of them, and for tests."""

    def times(origin: Position, destinations: Sequence[Position], now: datetime) -> TravelTimes:
        legs = [travel_times([origin], place, now) for place in destinations]
        return TravelTimes(np.array([leg.seconds[0] for leg in legs]), legs[0].metric if legs else "")

    return times


class Fleet(Protocol):
    """The roster, the latest positions and who is bound to what."""

    def states(self, now: datetime) -> list[UnitState]:
        """Every unit with its latest fix and its open assignment."""
        ...

    def unit(self, unit_id: str) -> Unit:
        """Look a unit up; raises `UnknownId`."""
        ...

    def shops(self) -> list[PartnerRepairShop]:
        """All partner repair shops."""
        ...

    def track(self, unit_id: str, since: datetime, until: datetime | None = None) -> list[Fix]:
        """Fixes of a unit since a moment, and no later than ``until``, oldest first."""
        ...

    def record_duty(self, change: DutyChange) -> None:
        """Keep that a unit went on or off duty, took a break or was called up; raises `UnknownId`."""
        ...


def state_of(fleet: Fleet, unit_id: str, now: datetime) -> UnitState:
    """One unit as it stands; raises `UnknownId`."""
    for state in fleet.states(now):
        if state.unit.id == unit_id:
            return state
    raise UnknownId(NO_UNIT.format(unit_id))


class MemoryFleet:
    """A `Fleet` in memory; open assignments come from the log it is given.

    Parameters
    ----------
    units : sequence of Unit
    shops : sequence of PartnerRepairShop
    open_assignments : callable
        Usually ``log.open_assignments``.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        shops: Sequence[PartnerRepairShop] = (),
        *,
        open_assignments: Callable[[], Mapping[str, OpenAssignment]],
    ) -> None:
        self._units = {u.id: u for u in units}
        self._shops = list(shops)
        self._tracks: dict[str, list[Fix]] = {u.id: [] for u in units}
        self._duty: dict[str, DutyChange] = {}
        self._open_assignments = open_assignments

    def record(self, fix: Fix) -> None:
        """Add an observed position, once; one that comes late joins the track and does not move the unit."""
        track = self._tracks[self.unit(fix.unit_id).id]
        place = bisect_left(track, fix.at, key=lambda known: known.at)
        if place == len(track) or track[place].at != fix.at:
            track.insert(place, fix)

    def record_duty(self, change: DutyChange) -> None:
        """Keep a change of duty; a later one of the same unit takes its place."""
        self._duty[self.unit(change.unit_id).id] = change

    def states(self, now: datetime) -> list[UnitState]:
        """Every unit with its latest fix at ``now``, its open assignment and its duty."""
        bound = self._open_assignments()
        return [
            UnitState(unit=u, fix=self._latest(u.id, now), assignment=bound.get(u.id), duty=self._duty.get(u.id))
            for u in self._units.values()
        ]

    def _latest(self, unit_id: str, now: datetime) -> Fix | None:
        return next((f for f in reversed(self._tracks[unit_id]) if f.at <= now), None)

    def unit(self, unit_id: str) -> Unit:
        """Look a unit up; raises `UnknownId`."""
        try:
            return self._units[unit_id]
        except KeyError:
            raise UnknownId(NO_UNIT.format(unit_id)) from None

    def shops(self) -> list[PartnerRepairShop]:
        """All partner repair shops."""
        return list(self._shops)

    def track(self, unit_id: str, since: datetime, until: datetime | None = None) -> list[Fix]:
        """Fixes of a unit since a moment, and no later than ``until``, oldest first."""
        return [f for f in self._tracks[self.unit(unit_id).id] if since <= f.at and (until is None or f.at <= until)]

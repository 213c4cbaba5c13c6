"""The fleet of a simulation: states kept from call to call, and only what has changed made anew."""

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from dispatch.errors import UnknownId
from dispatch.ports import NO_UNIT
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.unit import DutyChange, Fix, OpenAssignment, PartnerRepairShop, Unit, UnitState

# How often phones tell where they are: of idle units that drive, and of all others.
MOVING_EVERY_S, STANDING_EVERY_S = 30.0, 240.0
KEPT_FIXES = 8


class RovingFleet:
    """A `dispatch.ports.Fleet` of units that all are simulated.

    Parameters
    ----------
    units : sequence of Unit
    shops : sequence of PartnerRepairShop
    whereabouts : Whereabouts
    open_assignments : callable
        Usually ``log.open_assignments``.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        shops: Sequence[PartnerRepairShop] = (),
        *,
        whereabouts: Whereabouts,
        open_assignments: Callable[[], Mapping[str, OpenAssignment]],
    ) -> None:
        self._states = [UnitState(unit=u) for u in units]
        self._told_s = np.full(len(units), -np.inf)
        self._rows = {u.id: row for row, u in enumerate(units)}
        self._shifts = list(dict.fromkeys(u.shift for u in units))
        self._shift = np.array([self._shifts.index(u.shift) for u in units])
        self._ids = [u.id for u in units]
        self._bound: set[str] = set()
        self._shops = list(shops)
        self._whereabouts = whereabouts
        self._open_assignments = open_assignments
        self._tracks = {u.id: deque[Fix](maxlen=KEPT_FIXES) for u in units}

    def states(self, now: datetime) -> list[UnitState]:
        """Every unit with its latest fix and its open assignment; whoever is off shift and idle tells no position."""
        bound, now_s = self._open_assignments(), now.timestamp()
        states, rows = self._states, self._rows
        for unit_id in self._bound - bound.keys():
            self._put(unit_id, assignment=None)
        for unit_id, assignment in bound.items():
            row = rows.get(unit_id)
            if row is not None and states[row].assignment is not assignment:
                self._put(unit_id, assignment=assignment)
        self._bound = set(bound)
        for unit_id in self._due(bound.keys(), now, now_s):
            row = rows[unit_id]
            self._told_s[row] = now_s
            s, fix = states[row], self._whereabouts.fix(unit_id, now)
            states[row] = UnitState(unit=s.unit, fix=fix, assignment=s.assignment, duty=s.duty)
        return list(states)

    def _due(self, bound: Collection[str], now: datetime, now_s: float) -> list[str]:
        """Units whose phones tell again where they are."""
        on_shift = np.array([shift.covers(now) for shift in self._shifts])
        silences_s = now_s - self._told_s
        silent_s = silences_s.tolist()
        standing = [self._ids[row] for row in np.flatnonzero((silences_s >= STANDING_EVERY_S) & on_shift[self._shift])]
        driving = [
            unit_id
            for unit_id in self._whereabouts.restless()
            if unit_id not in bound and silent_s[self._rows[unit_id]] >= MOVING_EVERY_S
        ]
        busy = [u for u in bound if u in self._rows and silent_s[self._rows[u]] >= STANDING_EVERY_S]
        driven = [unit_id for unit_id in driving if self._whereabouts.moved(unit_id, now)]
        return list(dict.fromkeys([*standing, *driven, *busy]))

    def _put(self, unit_id: str, **changes: Any) -> None:
        row = self._rows.get(unit_id)
        if row is not None:
            state = self._states[row]
            fix, assignment = changes.get("fix", state.fix), changes.get("assignment", state.assignment)
            duty = changes.get("duty", state.duty)
            # `replace` takes thrice as long
            self._states[row] = UnitState(unit=state.unit, fix=fix, assignment=assignment, duty=duty)

    def record(self, fix: Fix) -> None:
        """Add an observed position to a unit's track."""
        row = self._row(fix.unit_id)
        self._tracks[fix.unit_id].append(fix)
        self._told_s[row] = fix.at.timestamp()
        self._put(fix.unit_id, fix=fix)

    def record_duty(self, change: DutyChange) -> None:
        """Keep a change of duty; a later one of the same unit takes its place; raises `UnknownId`."""
        self._row(change.unit_id)
        self._put(change.unit_id, duty=change)

    def unit(self, unit_id: str) -> Unit:
        """Look a unit up; raises `UnknownId`."""
        return self._states[self._row(unit_id)].unit

    def shops(self) -> list[PartnerRepairShop]:
        """All partner repair shops."""
        return list(self._shops)

    def track(self, unit_id: str, since: datetime, until: datetime | None = None) -> list[Fix]:
        """Recorded fixes of a unit since a moment, and no later than ``until``, oldest first; only the last few are kept."""
        self._row(unit_id)
        return [f for f in self._tracks[unit_id] if since <= f.at and (until is None or f.at <= until)]

    def _row(self, unit_id: str) -> int:
        try:
            return self._rows[unit_id]
        except KeyError:
            raise UnknownId(NO_UNIT.format(unit_id)) from None

"""The event log: the port every truth passes through, and its in-memory form."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from functools import reduce
from itertools import count
from threading import Lock
from typing import Protocol

from dispatch.bookings import Booking, MemoryBookings
from dispatch.errors import IllegalTransition, StaleIncident, UnitAlreadyAssigned, UnknownId
from dispatch.events import AssignmentAccepted, AssignmentEvent, Event, UnitOffered
from dispatch.folding import advance, fold
from dispatch.incident import Incident
from dispatch.jobs import JobCounts
from dispatch.unit import GUANGZHOU_TIME, OpenAssignment


class EventLog(Protocol):
    """An append-only log; what `append` accepted is never lost and never changes."""

    def new_incident_id(self, now: datetime) -> str:
        """A fresh id, e.g. ``GZ261122-00001``."""
        ...

    def append(self, events: Sequence[Event], *, after: int) -> None:
        """Add events of one incident, all or none.

        Parameters
        ----------
        events : sequence of Event
            In order; all of the same incident.
        after : int
            Version of the incident the writer saw; 0 for a new one.

        Raises
        ------
        StaleIncident
            The incident has moved on since version ``after``.
        UnitAlreadyAssigned
            A `UnitOffered` names a unit with an open assignment.
        ShopFull
            A `RepairShopChosen` names a shop that has as many vehicles booked that day as its capacity.
        IllegalTransition
            The events do not follow from the history.
        """
        ...

    def append_all(self, parts: Sequence[tuple[Sequence[Event], int]]) -> None:
        """Add events of several incidents, all or none: a swap.

        Parameters
        ----------
        parts : sequence of (events, after)
            Each as `append` takes it, done in this order; an incident may come again, with its version by then.

        Raises
        ------
        StaleIncident, UnitAlreadyAssigned, IllegalTransition
            See `append`.
        """
        ...

    def jobs_since(self, moment: datetime) -> dict[str, int]:
        """How many assignments each unit has accepted, of incidents reported since ``moment``; those without any left out."""
        ...

    def history(self, incident_id: str) -> list[Event]:
        """All events of an incident in order; raises `UnknownId`."""
        ...

    def incident(self, incident_id: str) -> Incident:
        """An incident as it stands: the fold of its history; raises `UnknownId`."""
        ...

    def incident_of(self, assignment_id: str) -> str:
        """Incident an assignment belongs to; raises `UnknownId`."""
        ...

    def open_incidents(self) -> list[Incident]:
        """Every incident that is not closed, oldest first."""
        ...

    def open_assignments(self) -> dict[str, OpenAssignment]:
        """Open assignments by unit id."""
        ...

    def shop_load(self, days: Collection[date]) -> dict[Booking, int]:
        """Vehicles booked at each repair shop on each of some days (Guangzhou); a shop without any is left out."""
        ...

    def all_events(self, since: datetime | None = None, until: datetime | None = None) -> list[list[Event]]:
        """Histories of the incidents reported in ``[since, until)``, oldest first; None leaves that end open."""
        ...

    def each_history(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[list[Event]]:
        """The same one after another, not all in memory; to be read to its end before anything else is asked."""
        ...


class MemoryLog:
    """An `EventLog` in memory that obeys the same rules as the real one."""

    def __init__(self) -> None:
        self._histories: dict[str, list[Event]] = {}
        self._states: dict[str, Incident] = {}
        self._bound: dict[str, OpenAssignment] = {}
        self._jobs = JobCounts()
        self._bookings = MemoryBookings()
        self._numbers = count(1)
        self._lock = Lock()

    def new_incident_id(self, now: datetime) -> str:
        """Next id in order of asking."""
        return incident_id(now, next(self._numbers))

    def append(self, events: Sequence[Event], *, after: int) -> None:
        """Add events of one incident, all or none."""
        with self._lock:
            self._append(list(events), after)

    def append_all(self, parts: Sequence[tuple[Sequence[Event], int]]) -> None:
        """Add events of several incidents, all or none."""
        with self._lock:
            for log in (self._trial({e.incident_id for events, _ in parts for e in events}), self):
                for events, after in parts:
                    log._append(list(events), after)

    def _trial(self, keys: set[str]) -> "MemoryLog":
        """A copy that knows these incidents only, to try on what may be refused half-way."""
        trial = MemoryLog()
        trial._histories = {key: self._histories[key] for key in keys if key in self._histories}
        trial._states = {key: self._states[key] for key in trial._histories}
        trial._bound = dict(self._bound)
        trial._bookings = self._bookings.copy()
        return trial

    def jobs_since(self, moment: datetime) -> dict[str, int]:
        """How many assignments each unit has accepted, of incidents reported since ``moment``."""
        return self._jobs.since(moment)

    def _append(self, events: list[Event], after: int) -> None:
        key = events[0].incident_id
        if any(e.incident_id != key for e in events):
            raise IllegalTransition("One append takes the events of one incident.")
        known = self._histories.get(key, [])
        if len(known) != after:
            raise StaleIncident(f"案件 {key} 已被他人更新:请刷新后再试。(Reload and decide again.)")
        offered = [e for e in events if isinstance(e, UnitOffered)]
        for event in offered:
            if event.unit_id in self._bound or sum(o.unit_id == event.unit_id for o in offered) > 1:
                raise UnitAlreadyAssigned(f"{event.unit_id} 已有未完成任务:请选其他人。(Choose another unit.)")
        state = reduce(advance, events, self._states[key]) if known else fold(events)
        self._bookings.exchange(self._states.get(key), state)
        self._histories[key] = [*known, *events]
        self._states[key] = state
        self._rebind(state, {e.unit_id for e in events if isinstance(e, AssignmentEvent)})
        for accepted in (e for e in events if isinstance(e, AssignmentAccepted)):
            self._jobs.add(state.reported.at, accepted.unit_id)

    def _rebind(self, state: Incident, touched: set[str]) -> None:
        for unit_id in touched:
            self._bound.pop(unit_id, None)
        for a in state.open_assignments:
            self._bound[a.unit_id] = OpenAssignment(assignment_id=a.id, incident_id=state.id, status=a.status)

    def history(self, incident_id: str) -> list[Event]:
        """All events of an incident in order; raises `UnknownId`."""
        try:
            return list(self._histories[incident_id])
        except KeyError:
            raise _unknown(incident_id) from None

    def incident(self, incident_id: str) -> Incident:
        """An incident as it stands; raises `UnknownId`."""
        if incident_id not in self._states:
            raise _unknown(incident_id)
        return self._states[incident_id]

    def incident_of(self, assignment_id: str) -> str:
        """Incident an assignment belongs to; raises `UnknownId`."""
        key = assignment_id.rpartition("-")[0]
        if key not in self._states or assignment_id not in self._states[key].assignments:
            raise UnknownId(f"没有任务 {assignment_id}。(No such assignment.)")
        return key

    def open_incidents(self) -> list[Incident]:
        """Every incident that is not closed, oldest first."""
        still_open = [s for s in self._states.values() if s.closed_at is None]
        return sorted(still_open, key=lambda s: s.reported.at)

    def open_assignments(self) -> dict[str, OpenAssignment]:
        """Open assignments by unit id."""
        return dict(self._bound)

    def shop_load(self, days: Collection[date]) -> dict[Booking, int]:
        """Vehicles booked at each repair shop on each of some days."""
        return self._bookings.taken(days)

    def all_events(self, since: datetime | None = None, until: datetime | None = None) -> list[list[Event]]:
        """Histories of the incidents reported in ``[since, until)``."""
        chosen = [h for h in self._histories.values() if _within(h[0].at, since, until)]
        return [list(h) for h in sorted(chosen, key=lambda h: h[0].at)]

    def each_history(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[list[Event]]:
        """The same one after another."""
        return iter(self.all_events(since, until))


def incident_id(now: datetime, number: int) -> str:
    """Spell an incident id: Guangzhou date and a running number."""
    return f"GZ{now.astimezone(GUANGZHOU_TIME):%y%m%d}-{number:05d}"


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _unknown(key: str) -> UnknownId:
    return UnknownId(f"没有案件 {key}。(No such incident.)")

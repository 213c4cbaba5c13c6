"""The event log on PostgreSQL: appended facts, and two projections that the database guards."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import reduce
from itertools import groupby
from typing import Any

import psycopg
from sqlalchemy import Connection, Select, Text, bindparam, cast, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ColumnElement

from dispatch.bookings import Booking
from dispatch.errors import Conflict, IllegalTransition, ShopFull, StaleIncident, UnitAlreadyAssigned, UnknownId
from dispatch.events import AssignmentAccepted, Event, UnitOffered
from dispatch.folding import advance, fold
from dispatch.incident import Assignment, Incident
from dispatch.log import incident_id
from dispatch.messages.causes import caused
from dispatch.personal import numbers_of
from dispatch.seals import NOTHING_BEFORE, Fact, read_json
from dispatch.unit import OpenAssignment
from dispatch.vocabulary import AssignmentStatus
from geo_data.shapes import point
from geo_data.stores import booking_store, message_store, parties
from geo_data.stores.event_codec import decode, encode
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.locked_facts import document, locked, opened
from geo_data.tables.schema import assignments, events, incident_numbers, incidents

Stamp = tuple[bytes, int | None]
"""Hash of an incident's last event, which stands for all before it, and id of its data key, None once that is erased."""
_EVENT_COLUMNS = (events.c.incident_id, events.c.kind, document(events, "incident_id"))


class PostgisLog:
    """An `EventLog` inside the caller's transaction; it never commits.

    A refused `append` leaves nothing behind and the transaction usable, so the caller may try the next unit.
    Writers lock in one order, the incident first, then its units by id, then its shop, so single appends never deadlock.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction (read committed).
    holding : bool
        Whether an incident is held from its reading on: for whoever reads to write, so that what the desk itself notes in the
        very moment makes them wait instead of refusing them.
    """

    def __init__(self, connection: Connection, *, holding: bool = False) -> None:
        self._connection, self._holding = connection, holding
        self._keys = PostgisKeys(connection)

    def new_incident_id(self, now: datetime) -> str:
        """A fresh id; numbers run on over all days and may have gaps."""
        return incident_id(now, self._connection.execute(select(incident_numbers.next_value())).scalar_one())

    def append(self, events: Sequence[Event], *, after: int) -> None:
        """Add events of one incident, all or none; see `dispatch.log.EventLog`.

        Raises
        ------
        StaleIncident, UnitAlreadyAssigned, ShopFull, IllegalTransition
            As the protocol says.
        InvalidInput
            When an event holds a value that cannot be stored.
        """
        key = events[0].incident_id
        if any(e.incident_id != key for e in events):
            raise IllegalTransition("One append takes the events of one incident.")
        known = self._read(key)
        if len(known) != after:
            raise _stale(key)
        self._refuse_bound({e.unit_id for e in events if isinstance(e, UnitOffered)})
        before = fold(known) if known else None
        state = reduce(advance, events, before) if before else fold(events)
        with _conflicts_named(key), self._connection.begin_nested():
            self._write_incident(state, after)
            self._write_assignments(
                state, before.assignments if before else {}
            )  # waits for the units, so before the events get their place in time
            booking_store.exchange(self._connection, before, state)
            message_store.write(self._connection, caused(events, state, after=after))
            parties.write(self._connection, events, state)
            self._write_events(events, after)

    def hold(self, incident_id: str) -> None:
        """Let nobody else write to an incident until the transaction ends.

        For what is no decision that somebody could overtake: it waits its turn instead of being refused as stale.

        Raises
        ------
        UnknownId
            There is no such incident.
        """
        if self._connection.execute(_HOLD, {"key": incident_id}).first() is None:
            raise UnknownId(f"没有案件 {incident_id}。(No such incident.)")

    def append_all(self, parts: Sequence[tuple[Sequence[Event], int]]) -> None:
        """Add events of several incidents, all or none; see `dispatch.log.EventLog`."""
        with self._connection.begin_nested():
            for events, after in parts:
                self.append(events, after=after)

    def jobs_since(self, moment: datetime) -> dict[str, int]:
        """How many assignments each unit has accepted, of incidents reported since ``moment``; one query."""
        accepted = events.c.kind == AssignmentAccepted.__name__
        unit_id = events.c.body["unit_id"].astext
        query = (
            select(unit_id, func.count())
            .join(incidents, events.c.incident_id == incidents.c.id)
            .where(incidents.c.reported_at >= moment, accepted)
            .group_by(unit_id)
        )
        return {str(key): int(n) for key, n in self._connection.execute(query)}

    def history(self, incident_id: str) -> list[Event]:
        """All events of an incident in order; raises `UnknownId`."""
        if self._holding:
            with _conflicts_named(incident_id):  # two that hold each other's
                self._connection.execute(_HOLD, {"key": incident_id})
        found = self._read(incident_id)
        if not found:
            raise UnknownId(f"没有案件 {incident_id}。(No such incident.)")
        return found

    def incident(self, incident_id: str) -> Incident:
        """An incident as it stands; raises `UnknownId`."""
        return fold(self.history(incident_id))

    def incident_of(self, assignment_id: str) -> str:
        """Incident an assignment belongs to; raises `UnknownId`."""
        query = select(assignments.c.incident_id).where(assignments.c.id == assignment_id)
        found: str | None = self._connection.execute(query).scalar()
        if found is None:
            raise UnknownId(f"没有任务 {assignment_id}。(No such assignment.)")
        return found

    def open_incidents(self) -> list[Incident]:
        """Every incident that is not closed, oldest first; one query."""
        return [fold(h) for h in self._histories(_in_order().where(~incidents.c.closed))]

    def open_assignments(self) -> dict[str, OpenAssignment]:
        """Open assignments by unit id."""
        table = assignments.c
        rows = self._connection.execute(
            select(table.unit_id, table.id, table.incident_id, table.status).where(table.open)
        )
        return {
            unit_id: OpenAssignment(assignment_id=key, incident_id=incident, status=AssignmentStatus(status))
            for unit_id, key, incident, status in rows
        }

    def shop_load(self, days: Collection[date]) -> dict[Booking, int]:
        """Vehicles booked at each repair shop on each of some days; a shop without any is left out."""
        return booking_store.taken(self._connection, days)

    def all_events(self, since: datetime | None = None, until: datetime | None = None) -> list[list[Event]]:
        """Histories of the incidents reported in ``[since, until)``, oldest first; one query."""
        return list(self.each_history(since, until))

    def each_history(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[list[Event]]:
        """The same one after another, not all in memory."""
        query = _in_order().execution_options(yield_per=10_000)  # a year of events is read in parts
        if since is not None:
            query = query.where(incidents.c.reported_at >= since)
        if until is not None:
            query = query.where(incidents.c.reported_at < until)
        return self._histories(query)

    def arrived_since(self, reported_since: datetime, since: datetime) -> list[list[Event]]:
        """Histories of the incidents reported since the first moment that somebody has reached since the second."""
        query = _in_order().where(incidents.c.reported_at >= reported_since, incidents.c.arrived_at >= since)
        return list(self._histories(query))

    def incidents_named(self, incident_ids: Collection[str]) -> list[Incident]:
        """Some incidents as they stand, oldest first; those not found are left out."""
        if not incident_ids:
            return []
        return [fold(h) for h in self._histories(_in_order().where(incidents.c.id.in_(incident_ids)))]

    def open_stamps(self) -> dict[str, Stamp]:
        """The stamp of every incident that is not closed, by id, oldest first."""
        return self._stamps(~incidents.c.closed)

    def stamps_of_events(self, event_ids: Collection[int]) -> dict[str, Stamp]:
        """The same of the incidents that the events with these row ids belong to; for whoever heard their NOTIFY."""
        touched = select(events.c.incident_id).where(events.c.id.in_(event_ids))
        return self._stamps(incidents.c.id.in_(touched))

    def incidents_of_unit(self, unit_id: str, since: datetime) -> list[Incident]:
        """Incidents reported since a moment, as they stand, that a unit was offered; oldest first."""
        touched = select(assignments.c.incident_id).where(assignments.c.unit_id == unit_id)
        query = _in_order().where(incidents.c.id.in_(touched), incidents.c.reported_at >= since)
        return [fold(h) for h in self._histories(query)]

    def with_waiting_callers(self, since: datetime) -> list[Incident]:
        """Incidents, closed ones too, whose caller has waited since ``since`` or later for the desk; oldest report first."""
        waiting = self._connection.execute(_WAITING, {"since": since}).scalars().all()
        return [fold(h) for h in self._histories(_in_order().where(incidents.c.id.in_(waiting)))] if waiting else []

    # -- reading -------------------------------------------------------------------------------------------------

    def _read(self, key: str) -> list[Event]:
        query = select(*_EVENT_COLUMNS).where(events.c.incident_id == key).order_by(events.c.seq)
        return [_event(row) for row in self._connection.execute(query)]

    def _histories(self, query: Select[Any]) -> Iterator[list[Event]]:
        rows: Iterable[Any] = self._connection.execute(query)
        for _, group in groupby(rows, key=lambda row: row[0]):
            yield [_event(row) for row in group]

    def _stamps(self, which: ColumnElement[bool]) -> dict[str, Stamp]:
        rows = self._connection.execute(_STAMPS.where(which))
        return {key: (last, data_key) for key, last, data_key in rows}

    def _refuse_bound(self, unit_ids: set[str]) -> None:
        if not unit_ids:
            return
        query = select(assignments.c.unit_id).where(assignments.c.open, assignments.c.unit_id.in_(unit_ids))
        bound = self._connection.execute(query).scalar()
        if bound is not None:
            raise UnitAlreadyAssigned(f"{bound} 已有未完成任务:请选其他人。(Choose another unit.)")

    # -- writing -------------------------------------------------------------------------------------------------

    def _write_incident(self, state: Incident, after: int) -> None:
        row = _incident_row(state)
        if after == 0:
            self._connection.execute(insert(incidents).values(id=state.id, **row))
            return
        table = incidents.c
        done = self._connection.execute(
            update(incidents).where(table.id == state.id, table.version == after).values(**row)
        )
        if done.rowcount == 0:
            raise _stale(state.id)

    def _write_events(self, new: Sequence[Event], after: int) -> None:
        rows = []
        before = self._connection.execute(_BEFORE, {"key": new[0].incident_id, "after": after}).one()
        previous = before.hash.hex() if before.hash else NOTHING_BEFORE
        for seq, event in enumerate(new, start=after + 1):
            kind, plain = encode(event)
            body = locked(self._connection, event, kind, plain)
            row = {
                "incident_id": event.incident_id,
                "seq": seq,
                "kind": kind,
                "at": event.at,
                "recorded_at": before.now,
            }
            previous = Fact(**row, body=read_json(body), previous=previous).hash
            rows.append(row | {"json": body, "hash": bytes.fromhex(previous)})
            self._keys.remember(event.incident_id, frozenset().union(*numbers_of(event)))
        self._connection.execute(_INSERT_EVENT, rows)

    def _write_assignments(self, state: Incident, before: dict[str, Assignment]) -> None:
        changed = [a for a in state.assignments.values() if before.get(a.id) != a]
        # Ended ones first, so that a unit or role set free here can be taken here; then by unit, the order of locks.
        for a in sorted(changed, key=lambda a: (a.status.is_open, a.unit_id)):
            moving = {"status": a.status.value, "open": a.status.is_open}
            if a.id in before:
                self._connection.execute(update(assignments).where(assignments.c.id == a.id).values(**moving))
            else:
                row = {"id": a.id, "incident_id": state.id, "unit_id": a.unit_id, "role": a.role.value, **moving}
                self._connection.execute(insert(assignments).values(**row))


_WAITING = text("""
SELECT DISTINCT asked.incident_id FROM events AS asked
WHERE asked.kind IN ('CallbackRequested', 'PlaceDoubted') AND asked.at >= :since AND NOT EXISTS (
    SELECT FROM events AS answer
    WHERE answer.incident_id = asked.incident_id AND answer.seq > asked.seq AND CASE asked.kind
        WHEN 'CallbackRequested' THEN answer.kind = 'CallbackAnswered' AND (answer.body ->> 'reached')::boolean
        ELSE answer.kind IN ('PlaceDoubted', 'PlaceDoubtSettled', 'IncidentLocated')
    END
)
""")
_STAMPS = (
    select(incidents.c.id, events.c.hash, PostgisKeys.in_use(incidents.c.id))
    .join(events, (events.c.incident_id == incidents.c.id) & (events.c.seq == incidents.c.version))
    .order_by(incidents.c.reported_at, incidents.c.number)
)
_HOLD = select(incidents.c.id).where(incidents.c.id == bindparam("key")).with_for_update(key_share=True)
_BEFORE = select(
    func.clock_timestamp().label("now"),
    select(events.c.hash)
    .where(events.c.incident_id == bindparam("key"), events.c.seq == bindparam("after"))
    .scalar_subquery()
    .label("hash"),
)
_INSERT_EVENT = insert(events).values(body=cast(bindparam("json", type_=Text), JSONB))


def _in_order() -> Select[Any]:
    order = (incidents.c.reported_at, incidents.c.number, events.c.seq)
    return select(*_EVENT_COLUMNS).join(incidents, events.c.incident_id == incidents.c.id).order_by(*order)


def _event(row: Any) -> Event:
    _, kind, words = row
    return decode(kind, opened(kind, words))


def _incident_row(state: Incident) -> dict[str, Any]:
    location, commitment = state.location, state.commitment
    return {
        "version": state.version,
        "reported_at": state.reported.at,
        "status": state.status.value,
        "closed": state.closed_at is not None,
        "tier": state.tier.value,
        "zone": commitment.zone.value if commitment else None,
        "district": location.district if location else None,
        "due_at": commitment.due_at if commitment else None,
        "arrived_at": state.arrived_at,
        "simulated": state.reported.simulated,
        "place": point(location.position) if location else None,
    }


def _stale(key: str) -> StaleIncident:
    return StaleIncident(f"案件 {key} 已被他人更新:请刷新后再试。(Reload and decide again.)")


_BY_CONSTRAINT: dict[str, type[Conflict]] = {
    "incidents_pkey": StaleIncident,
    "events_incident_id_seq_key": StaleIncident,
    "one_open_assignment_per_unit": UnitAlreadyAssigned,
    "one_open_assignment_per_role": UnitAlreadyAssigned,
    "assignments_pkey": IllegalTransition,
    "shop_bookings_shop_id_day_slot_key": ShopFull,
}


@contextmanager
def _conflicts_named(key: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        cause = error.orig
        if isinstance(cause, psycopg.errors.DeadlockDetected):  # only where one transaction appends to many incidents
            raise _stale(key) from None
        if not isinstance(cause, psycopg.errors.UniqueViolation):
            raise
        kind = _BY_CONSTRAINT.get(cause.diag.constraint_name or "")
        if kind is None:
            raise
        if kind is StaleIncident:
            raise _stale(key) from None
        if kind is ShopFull:
            raise ShopFull("维修厂当日已满:请另选。(The shop is full that day: choose another.)") from None
        raise kind("该人员或该角色已有未完成任务:请选其他人。(Bound already: choose another unit.)") from None

"""The roster, the repair shops and the tracks on PostgreSQL; fixes are written by `geo_data.stores.fix_store`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, any_, literal, select, true, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import NullType

from dispatch.errors import UnknownId
from dispatch.ports import NO_UNIT
from dispatch.unit import DutyChange, Fix, OpenAssignment, PartnerRepairShop, Shift, Unit, UnitState
from dispatch.vocabulary import AssignmentStatus, DutyKind, Role, Skill
from geo_data.shapes import as_text, point, position, read
from geo_data.stores.fix_days import FixDays
from geo_data.stores.fix_store import CLOCK_SKEW, RefusedFix, keep_fixes, tell_moved
from geo_data.tables.schema import assignments, duty_changes, fixes, latest_fixes, shops, units


class PostgisFleet:
    """A `dispatch.ports.Fleet` inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def states(self, now: datetime, only: Collection[str] | None = None) -> list[UnitState]:
        """Every unit by id (or ``only`` those), with its latest fix, its open assignment and its latest duty change; one query.

        A fix from more than `CLOCK_SKEW` after ``now`` does not count.
        """
        query = (
            select(*_UNIT, *_FIX, *_DUTY.c, assignments.c.id, assignments.c.incident_id, assignments.c.status)
            .outerjoin(latest_fixes, (latest_fixes.c.unit_id == units.c.id) & (latest_fixes.c.at <= now + CLOCK_SKEW))
            .outerjoin(assignments, (assignments.c.unit_id == units.c.id) & assignments.c.open)
            .outerjoin(_DUTY, true())
            .order_by(units.c.id)
        )
        if only is not None:
            query = query.where(units.c.id == any_(literal(list(only), ARRAY(Text))))  # one parameter, not one for each
        return [_same_state(tuple(row)) for row in self._connection.execute(query).fetchall()]

    def unit(self, unit_id: str) -> Unit:
        """Look a unit up; raises `UnknownId`."""
        row = self._connection.execute(select(*_UNIT).where(units.c.id == unit_id)).first()
        if row is None:
            raise UnknownId(NO_UNIT.format(unit_id))
        return _unit(tuple(row))

    def shops(self) -> list[PartnerRepairShop]:
        """All partner repair shops, by id."""
        return [_shop(row) for row in self._connection.execute(select(shops).order_by(shops.c.id))]

    def track(self, unit_id: str, since: datetime, until: datetime | None = None) -> list[Fix]:
        """Fixes of a unit since a moment, and no later than ``until``, oldest first; raises `UnknownId`."""
        table = fixes.c
        query = select(*_fix_columns(fixes)).where(table.unit_id == unit_id, table.at >= since).order_by(table.at)
        if until is not None:
            query = query.where(table.at <= until)
        found = [_fix(unit_id, tuple(row)) for row in self._connection.execute(query)]
        if not found:
            self.unit(unit_id)  # an empty track is an answer only for a unit that exists
        return found

    def record_duty(self, change: DutyChange) -> None:
        """Keep a change of duty; raises `UnknownId`."""
        self.unit(change.unit_id)
        row = {name: getattr(change, name) for name in ("unit_id", "at", "until", "reason", "by")}
        self._connection.execute(insert(duty_changes).values(kind=change.kind.value, **row))
        tell_moved(self._connection, [change.unit_id])

    def save_units(self, roster: Iterable[Unit]) -> None:
        """Add units, and replace those whose id is known."""
        self._save(units, [_unit_row(u) for u in roster])

    def save_shops(self, known: Iterable[PartnerRepairShop]) -> None:
        """Add repair shops, and replace those whose id is known."""
        self._save(shops, [_shop_row(s) for s in known])

    def _save(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        query = insert(table)
        changes = {c.name: query.excluded[c.name] for c in table.columns if not c.primary_key}
        self._connection.execute(query.on_conflict_do_update(index_elements=["id"], set_=changes), rows)

    def record_fixes(self, observed: Sequence[Fix], now: datetime) -> list[RefusedFix]:
        """Keep position fixes received at ``now``; returns those refused, see `geo_data.stores.fix_store.keep_fixes`."""
        return keep_fixes(self._connection, observed, now)

    def forget_before(self, moment: datetime) -> list[date]:
        """Drop the days (UTC) of fixes that were over by ``moment``; each unit's latest stays. Returns the days."""
        return FixDays(self._connection).drop_before(moment)


def _fix_columns(table: Table) -> list[Any]:
    said = [table.c[name] for name in ("accuracy_m", "heading_deg", "speed_mps", "mocked")]
    return [table.c["at"], as_text(table.c["position"]), *said]


_FIX = _fix_columns(latest_fixes)


def _as_sent(column: Column[Any]) -> ColumnElement[Any]:
    """The driver reads arrays itself, in C; reading them once more was half the time of reading the fleet."""
    if column.name == "standby":
        return as_text(column)
    return type_coerce(column, NullType()).label(column.name) if isinstance(column.type, ARRAY) else column


_UNIT = [_as_sent(column) for column in units.c]
_DUTY = (
    select(*(duty_changes.c[name] for name in ("at", "until", "kind", "reason", "by")))
    .where(duty_changes.c.unit_id == units.c.id)
    .order_by(duty_changes.c.id.desc())
    .limit(1)
    .lateral("duty")
)


_FIX_AT, _DUTY_AT = len(_UNIT), len(_UNIT) + len(_FIX)
_BOUND_AT = _DUTY_AT + len(_DUTY.c)


_last_read: dict[str, tuple[tuple[Any, ...], UnitState]] = {}


def _same_state(row: tuple[Any, ...]) -> UnitState:
    """Many look at the fleet between two fixes of a unit: a row that reads as it last did is the state it was."""
    known = _last_read.get(row[0])
    if known is None or known[0] != row:
        known = _last_read[row[0]] = (row, _state(row))
    return known[1]


def _state(row: tuple[Any, ...]) -> UnitState:
    unit, fix, duty, bound = row[:_FIX_AT], row[_FIX_AT:_DUTY_AT], row[_DUTY_AT:_BOUND_AT], row[_BOUND_AT:]
    who = _unit(unit)
    return UnitState(
        unit=who,
        fix=_fix(who.id, fix) if fix[0] is not None else None,
        duty=_change(who.id, duty) if duty[0] is not None else None,
        assignment=_bound(bound) if bound[0] is not None else None,
    )


def _change(unit_id: str, row: tuple[Any, ...]) -> DutyChange:
    at, until, kind, reason, by = row
    return DutyChange(unit_id=unit_id, at=at, until=until, kind=DutyKind(kind), reason=reason, by=by)


def _bound(row: tuple[Any, ...]) -> OpenAssignment:
    key, incident, status = row
    return OpenAssignment(assignment_id=key, incident_id=incident, status=AssignmentStatus(status))


def _unit(row: tuple[Any, ...]) -> Unit:
    *plain, skills, backup_rank, contacts = row
    return _same_unit(*plain, tuple(skills), backup_rank, tuple(contacts))


@lru_cache(maxsize=20_000)
def _same_unit(*row: Any) -> Unit:
    """The roster seldom changes: a row that reads as before is the unit it was."""
    key, name, role, standby, start, end, plate, simulated, skills, backup_rank, contacts = row
    return Unit(
        id=key,
        name=name,
        role=Role(role),
        standby=read(standby),
        shift=Shift(start, end),
        plate=plate,
        simulated=simulated,
        skills=frozenset(map(Skill, skills)),
        backup_rank=backup_rank,
        contacts=contacts,
    )


def _shop(row: Any) -> PartnerRepairShop:
    key, name, place, designated, simulated, opens, closes, makes, capacity = row
    return PartnerRepairShop(
        id=key,
        name=name,
        position=position(place),
        designated=designated,
        simulated=simulated,
        hours=Shift(opens, closes),
        makes=frozenset(makes),
        capacity=capacity,
    )


def _fix(unit_id: str, row: tuple[Any, ...]) -> Fix:
    at, where, accuracy_m, heading_deg, speed_mps, mocked = row
    return Fix(
        unit_id=unit_id,
        position=read(where),
        at=at,
        accuracy_m=accuracy_m,
        heading_deg=heading_deg,
        speed_mps=speed_mps,
        mocked=mocked,
    )


def _unit_row(unit: Unit) -> dict[str, Any]:
    return {
        "id": unit.id,
        "name": unit.name,
        "role": unit.role.value,
        "standby": point(unit.standby),
        "shift_start": unit.shift.start,
        "shift_end": unit.shift.end,
        "plate": unit.plate,
        "simulated": unit.simulated,
        "skills": sorted(skill.value for skill in unit.skills),
        "backup_rank": unit.backup_rank,
        "contacts": list(unit.contacts),
    }


def _shop_row(shop: PartnerRepairShop) -> dict[str, Any]:
    return {
        "id": shop.id,
        "name": shop.name,
        "place": point(shop.position),
        "designated": shop.designated,
        "simulated": shop.simulated,
        "opens": shop.hours.start,
        "closes": shop.hours.end,
        "makes": sorted(shop.makes),
        "capacity": shop.capacity,
    }

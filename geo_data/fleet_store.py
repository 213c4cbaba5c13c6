"""The roster, the repair shops and the position fixes on PostgreSQL."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from math import isfinite
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, text, true
from sqlalchemy.dialects.postgresql import insert

from dispatch.errors import UnknownId
from dispatch.ports import NO_UNIT
from dispatch.unit import DutyChange, Fix, OpenAssignment, PartnerRepairShop, Shift, Unit, UnitState
from dispatch.vocabulary import AssignmentStatus, DutyKind, Role, Skill
from geo_data.schema import FIXES_CHANNEL, assignments, duty_changes, fixes, latest_fixes, shops, units
from geo_data.shapes import point, position

CLOCK_SKEW = timedelta(seconds=60)  # how far a phone's clock may run ahead of ours
OLDEST_FIX = timedelta(days=7)
NOTICE_BYTES = 7000  # PostgreSQL takes notices below 8,000 bytes


@dataclass(frozen=True, slots=True)
class RefusedFix:
    """A fix that was not kept, and why."""

    fix: Fix
    reason: str


_BATCH = """
SELECT unit_id, at, ST_SetSRID(ST_MakePoint(lon, lat), 4326), accuracy_m, heading_deg, speed_mps, mocked, :now
FROM unnest(
    CAST(:units AS text[]), CAST(:ats AS timestamptz[]), CAST(:lons AS float8[]), CAST(:lats AS float8[]),
    CAST(:accuracies AS float8[]), CAST(:headings AS float8[]), CAST(:speeds AS float8[]), CAST(:mocked AS boolean[])
) AS batch (unit_id, at, lon, lat, accuracy_m, heading_deg, speed_mps, mocked)
"""
_INTO = "(unit_id, at, position, accuracy_m, heading_deg, speed_mps, mocked, received_at)"
_KEEP = text(f"INSERT INTO fixes {_INTO} {_BATCH} ON CONFLICT DO NOTHING")
# Of each unit the newest; by unit, so that two batches at once wait for each other in one order.
_MOVE = text(f"""
INSERT INTO latest_fixes AS known {_INTO}
SELECT DISTINCT ON (unit_id) * FROM ({_BATCH}) AS fix {_INTO} ORDER BY unit_id, at DESC
ON CONFLICT (unit_id) DO UPDATE SET
    at = excluded.at, position = excluded.position, accuracy_m = excluded.accuracy_m,
    heading_deg = excluded.heading_deg, speed_mps = excluded.speed_mps, mocked = excluded.mocked, received_at = excluded.received_at
WHERE known.at < excluded.at
RETURNING unit_id
""")  # noqa: S608  (put together from constants)


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
            select(*units.c, *_FIX, *_DUTY.c, assignments.c.id, assignments.c.incident_id, assignments.c.status)
            .outerjoin(latest_fixes, (latest_fixes.c.unit_id == units.c.id) & (latest_fixes.c.at <= now + CLOCK_SKEW))
            .outerjoin(assignments, (assignments.c.unit_id == units.c.id) & assignments.c.open)
            .outerjoin(_DUTY, true())
            .order_by(units.c.id)
        )
        if only is not None:
            query = query.where(units.c.id.in_(only))
        return [_state(tuple(row)) for row in self._connection.execute(query)]

    def unit(self, unit_id: str) -> Unit:
        """Look a unit up; raises `UnknownId`."""
        row = self._connection.execute(select(units).where(units.c.id == unit_id)).first()
        if row is None:
            raise UnknownId(NO_UNIT.format(unit_id))
        return _unit(row)

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
        self._notify([change.unit_id])

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
        """Keep position fixes and tell listeners on ``gz_fixes`` which units moved.

        A fix older than the latest one joins the track but does not move the unit; a fix sent twice is kept once.

        Parameters
        ----------
        observed : sequence of Fix
            Of any units, in any order.
        now : datetime
            When they were received (aware).

        Returns
        -------
        list of RefusedFix
            Those not kept: dated more than `CLOCK_SKEW` ahead, of an unknown unit, or with figures that cannot be.
        """
        known = set(
            self._connection.execute(select(units.c.id).where(units.c.id.in_({f.unit_id for f in observed}))).scalars()
        )
        refused = [RefusedFix(f, reason) for f in observed if (reason := _fault(f, known, now))]
        # In one order everywhere, so that two batches that hold the same fix cannot deadlock.
        good = sorted((f for f in observed if not _fault(f, known, now)), key=lambda f: (f.unit_id, f.at))
        if good:
            columns = _columns(good) | {"now": now}
            self._connection.execute(_KEEP, columns)
            self._notify(list(self._connection.execute(_MOVE, columns).scalars()))
        return refused

    def forget_before(self, moment: datetime) -> int:
        """Delete the history of fixes before ``moment``; each unit's latest stays. Returns how many were deleted."""
        return self._connection.execute(delete(fixes).where(fixes.c.at < moment)).rowcount

    def _notify(self, unit_ids: list[str]) -> None:
        for notice in notices(unit_ids):
            self._connection.execute(select(func.pg_notify(FIXES_CHANNEL, notice)))


def notices(unit_ids: Iterable[str]) -> Iterator[str]:
    """Join ids with commas into texts of at most `NOTICE_BYTES` bytes each."""
    part: list[str] = []
    size = 0
    for unit_id in unit_ids:
        length = len(unit_id.encode()) + 1
        if part and size + length > NOTICE_BYTES:
            yield ",".join(part)
            part, size = [], 0
        part.append(unit_id)
        size += length
    if part:
        yield ",".join(part)


def _fault(fix: Fix, known: set[str], now: datetime) -> str:
    if fix.unit_id not in known:
        return f"没有作业单元 {fix.unit_id}。(No such unit.)"
    if fix.at > now + CLOCK_SKEW:
        ahead = (fix.at - now).total_seconds()
        return f"定位时间比现在晚 {ahead:.0f} 秒:请校准手机时钟。(Dated in the future: set the clock.)"
    if fix.at < now - OLDEST_FIX:
        return f"定位时间早于 {OLDEST_FIX.days} 天前。(Too old to be of use: check the clock of the phone.)"
    figures = (fix.accuracy_m, fix.heading_deg or 0.0, fix.speed_mps or 0.0)
    if not all(isfinite(x) for x in figures) or fix.accuracy_m < 0:
        return "定位数值无效。(Accuracy, heading and speed must be numbers, accuracy not negative.)"
    return ""


def _fix_columns(table: Table) -> list[Any]:
    return [table.c[name] for name in ("at", "position", "accuracy_m", "heading_deg", "speed_mps", "mocked")]


_FIX = _fix_columns(latest_fixes)
_UNIT = len(units.c)
_DUTY = (
    select(*(duty_changes.c[name] for name in ("at", "until", "kind", "reason", "by")))
    .where(duty_changes.c.unit_id == units.c.id)
    .order_by(duty_changes.c.id.desc())
    .limit(1)
    .lateral("duty")
)


def _state(row: tuple[Any, ...]) -> UnitState:
    columns = iter(row)
    unit, fix, duty, bound = (tuple(islice(columns, n)) for n in (_UNIT, len(_FIX), len(_DUTY.c), 3))
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


def _unit(row: Any) -> Unit:
    key, name, role, standby, start, end, plate, simulated, skills, backup_rank, contacts = row
    return Unit(
        id=key,
        name=name,
        role=Role(role),
        standby=position(standby),
        shift=Shift(start, end),
        plate=plate,
        simulated=simulated,
        skills=frozenset(map(Skill, skills)),
        backup_rank=backup_rank,
        contacts=tuple(contacts),
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
        position=position(where),
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


def _columns(observed: Sequence[Fix]) -> dict[str, list[Any]]:
    return {
        "units": [f.unit_id for f in observed],
        "ats": [f.at for f in observed],
        "lons": [f.position.lon for f in observed],
        "lats": [f.position.lat for f in observed],
        "accuracies": [f.accuracy_m for f in observed],
        "headings": [f.heading_deg for f in observed],
        "speeds": [f.speed_mps for f in observed],
        "mocked": [f.mocked for f in observed],
    }

"""Devices that report positions by a token of their own, on PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from dispatch.errors import UnknownId
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.tables.schema import devices as table
from geo_data.tables.schema import units

PER_S = 2.0  # messages a device may send in the long run
AT_ONCE = 1500  # … and after a silence: two hours at one fix in 5 s

_SHOWN = ("id", "unit_id", "name", "created_at", "created_by", "last_seen_at", "battery", "charging", "revoked_at")
# A bucket that fills with time; before a device's first message it is full, as LEAST passes over what is null.
_LEFT = "least(CAST(:at_once AS float8), allowance + :per_s * greatest(0, extract(epoch FROM :now - last_seen_at)))"
# One statement, so that two messages at once cannot spend the same drop.
_HEAR = text(f"""
UPDATE devices SET last_seen_at = greatest(last_seen_at, :now), allowance = {_LEFT} - 1
WHERE token_sha256 = :digest AND revoked_at IS NULL AND {_LEFT} >= 1
RETURNING id, unit_id
""")  # noqa: S608  (put together from constants)
# The same for many at once, each for as many messages as it has sent; in one order, so that no two wait for each other.
_HEAR_ALL = text(f"""
WITH said AS (
    SELECT * FROM unnest(
        CAST(:digests AS bytea[]), CAST(:times AS float8[]), CAST(:batteries AS float8[]), CAST(:chargings AS boolean[])
    ) AS said (digest, times, battery_said, charging_said)
),
known AS (
    SELECT id, unit_id, said.* FROM devices JOIN said ON said.digest = token_sha256
    WHERE revoked_at IS NULL ORDER BY id FOR UPDATE OF devices
)
UPDATE devices SET last_seen_at = greatest(last_seen_at, :now), allowance = {_LEFT} - known.times,
    battery = coalesce(known.battery_said, battery), charging = coalesce(known.charging_said, charging)
FROM known WHERE known.id = devices.id AND {_LEFT} >= known.times
RETURNING known.digest, known.unit_id
""")  # noqa: S608  (put together from constants)


@dataclass(frozen=True, slots=True)
class Said:
    """What a device says of itself in some messages sent together; None is what it did not say."""

    token_sha256: bytes
    messages: int
    battery: float | None
    charging: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device as it stands; ``battery`` runs from 0 to 1, None is what it has not said or what has not happened."""

    id: int
    unit_id: str
    unit_name: str
    name: str
    created_at: datetime
    created_by: str
    last_seen_at: datetime | None
    battery: float | None
    charging: bool | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Heard:
    """A device that may post, for the unit it belongs to."""

    device_id: int
    unit_id: str


class PostgisDevices:
    """The devices, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def issue(self, unit_id: str, name: str, token_sha256: bytes, now: datetime, *, by: str) -> Device:
        """Let a device post positions of a unit; raises `UnknownId` for no such unit."""
        PostgisFleet(self._connection).unit(unit_id)
        row = {"unit_id": unit_id, "name": name, "created_at": now, "created_by": by, "allowance": AT_ONCE}
        query = insert(table).values(token_sha256=token_sha256, **row).returning(table.c.id)
        return self._one(self._connection.execute(query).scalar_one())

    def all(self) -> list[Device]:
        """Every device ever issued, by unit, the newest of each first."""
        query = _query().order_by(table.c.unit_id, table.c.id.desc())
        return [_device(row) for row in self._connection.execute(query)]

    def revoke(self, device_id: int, now: datetime, *, by: str) -> Device:
        """Shut a device out from now on; one that is shut out already stays so. Raises `UnknownId`."""
        still_in = (table.c.id == device_id) & table.c.revoked_at.is_(None)
        self._connection.execute(update(table).where(still_in).values(revoked_at=now, revoked_by=by))
        return self._one(device_id)

    def hear(self, token_sha256: bytes, now: datetime) -> Heard | None:
        """The device with this token, seen at ``now``; None where there is none, it is revoked, or it says too much.

        `knows` tells the two apart.
        """
        bound = {"digest": token_sha256, "now": now, "per_s": PER_S, "at_once": AT_ONCE}
        row = self._connection.execute(_HEAR, bound).first()
        return Heard(*row) if row else None

    def hear_all(self, said: Sequence[Said], now: datetime) -> dict[bytes, str]:
        """Hear many at once: the unit of each device that may say so much; the others are as if they had said nothing."""
        last = list({one.token_sha256: one for one in said}.values())
        bound = {
            "digests": [one.token_sha256 for one in last],
            "times": [one.messages for one in last],
            "batteries": [one.battery for one in last],
            "chargings": [one.charging for one in last],
        }
        rows = self._connection.execute(_HEAR_ALL, bound | {"now": now, "per_s": PER_S, "at_once": AT_ONCE})
        return {bytes(known_by): unit_id for known_by, unit_id in rows}

    def knows(self, token_sha256: bytes) -> bool:
        """Whether a device that is not revoked has this token."""
        query = select(table.c.id).where(table.c.token_sha256 == token_sha256, table.c.revoked_at.is_(None))
        return self._connection.execute(query).first() is not None

    def note_power(self, device_id: int, battery: float | None, charging: bool | None) -> None:
        """Keep what a device said last of its battery; nothing where it said nothing."""
        said = {name: value for name, value in (("battery", battery), ("charging", charging)) if value is not None}
        if said:
            self._connection.execute(update(table).where(table.c.id == device_id).values(**said))

    def _one(self, device_id: int) -> Device:
        row = self._connection.execute(_query().where(table.c.id == device_id)).first()
        if row is None:
            raise UnknownId("没有此设备。(No such device: see /v1/devices.)")
        return _device(row)


def _query() -> Any:
    columns = [table.c[name] for name in _SHOWN]
    return select(*columns, units.c.name.label("unit_name")).join(units, units.c.id == table.c.unit_id)


def _device(row: Any) -> Device:
    return Device(**row._mapping)

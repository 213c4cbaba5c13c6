"""Position fixes on PostgreSQL: each is kept once, the newest of a unit moves it, and listeners are told who moved."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from psycopg.errors import CheckViolation
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import IntegrityError

from dispatch.unit import Fix
from geo_data.tables.schema import FIXES_CHANNEL

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
_KNOWN = text("SELECT id FROM units WHERE id = ANY(CAST(:ids AS text[]))")


def keep_fixes(connection: Connection, observed: Sequence[Fix], now: datetime) -> list[RefusedFix]:
    """Keep position fixes and tell listeners on ``gz_fixes`` which units moved.

    A fix older than the latest one joins the track but does not move the unit; a fix sent twice is kept once.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    observed : sequence of Fix
        Of any units, in any order.
    now : datetime
        When they were received (aware).

    Returns
    -------
    list of RefusedFix
        Those not kept: dated more than `CLOCK_SKEW` ahead, of an unknown unit, or with figures that cannot be.
    """
    known = set(connection.execute(_KNOWN, {"ids": sorted({f.unit_id for f in observed})}).scalars())
    faults = [(f, _fault(f, known, now)) for f in observed]
    # In one order everywhere, so that two batches that hold the same fix cannot deadlock.
    good = sorted((f for f, reason in faults if not reason), key=lambda f: (f.unit_id, f.at))
    if good:
        columns = _columns(good) | {"now": now}
        _keep(connection, columns)
        tell_moved(connection, list(connection.execute(_MOVE, columns).scalars()))
    return [RefusedFix(f, reason) for f, reason in faults if reason]


def _keep(connection: Connection, columns: dict[str, Any]) -> None:
    """Insert, and once more where the day's table was made in this very moment.

    A fix of a day without table is on its way to ``fix_days.other`` and waits for whoever makes the day; that one gone,
    PostgreSQL holds the fix against the new bounds of ``other`` and refuses it. Sent again it finds the day.
    """
    try:
        with connection.begin_nested():
            connection.execute(_KEEP, columns)
    except IntegrityError as error:
        if not _day_was_made(error):
            raise
        connection.execute(_KEEP, columns)


def _day_was_made(error: IntegrityError) -> bool:
    """A partition's bounds have no name, unlike every other check."""
    cause = error.orig
    return isinstance(cause, CheckViolation) and (cause.diag.table_name, cause.diag.constraint_name) == ("other", None)


def tell_moved(connection: Connection, unit_ids: list[str]) -> None:
    """Tell listeners which units stand differently, once the transaction is committed."""
    for notice in notices(unit_ids):
        connection.execute(select(func.pg_notify(FIXES_CHANNEL, notice)))


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

"""Who is signed in, on PostgreSQL: a session ends by its time, by silence, by signing out, or by somebody's order."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text, update

from geo_data.principal import ACCOUNT, ENABLED, as_owner, entering
from geo_data.tables.schema import users
from geo_data.tables.session_schema import SESSIONS_CHANNEL, sessions

TOUCH = timedelta(seconds=60)  # how old `seen_at` may grow before it is written again
# Requests of one page at the same moment do not wait for each other's write.
_TOUCH = text("""
UPDATE sessions SET seen_at = :now
WHERE id = (SELECT id FROM sessions WHERE id = :id AND seen_at < :old FOR NO KEY UPDATE SKIP LOCKED)
""")
_ALIVE = """sessions.ended_at IS NULL AND sessions.until > :now
    AND sessions.seen_at + make_interval(secs => sessions.idle_s) > :now"""
_LIVING = f"""
SELECT {ACCOUNT}, sessions.id, sessions.until, sessions.seen_at, sessions.way
FROM {ENABLED} JOIN sessions ON sessions.account = users.name WHERE {_ALIVE}
"""  # noqa: S608  (put together from constants)
_ENTER = entering(f"{_LIVING} AND sessions.id = :id")
_SOME = text(f"{_LIVING} AND sessions.id = ANY(CAST(:ids AS uuid[]))")
_ALL = text(f"SELECT * FROM sessions WHERE {_ALIVE} ORDER BY seen_at DESC, id")  # noqa: S608


def begin(
    connection: Connection,
    account: str,
    now: datetime,
    lasting: timedelta,
    idle: timedelta,
    way: str,
    device: str | None = None,
) -> UUID:
    """Begin a session of ``account``, which must exist, and return its id; a silence of ``idle`` ends it."""
    row = {"id": uuid4(), "account": account, "way": way, "begun_at": now, "seen_at": now, "until": now + lasting}
    row |= {"idle_s": idle.total_seconds(), "device": device}
    connection.execute(insert(sessions).values(row))
    connection.execute(update(users).where(users.c.name == account).values(last_sign_in_at=now))
    return UUID(str(row["id"]))


def enter(connection: Connection, session_id: UUID, now: datetime) -> Any | None:
    """Become the account of a session for the rest of the transaction, which must be the owner's still.

    That it was used is kept at most once in `TOUCH`.

    Returns
    -------
    row or None
        Of `ACCOUNT`, then ``id, until, way``; None, and still the owner, where the session is over or its account disabled.
    """
    row = connection.execute(_ENTER, {"id": session_id, "now": now}).first()
    if row is not None and row.seen_at < now - TOUCH:
        with as_owner(connection):
            connection.execute(_TOUCH, {"id": session_id, "now": now, "old": now - TOUCH})
    return row


def living(connection: Connection, ids: Collection[UUID], now: datetime) -> dict[UUID, Any]:
    """Of some sessions those that live, each as `enter` returns it; the transaction must be the owner's, and stays so."""
    return {row.id: row for row in connection.execute(_SOME, {"ids": list(ids), "now": now})}


def end(connection: Connection, session_id: UUID, account: str, now: datetime) -> bool:
    """End one session; its account's open streams begin anew, and those of this session cannot. Whether it lived."""
    return _end_these(connection, account, now, sessions.c.id == session_id) > 0


def end_all(connection: Connection, account: str, now: datetime) -> int:
    """End every session of an account, streams included; returns how many lived."""
    return _end_these(connection, account, now, sessions.c.account == account)


def end_others(connection: Connection, account: str, but: UUID, now: datetime) -> int:
    """End every session of an account but one, whose streams begin anew; returns how many lived."""
    return _end_these(connection, account, now, sessions.c.account == account, sessions.c.id != but)


def _end_these(connection: Connection, account: str, now: datetime, *those: ColumnElement[bool]) -> int:
    ended = connection.execute(update(sessions).where(*those, _open()).values(ended_at=now))
    _tell(connection, account)
    return ended.rowcount


def account_of(connection: Connection, session_id: UUID) -> str | None:
    """Whose session it is, living or not; None for no such session."""
    account: str | None = connection.execute(select(sessions.c.account).where(sessions.c.id == session_id)).scalar()
    return account


def all_living(connection: Connection, now: datetime) -> Sequence[Any]:
    """Every session that still opens something, as rows of its table, the one used last first."""
    return connection.execute(_ALL, {"now": now}).all()


def forget_before(connection: Connection, moment: datetime) -> int:
    """Delete sessions whose time was over before ``moment``; returns how many."""
    return connection.execute(delete(sessions).where(sessions.c.until < moment)).rowcount


def _open() -> ColumnElement[bool]:
    return sessions.c.ended_at.is_(None)


def _tell(connection: Connection, account: str) -> None:
    connection.execute(select(func.pg_notify(SESSIONS_CHANNEL, account)))

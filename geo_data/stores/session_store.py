"""Who is signed in, on PostgreSQL: a session ends by its time, by silence, by signing out, or by somebody's order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text, update

from geo_data.tables.schema import users
from geo_data.tables.session_schema import SESSIONS_CHANNEL, sessions

TOUCH = timedelta(seconds=60)  # how old `seen_at` may grow before it is written again
# Requests of one page at the same moment do not wait for each other's write.
_TOUCH = text("""
UPDATE sessions SET seen_at = :now
WHERE id = (SELECT id FROM sessions WHERE id = :id AND seen_at < :old FOR NO KEY UPDATE SKIP LOCKED)
""")


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it stands; times are aware."""

    id: UUID
    account: str
    way: str
    begun_at: datetime
    seen_at: datetime
    until: datetime
    idle_s: float
    ended_at: datetime | None
    device: str | None = None

    def is_alive(self, now: datetime) -> bool:
        """Whether it still opens anything at ``now``."""
        silence_s = (now - self.seen_at).total_seconds()
        return self.ended_at is None and now < self.until and silence_s < self.idle_s


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


def find(connection: Connection, session_id: UUID) -> Session | None:
    """Look a session up, living or not."""
    row = connection.execute(select(sessions).where(sessions.c.id == session_id)).first()
    return Session(*row) if row else None


def find_all(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Session]:
    """Look some sessions up; those that are not there are left out."""
    query = select(sessions).where(sessions.c.id.in_(ids))
    return {row.id: Session(*row) for row in connection.execute(query)}


def touch(connection: Connection, session: Session, now: datetime) -> None:
    """Keep that it was used, at most once in `TOUCH`."""
    old = now - TOUCH
    if session.seen_at < old:
        connection.execute(_TOUCH, {"id": session.id, "now": now, "old": old})


def end(connection: Connection, session: Session, now: datetime) -> None:
    """End one session; its account's open streams begin anew, and those of this session cannot."""
    connection.execute(update(sessions).where(sessions.c.id == session.id, _open()).values(ended_at=now))
    _tell(connection, session.account)


def end_all(connection: Connection, account: str, now: datetime) -> int:
    """End every session of an account, streams included; returns how many lived."""
    ended = connection.execute(update(sessions).where(sessions.c.account == account, _open()).values(ended_at=now))
    _tell(connection, account)
    return ended.rowcount


def of_account(connection: Connection, account: str) -> list[Session]:
    """All sessions of an account that are not forgotten yet, the newest first."""
    query = select(sessions).where(sessions.c.account == account).order_by(sessions.c.begun_at.desc())
    return [Session(*row) for row in connection.execute(query)]


def living(connection: Connection, now: datetime) -> list[Session]:
    """Every session that still opens something, the one used last first."""
    query = select(sessions).where(_open(), sessions.c.until > now).order_by(sessions.c.seen_at.desc(), sessions.c.id)
    return [one for one in (Session(*row) for row in connection.execute(query)) if one.is_alive(now)]


def forget_before(connection: Connection, moment: datetime) -> int:
    """Delete sessions whose time was over before ``moment``; returns how many."""
    return connection.execute(delete(sessions).where(sessions.c.until < moment)).rowcount


def _open() -> ColumnElement[bool]:
    return sessions.c.ended_at.is_(None)


def _tell(connection: Connection, account: str) -> None:
    connection.execute(select(func.pg_notify(SESSIONS_CHANNEL, account)))

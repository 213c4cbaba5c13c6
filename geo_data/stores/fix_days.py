"""Position fixes by day (UTC): one table a day, made ahead, dropped when it is old.

A fix of a day that has no table falls into ``fix_days.other`` and is never lost; `FixDays.make` makes the table of its
day and brings it there. No write path makes tables: that would have every writer wait.

A drop must have the whole of ``fixes`` to itself for a moment. It waits `PATIENCE` for that, no longer, since all
writers wait behind it; the next pass tries again.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

PATIENCE = "300ms"
AHEAD = timedelta(days=2)
BEHIND = timedelta(days=8)  # a day more than fixes may be late
COLUMNS = "unit_id, at, position, accuracy_m, heading_deg, speed_mps, mocked, received_at"
ONE_AT_A_TIME = 0x677A_6678  # advisory lock: days are made by one at a time

_MADE = text("""
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'fixes'::regclass AND relname ~ '^d[0-9]{8}$' ORDER BY relname
""")
_STRAY = text("SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM fix_days.other ORDER BY 1")
_MAKE = """
CREATE TABLE {day} (LIKE fixes INCLUDING ALL, CONSTRAINT of_this_day CHECK (at >= '{since}' AND at < '{until}'));
LOCK TABLE fix_days.other IN ACCESS EXCLUSIVE MODE;
WITH moved AS (DELETE FROM fix_days.other WHERE at >= '{since}' AND at < '{until}' RETURNING {columns})
INSERT INTO {day} ({columns}) SELECT {columns} FROM moved;
ALTER TABLE fixes ATTACH PARTITION {day} FOR VALUES FROM ('{since}') TO ('{until}');
ALTER TABLE {day} DROP CONSTRAINT of_this_day;
"""


def day_of(at: datetime) -> date:
    """The day (UTC) a fix is kept under."""
    return at.astimezone(UTC).date()


def bounds(day: date) -> tuple[str, str]:
    """When a day begins and ends, as PostgreSQL reads it."""
    return f"{day} 00:00+00", f"{day + timedelta(days=1)} 00:00+00"


def table_of(day: date, kind: str = "d") -> str:
    """Name of a day's table."""
    return f"fix_days.{kind}{day:%Y%m%d}"


def wait_briefly(connection: Connection) -> None:
    """Have this transaction give up soon where others hold what it must have to itself."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))


def was_busy(error: OperationalError) -> bool:
    """Whether a step failed only because others held what it needed."""
    return isinstance(error.orig, LockNotAvailable)


class FixDays:
    """The tables of the days, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction, as the owner of the tables.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def made(self) -> list[date]:
        """Days that have a table, in order."""
        names = self._connection.execute(_MADE).scalars()
        return [datetime.strptime(name, "d%Y%m%d").replace(tzinfo=UTC).date() for name in names]

    def stray(self) -> list[date]:
        """Days that have fixes and no table: nobody made it ahead."""
        return list(self._connection.execute(_STRAY).scalars())

    def make(self, days: Iterable[date]) -> None:
        """Make the tables of some days, and bring to each the fixes that were without one."""
        self._connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        for day in sorted(set(days) - set(self.made())):
            since, until = bounds(day)
            self._connection.exec_driver_sql(_MAKE.format(day=table_of(day), since=since, until=until, columns=COLUMNS))

    def make_ahead(self, now: datetime) -> None:
        """Make the tables of the days that fixes may come for at ``now`` and soon."""
        first = day_of(now - BEHIND)
        self.make(first + timedelta(days=n) for n in range((BEHIND + AHEAD).days + 1))

    def drop_before(self, moment: datetime) -> list[date]:
        """Forget the days that were over by ``moment``, and what strays from before it; returns the days."""
        self._connection.execute(text("DELETE FROM fix_days.other WHERE at < :moment"), {"moment": moment})
        over = [day for day in self.made() if day < day_of(moment)]
        for day in over:
            self._connection.exec_driver_sql(f"DROP TABLE {table_of(day)}")
        return over

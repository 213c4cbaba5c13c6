"""Notices of offers on PostgreSQL: an outbox, written with the offers and emptied by the background."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, select, update

from dispatch.events import Event, UnitOffered
from dispatch.incident import Incident
from dispatch.notices import Delivery, Notice, NoticeOutcome, next_try, outcome
from dispatch.vocabulary import AssignmentStatus
from geo_data.schema import assignments
from geo_data.schema import notices as table

MOST_AT_ONCE = 200


def write(connection: Connection, events: Sequence[Event], state: Incident) -> None:
    """Write a notice for each offer among events just appended that nobody has answered yet."""
    offers = [e for e in events if isinstance(e, UnitOffered)]
    rows = [
        {"assignment_id": e.assignment_id, "incident_id": e.incident_id, "unit_id": e.unit_id}
        | {"offered_at": e.at, "next_try_at": e.at}
        for e in offers
        if state.assignment(e.assignment_id).status is AssignmentStatus.OFFERED
    ]
    if rows:
        connection.execute(insert(table), rows)


class PostgisNotices:
    """The notices, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    answer_limit_s : float
        Seconds a unit has for its answer; a notice is worth nothing afterwards.
    """

    def __init__(self, connection: Connection, answer_limit_s: float) -> None:
        self._connection = connection
        self._limit = timedelta(seconds=answer_limit_s)

    def due(self, now: datetime) -> list[Notice]:
        """Notices to be tried now, the newest offer first; those no longer worth it are settled on the way."""
        self._settle_late(now)
        columns = ("assignment_id", "incident_id", "unit_id", "offered_at", "tries", "reached")
        query = (
            select(*(table.c[name] for name in columns))
            .where(table.c.next_try_at <= now)
            .order_by(table.c.offered_at.desc())
            .limit(MOST_AT_ONCE)
        )
        return [
            Notice(
                assignment_id=key,
                incident_id=incident,
                unit_id=unit,
                until=offered_at + self._limit,
                tries=tries,
                reached=frozenset(reached),
            )
            for key, incident, unit, offered_at, tries, reached in self._connection.execute(query)
        ]

    def settle(self, notice: Notice, delivery: Delivery, now: datetime) -> None:
        """Keep what a try came to, and when the next one is due."""
        at = next_try(notice, delivery, now)
        values = {
            "tries": notice.tries + 1,
            "reached": sorted(delivery.reached),
            "next_try_at": at,
            "outcome": "" if at else outcome(delivery).value,
        }
        self._connection.execute(update(table).where(table.c.assignment_id == notice.assignment_id).values(**values))

    def forget_before(self, moment: datetime) -> int:
        """Delete settled notices of offers before ``moment``. Returns how many."""
        old = table.c.next_try_at.is_(None) & (table.c.offered_at < moment)
        return self._connection.execute(delete(table).where(old)).rowcount

    def _settle_late(self, now: datetime) -> None:
        self._end(table.c.offered_at <= now - self._limit, NoticeOutcome.EXPIRED)
        open_offers = select(assignments.c.id).where(assignments.c.status == AssignmentStatus.OFFERED.value)
        self._end(table.c.assignment_id.not_in(open_offers), NoticeOutcome.MOOT)

    def _end(self, which: ColumnElement[bool], unless_sent: NoticeOutcome) -> None:
        came_to = case((func.cardinality(table.c.reached) > 0, NoticeOutcome.SENT.value), else_=unless_sent.value)
        ended = update(table).where(table.c.next_try_at.is_not(None), which)
        self._connection.execute(ended.values(next_try_at=None, outcome=came_to))

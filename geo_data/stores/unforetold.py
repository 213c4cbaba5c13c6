"""Which incidents were reported a moment ago and still wait for their forecast, and how many there are."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, select

from dispatch.background import Backlog
from geo_data.tables.schema import events, incidents

SETTLED = ("ArrivalForeseen", "UnitOffered", "PartnerEngaged")  # foretold, too late, or not ours


def unforetold(connection: Connection, since: datetime, most: int, but: Collection[str] = ()) -> list[str]:
    """At most ``most`` ids of open incidents with a place, reported since a moment, the newest first; none of ``but``."""
    query = (
        select(incidents.c.id)
        .where(_waits(since), incidents.c.id.not_in(but))
        .order_by(incidents.c.reported_at.desc(), incidents.c.number.desc())
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def backlog(connection: Connection, since: datetime) -> Backlog:
    """All of them that were reported since a moment."""
    query = select(func.count(), func.min(incidents.c.reported_at)).where(_waits(since))
    return Backlog(*connection.execute(query).one())


def _waits(since: datetime) -> ColumnElement[bool]:
    settled = exists().where(events.c.incident_id == incidents.c.id, events.c.kind.in_(SETTLED))
    placed = incidents.c.place.is_not(None)
    return (incidents.c.reported_at >= since) & ~incidents.c.closed & placed & ~settled

"""Which incidents were reported a moment ago and still wait for their forecast."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, select

from geo_data.tables.schema import events, incidents

SETTLED = ("ArrivalForeseen", "UnitOffered", "PartnerEngaged")  # foretold, too late, or not ours


def unforetold(connection: Connection, since: datetime, most: int, but: Collection[str] = ()) -> list[str]:
    """At most ``most`` ids of open incidents with a place, reported since a moment, the newest first; none of ``but``."""
    settled = exists().where(events.c.incident_id == incidents.c.id, events.c.kind.in_(SETTLED))
    query = (
        select(incidents.c.id)
        .where(incidents.c.reported_at >= since, ~incidents.c.closed, incidents.c.place.is_not(None), ~settled)
        .where(incidents.c.id.not_in(but))
        .order_by(incidents.c.reported_at.desc(), incidents.c.number.desc())
        .limit(most)
    )
    return list(connection.execute(query).scalars())

"""The few events of each incident that promises are judged by, without reading whole histories."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, or_, select

from dispatch.service.incident_facts import READ, STARTING, Numbered
from geo_data.stores.event_codec import decode
from geo_data.stores.locked_facts import document, opened
from geo_data.tables.schema import events, incidents


def promise_events(connection: Connection, since: datetime) -> Iterator[list[Numbered]]:
    """What promises are judged by, of every incident that was reported, or had one start, since a moment.

    Parameters
    ----------
    connection : sqlalchemy.Connection
    since : datetime
        Aware.

    Yields
    ------
    list of (int, Event)
        Of one incident, with the place of each event in it.
    """
    started = select(events.c.incident_id).where(
        events.c.kind.in_([k.__name__ for k in STARTING]), events.c.at >= since
    )
    query = (
        select(events.c.incident_id, events.c.seq, events.c.kind, document(events, "incident_id"))
        .join(incidents, incidents.c.id == events.c.incident_id)
        .where(events.c.kind.in_([k.__name__ for k in READ]))
        .where(or_(incidents.c.reported_at >= since, incidents.c.id.in_(started)))
        .order_by(events.c.incident_id, events.c.seq)
        .execution_options(yield_per=10_000)
    )
    rows: Any = connection.execute(query)
    for _, group in groupby(rows, key=lambda row: row[0]):
        yield [(row[1], decode(row[2], opened(row[2], row[3]))) for row in group]

"""Who read personal data, on PostgreSQL: rows that are added, and deleted only when they are old."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from geo_data.stores.erasing import erasing
from geo_data.tables.privacy_schema import access_log

_TABLE = access_log.c
LONGEST_REQUEST_ID = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of personal data.

    Parameters
    ----------
    at : datetime
        Aware.
    who, role : str
        The account, and its role at that moment.
    what : str
        case, list, photo, search, export, client, people or log.
    subject : str
        The incident or client; empty where it is about many.
    route : str
        Method and path template, e.g. ``GET /v1/incidents/{incident_id}``.
    request_id : str
    """

    at: datetime
    who: str
    role: str
    what: str
    subject: str = ""
    route: str
    request_id: str = ""


def write_reading(connection: Connection, reading: Reading) -> None:
    """Add a reading inside the caller's transaction."""
    row = {name: getattr(reading, name) for name in Reading.__dataclass_fields__}
    row["request_id"] = reading.request_id[:LONGEST_REQUEST_ID]
    connection.execute(insert(access_log).values(**row))


def readings(
    connection: Connection,
    *,
    since: datetime,
    until: datetime | None = None,
    who: str = "",
    subject: str = "",
    limit: int = 500,
) -> list[Reading]:
    """Readings since a moment and before another, newest first; of one account or about one incident or client where named."""
    query = select(*(_TABLE[name] for name in Reading.__dataclass_fields__)).where(_TABLE.at >= since)
    if until:
        query = query.where(_TABLE.at < until)
    if who:
        query = query.where(_TABLE.who == who)
    if subject:
        query = query.where(_TABLE.subject == subject)
    rows = connection.execute(query.order_by(_TABLE.at.desc(), _TABLE.id.desc()).limit(limit))
    return [Reading(**row._mapping) for row in rows]


def forget_readings(connection: Connection, moment: datetime) -> int:
    """Delete readings from before a moment; the database refuses those of the last six months. Returns how many."""
    erasing(connection)
    return connection.execute(delete(access_log).where(_TABLE.at < moment)).rowcount

"""What is old enough to be erased, and its erasing, on PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select

from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.photo_store import PostgisPhotos
from geo_data.tables.judged_schema import judged
from geo_data.tables.message_schema import messages
from geo_data.tables.privacy_schema import access_log, data_keys
from geo_data.tables.schema import caller_reports, case_links, events, incidents, photos


class PostgisRetention:
    """Erasing inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction (read committed).
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def cases(self, moment: datetime, most: int) -> list[str]:
        """Closed incidents to which nothing has happened since a moment and that still have a key; at most so many."""
        has_key = exists().where(data_keys.c.owner == incidents.c.id, data_keys.c.wrapped.is_not(None))
        return self._ids(moment, most, has_key)

    def with_photos(self, moment: datetime, most: int) -> list[str]:
        """The same of those that still have photographs."""
        return self._ids(moment, most, exists().where(photos.c.incident_id == incidents.c.id))

    def erase_cases(self, incident_ids: Sequence[str]) -> int:
        """Erase keys and photographs of some incidents and what was derived from them; returns how many keys.

        Whoever writes to one of them meanwhile is waited for.
        """
        ids = list(incident_ids)
        held = select(incidents.c.id).where(incidents.c.id.in_(ids)).order_by(incidents.c.id).with_for_update()
        self._connection.execute(held)
        PostgisPhotos(self._connection).erase(ids)
        self._connection.execute(delete(judged).where(judged.c.incident_id.in_(ids)))
        self._connection.execute(delete(case_links).where(case_links.c.incident_id.in_(ids)))
        return PostgisKeys(self._connection).erase(ids)

    def n_readings(self, moment: datetime) -> int:
        """How many rows of the access log are older than a moment."""
        return self._n(access_log, access_log.c.at < moment)

    def n_messages(self, moment: datetime) -> int:
        """How many messages nobody will try to send again are older than a moment."""
        return self._n(messages, *_old_message(moment))

    def forget_messages(self, moment: datetime) -> int:
        """Delete them; returns how many."""
        return self._connection.execute(delete(messages).where(*_old_message(moment))).rowcount

    def n_links(self, moment: datetime) -> int:
        """How many links and reports' keys of callers are older than a moment and belong to closed incidents."""
        return sum(self._n(table, *_old_link(table, at, moment)) for table, at in _LINKS)

    def forget_links(self, moment: datetime) -> int:
        """Delete them; returns how many."""
        return sum(
            self._connection.execute(delete(table).where(*_old_link(table, at, moment))).rowcount
            for table, at in _LINKS
        )

    def _n(self, table: Any, *where: Any) -> int:
        return int(self._connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

    def _ids(self, moment: datetime, most: int, wanted: Any) -> list[str]:
        since = exists().where(events.c.incident_id == incidents.c.id, events.c.at >= moment)
        query = select(incidents.c.id).where(incidents.c.closed, incidents.c.reported_at < moment, wanted, ~since)
        return list(self._connection.execute(query.order_by(incidents.c.reported_at).limit(most)).scalars())


_LINKS = ((case_links, case_links.c.issued_at), (caller_reports, caller_reports.c.at))


def _old_message(moment: datetime) -> tuple[Any, ...]:
    return messages.c.caused_at < moment, messages.c.next_try_at.is_(None)


def _old_link(table: Any, at: Any, moment: datetime) -> tuple[Any, ...]:
    return at < moment, exists().where(incidents.c.id == table.c.incident_id, incidents.c.closed)

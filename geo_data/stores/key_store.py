"""Data keys on PostgreSQL: one for each incident and client, made when first needed, erased for ever."""

import os
from collections.abc import Iterable, Sequence
from hashlib import sha256
from hmac import digest as hmac
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from geo_data.stores.vault import KEY_BYTES, MARK_BYTES, keyring
from geo_data.tables.privacy_schema import data_keys, personal_marks

HOUSE_INDEX = "house/index"  # marks and tokens
_TABLE = data_keys.c


class PostgisKeys:
    """Data keys inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction (read committed).
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, owner: str) -> tuple[int, bytes]:
        """Id and bytes of the key in use of an owner; made when there is none."""
        query = select(_TABLE.id, _TABLE.wrapped).where(_TABLE.owner == owner, _TABLE.wrapped.is_not(None))
        row = self._connection.execute(query).first()
        if row is None:
            made = {"owner": owner, "wrapped": keyring().wrap(os.urandom(KEY_BYTES)), "made_at": func.now()}
            new = insert(data_keys).values(**made).on_conflict_do_nothing().returning(_TABLE.id, _TABLE.wrapped)
            row = self._connection.execute(new).first() or self._connection.execute(query).one()
        return row.id, keyring().unwrap(bytes(row.wrapped))

    @staticmethod
    def in_use(owner: ColumnElement[str]) -> ColumnElement[int]:
        """Id of the key in use of an owner, in SQL; null where there is none."""
        return select(_TABLE.id).where(_TABLE.owner == owner, _TABLE.wrapped.is_not(None)).scalar_subquery()

    def by_id(self, key_id: int | None) -> bytes | None:
        """Bytes of a key; None for one that was erased."""
        wrapped = self._connection.execute(select(_TABLE.wrapped).where(_TABLE.id == key_id)).scalar()
        return keyring().unwrap(bytes(wrapped)) if wrapped is not None else None

    def erase(self, owners: Sequence[str]) -> int:
        """Erase every key of some owners, and the marks of those that are incidents; returns how many keys."""
        gone = update(data_keys).where(_TABLE.owner.in_(owners), _TABLE.wrapped.is_not(None))
        n = self._connection.execute(gone.values(wrapped=None, erased_at=func.now())).rowcount
        self._connection.execute(delete(personal_marks).where(personal_marks.c.incident_id.in_(owners)))
        return n

    def check(self) -> None:
        """Raise `Unavailable` where the newest data key, or that of the index, was locked under a key not at hand."""
        in_use = select(_TABLE.wrapped).where(_TABLE.wrapped.is_not(None))
        for query in (in_use.order_by(_TABLE.id.desc()).limit(1), in_use.where(_TABLE.owner == HOUSE_INDEX)):
            if (wrapped := self._connection.execute(query).scalar()) is not None:
                keyring().unwrap(bytes(wrapped))

    def rewrap(self) -> int:
        """Lock every key under the first key of the ring; returns how many were under another."""
        ring = keyring()
        old = func.substring(_TABLE.wrapped, 1, MARK_BYTES) != ring.mark
        rows = self._connection.execute(select(_TABLE.id, _TABLE.wrapped).where(old)).all()
        for key_id, wrapped in rows:
            fresh = ring.wrap(ring.unwrap(bytes(wrapped)))
            self._connection.execute(update(data_keys).where(_TABLE.id == key_id).values(wrapped=fresh))
        return len(rows)

    def index_key(self) -> bytes:
        """The key of marks and tokens; it never changes."""
        return self.of(HOUSE_INDEX)[1]

    def remember(self, incident_id: str, values: Iterable[str]) -> None:
        """Let an incident be found by whole plates and telephone numbers."""
        if marks := [{"mark": mark, "incident_id": incident_id} for mark in self._marks(values)]:
            self._connection.execute(insert(personal_marks).values(marks).on_conflict_do_nothing())

    def found_by(self, values: Iterable[str]) -> list[str]:
        """Incidents that name one of some whole plates or telephone numbers, by id."""
        query = select(personal_marks.c.incident_id).where(personal_marks.c.mark.in_(self._marks(values)))
        return sorted(set(self._connection.execute(query).scalars()))

    def _marks(self, values: Iterable[str]) -> list[Any]:
        wanted = sorted(set(values))
        key = self.index_key() if wanted else b""
        return [hmac(key, value.encode(), sha256) for value in wanted]

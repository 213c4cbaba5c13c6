"""Keys of requests and what each was answered, in the transaction that did the work."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from geo_data.key_store import PostgisKeys
from geo_data.schema import idempotency_keys

_TABLE = idempotency_keys.c


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: what must be the same for a key to mean the same thing."""

    method: str
    path: str
    body_sha256: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request was answered."""

    status: int
    media_type: str | None
    answer: bytes


class IdempotencyStore:
    """Keys inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction (read committed).
    account : str
        Whose keys; empty for somebody who is not signed in.
    """

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def claim(self, key: UUID, asked: Asked, now: datetime) -> bool:
        """Take a key for this transaction; False when it was answered before.

        Waits while another transaction holds the key: until that has committed (then False) or failed (then True).
        """
        row = {"account": self._account, "key": key, "made_at": now, **_columns(asked)}
        query = insert(idempotency_keys).values(**row).on_conflict_do_nothing().returning(_TABLE.key)
        return self._connection.execute(query).first() is not None

    def found(self, key: UUID) -> tuple[Asked, Answered] | None:
        """What a key was used for, and the answer; None where it is unknown or has no answer."""
        columns = (_TABLE.method, _TABLE.path, _TABLE.body_sha256, _TABLE.status, _TABLE.media_type, _TABLE.answer)
        row = self._connection.execute(select(*columns).where(self._is(key))).first()
        if row is None or row.status is None:
            return None
        return Asked(*row[:3]), Answered(
            row.status, row.media_type, PostgisKeys(self._connection).shown(bytes(row.answer))
        )

    def keep(self, key: UUID, given: Answered) -> None:
        """Keep the answer beside the key."""
        answer = PostgisKeys(self._connection).hidden(given.answer)  # it may quote a caller
        kept = {"status": given.status, "media_type": given.media_type, "answer": answer}
        self._connection.execute(update(idempotency_keys).where(self._is(key)).values(**kept))

    def _is(self, key: UUID) -> ColumnElement[bool]:
        return and_(_TABLE.account == self._account, _TABLE.key == key)


def forget_keys(connection: Connection, moment: datetime) -> int:
    """Delete everybody's keys made before ``moment``; returns how many."""
    return connection.execute(delete(idempotency_keys).where(_TABLE.made_at < moment)).rowcount


def _columns(asked: Asked) -> dict[str, str]:
    return {"method": asked.method, "path": asked.path, "body_sha256": asked.body_sha256}

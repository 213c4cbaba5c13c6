"""Keys of requests and what each was answered, in the transaction that did the work.

Neither the key nor the path nor the answer can be read here: key and path are kept as hashes, and the answer is encrypted
(AES-256-GCM) with a secret that follows from the key. Whoever sends the key again brings what opens the answer, so an answer
may hold what is kept nowhere else: a token, a secret link.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_bytes
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, Connection, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from dispatch.errors import InvalidInput
from geo_data.tables.schema import idempotency_keys

_TABLE = idempotency_keys.c
NONCE_BYTES = 12
MISUSED = (
    "这个编号(Idempotency-Key)已用于另一个请求:请换一个新的,或重新录入。"
    "(The key was used for another request: make a new one, or take it anew.)"
)


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

    def take(self, key: UUID, asked: Asked, now: datetime) -> Answered | None:
        """Take a key for this transaction; what it was answered where it was taken before.

        Raises
        ------
        InvalidInput
            When it was taken for another request.
        """
        while not self.claim(key, asked, now):
            known = self.found(key)
            if known is None:
                continue  # cleared away between the two questions
            if known[0] != asked:
                raise InvalidInput(MISUSED)
            return known[1]
        return None

    def claim(self, key: UUID, asked: Asked, now: datetime) -> bool:
        """Take a key for this transaction; False when it was answered before.

        Waits while another transaction holds the key: until that has committed (then False) or failed (then True).
        """
        row = {"account": self._account, "key": _mark(key), "made_at": now, **_columns(asked)}
        query = insert(idempotency_keys).values(**row).on_conflict_do_nothing().returning(_TABLE.key)
        return self._connection.execute(query).first() is not None

    def found(self, key: UUID) -> tuple[Asked, Answered] | None:
        """What a key was used for, and the answer; None where it is unknown or has no answer."""
        columns = (_TABLE.method, _TABLE.path, _TABLE.body_sha256, _TABLE.status, _TABLE.media_type, _TABLE.answer)
        row = self._connection.execute(select(*columns).where(self._is(key))).first()
        if row is None or row.status is None:
            return None
        nonce, sealed = row.answer[:NONCE_BYTES], row.answer[NONCE_BYTES:]
        answer = self._cipher(key).decrypt(bytes(nonce), bytes(sealed), None)
        return Asked(*row[:3]), Answered(row.status, row.media_type, answer)

    def keep(self, key: UUID, given: Answered) -> None:
        """Keep the answer beside the key."""
        nonce = token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher(key).encrypt(nonce, given.answer, None)
        kept = {"status": given.status, "media_type": given.media_type, "answer": sealed}
        self._connection.execute(update(idempotency_keys).where(self._is(key)).values(**kept))

    def _is(self, key: UUID) -> ColumnElement[bool]:
        return and_(_TABLE.account == self._account, _TABLE.key == _mark(key))

    def _cipher(self, key: UUID) -> AESGCM:
        return AESGCM(sha256(b"answer" + key.bytes + self._account.encode()).digest())


def forget_keys(connection: Connection, moment: datetime) -> int:
    """Delete everybody's keys made before ``moment``; returns how many."""
    return connection.execute(delete(idempotency_keys).where(_TABLE.made_at < moment)).rowcount


def _mark(key: UUID) -> UUID:
    """What is kept of a key: enough to know it again, nothing to open its answer with."""
    return UUID(bytes=sha256(b"key" + key.bytes).digest()[:16])


def _columns(asked: Asked) -> dict[str, str]:
    return {"method": asked.method, "path": asked.path, "body_sha256": asked.body_sha256}

"""Secret links to cases: only the hash of a token is kept, so that nobody who reads the table can open a case."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from geo_data.tables.schema import caller_reports, case_links

TOKEN_BYTES = 24  # 192 random bits
LONGEST_TOKEN = 64


class PostgisCaseLinks:
    """Links and reports of callers, inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def issue(self, incident_id: str, now: datetime, *, by: str) -> str:
        """Make a new link to a case and return its token, which cannot be had again; older links stay good."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = {"token_hash": token_hash(token), "incident_id": incident_id, "issued_at": now, "issued_by": by}
        self._connection.execute(insert(case_links).values(**row))
        return token

    def incident_of(self, token: str) -> str | None:
        """The case a token opens; None for one that was never issued."""
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        query = select(case_links.c.incident_id).where(case_links.c.token_hash == token_hash(token))
        return self._connection.execute(query).scalar()

    def report_of(self, key: str, body: bytes) -> tuple[str, bool] | None:
        """What a key was used for already: the incident, and whether the very same was sent; None for a new key.

        Whoever asks first holds the key until its transaction ends: others who send it meanwhile wait.
        """
        hashed = token_hash(key)
        lock = int.from_bytes(hashed[:8], signed=True)
        self._connection.execute(select(func.pg_advisory_xact_lock(lock)))
        query = select(caller_reports.c.incident_id, caller_reports.c.body_hash).where(
            caller_reports.c.key_hash == hashed
        )
        found = self._connection.execute(query).first()
        return (found.incident_id, found.body_hash == hashlib.sha256(body).digest()) if found else None

    def keep_report(self, key: str, body: bytes, incident_id: str, now: datetime) -> None:
        """Remember what a key was used for."""
        row = {
            "key_hash": token_hash(key),
            "body_hash": hashlib.sha256(body).digest(),
            "incident_id": incident_id,
            "at": now,
        }
        self._connection.execute(insert(caller_reports).values(**row))


def token_hash(secret: str) -> bytes:
    """What is kept of a token or a key."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()

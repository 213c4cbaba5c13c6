"""The ledger of services on PostgreSQL: facts by stream, hashed and chained as the events of incidents are."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import psycopg
from sqlalchemy import Connection, Text, bindparam, cast, collate, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from dispatch.seals import NOTHING_BEFORE, Fact, read_json
from dispatch.service.kinds import SERVICE_KINDS, ServiceFact
from dispatch.service.ledger import Entry, client_id, gone_on
from geo_data.stores.event_codec import Codec
from geo_data.stores.locked_facts import document, locked, opened
from geo_data.tables.seal_schema import leaves
from geo_data.tables.service_schema import client_numbers, service_facts

_CODEC: Codec[ServiceFact] = Codec(SERVICE_KINDS, {"stream", "at"})
_TABLE = service_facts.c
_DOCUMENT = document(service_facts, "stream")
_INSERT = insert(service_facts).values(body=cast(bindparam("json", type_=Text), JSONB))
_BY_STREAM = (collate(_TABLE.stream, "C"), _TABLE.seq)


class PostgisLedger:
    """A `dispatch.service.ledger.Ledger` inside the caller's transaction; it never commits.

    A refused `append` leaves nothing behind and the transaction usable.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction (read committed).
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def new_client_id(self) -> str:
        """A fresh id; numbers may have gaps."""
        return client_id(self._connection.execute(select(client_numbers.next_value())).scalar_one())

    def append(self, fact: ServiceFact, *, after: int | None) -> Entry:
        """Add a fact to its stream; raises `Conflict` where the stream has gone on."""
        last = select(_TABLE.seq, _TABLE.hash).where(_TABLE.stream == fact.stream).order_by(_TABLE.seq.desc()).limit(1)
        before = self._connection.execute(last).first()
        seen = before.seq if before else 0
        if after not in (None, seen):
            raise gone_on(fact.stream)
        kind, plain = _CODEC.encode(fact)
        body = locked(self._connection, fact, kind, plain)
        now = self._connection.execute(select(func.clock_timestamp())).scalar_one()
        row = {"seq": seen + 1, "kind": kind, "at": fact.at, "recorded_at": now}
        previous = before.hash.hex() if before else NOTHING_BEFORE
        hashed = Fact(incident_id=fact.stream, body=read_json(body), previous=previous, **row).hash
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    _INSERT, [{"stream": fact.stream, "json": body, "hash": bytes.fromhex(hashed), **row}]
                )
        except DBAPIError as error:
            if isinstance(error.orig, psycopg.errors.UniqueViolation):
                raise gone_on(fact.stream) from None
            raise
        return Entry(seen + 1, fact)

    def length(self, key: str) -> int:
        """How many facts a stream has."""
        return self._connection.execute(select(func.count()).where(_TABLE.stream == key)).scalar_one()

    def stream(self, key: str) -> list[Entry]:
        """All facts of a stream in order."""
        return self._read(_TABLE.stream == key).get(key, [])

    def streams(self, beginning: str) -> dict[str, list[Entry]]:
        """Every stream whose key begins so, by key."""
        return self._read(_TABLE.stream.startswith(beginning, autoescape=True))

    def _read(self, where: Any) -> dict[str, list[Entry]]:
        query = select(_TABLE.stream, _TABLE.seq, _TABLE.kind, _DOCUMENT).where(where).order_by(*_BY_STREAM)
        rows: Iterable[Any] = self._connection.execute(query)
        return {
            key: [Entry(row[1], _CODEC.decode(row[2], opened(row[2], row[3]))) for row in group]
            for key, group in groupby(rows, key=lambda row: row[0])
        }


def strayed(connection: Connection) -> list[str]:
    """Facts of the ledger that are not what was sealed, by id: altered, removed or put in; empty when all fit.

    Each fact is hashed anew from what its row says and held against its leaf; a fact that no seal covers yet is held
    against the hash in its own row.
    """
    of_ledger = select(leaves.c.incident_id, leaves.c.seq, leaves.c.hash).where(leaves.c.incident_id.contains("/"))
    sealed = {(key, seq): found.hex() for key, seq, found in connection.execute(of_ledger)}
    wrong: list[str] = []
    stream, previous = None, NOTHING_BEFORE
    query = select(service_facts, cast(_TABLE.body, Text).label("words")).order_by(*_BY_STREAM)
    for row in connection.execute(query, execution_options={"yield_per": 5_000}):
        previous = previous if row.stream == stream else NOTHING_BEFORE
        stream = row.stream
        said = {key: getattr(row, key) for key in ("seq", "kind", "at", "recorded_at")}
        made = Fact(incident_id=stream, body=read_json(row.words), previous=previous, **said).hash
        previous = row.hash.hex()
        leaf = sealed.pop((stream, row.seq), previous)
        if not made == previous == leaf:
            wrong.append(f"{stream}/{row.seq}")
    return wrong + [f"{key}/{seq}" for key, seq in sorted(sealed)]

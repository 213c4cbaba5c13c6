"""Seals on PostgreSQL: which events each covers, and the facts under them in a form that can be handed out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Self

from sqlalchemy import Connection, Text, cast, collate, exists, func, insert, literal, select, text, union_all

from dispatch.seals import NOTHING_BEFORE, Fact, MerkleTree, Seal, leaf, read_json
from geo_data.tables.schema import events, incidents
from geo_data.tables.seal_schema import leaves, seals
from geo_data.tables.service_schema import service_facts

_SEAL_COLUMNS = [c for c in seals.c if c.name not in ("hash", "policy_text")]
_KEY = (collate(leaves.c.incident_id, "C"), leaves.c.seq)  # by code point, whatever the database's own order is
_SAME_EVENT = (leaves.c.incident_id == events.c.incident_id) & (leaves.c.seq == events.c.seq)
_SEALED = ((events, events.c.incident_id), (service_facts, service_facts.c.stream))
_STREAMED = {"yield_per": 5_000}


@dataclass(frozen=True, slots=True)
class SealedFact:
    """An event with the hash its row holds and the number of the seal that covers it."""

    fact: Fact
    hash: str
    seal: int


class PostgisSeals:
    """Seals inside the caller's transaction; it never commits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction: read committed to seal, repeatable read to read several things that must agree.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @classmethod
    def at_one_moment(cls, connection: Connection) -> Self:
        """Seals as they stand now for as long as the transaction lasts; its first use, and nothing can be written in it."""
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        return cls(connection)

    def seal(self, now: datetime, network: str, policy_text: str) -> Seal:
        """Seal every committed event that no seal covers yet; waits for another sealer, and no writer waits for it.

        An event whose transaction has not committed is simply not seen: the next seal takes it, however late it comes.

        Parameters
        ----------
        now : datetime
            Aware; a clock that went back is held at the time of the seal before.
        network : str
            Fingerprint of the road network in use.
        policy_text : str
            The policy file in use.
        """
        self._connection.execute(text("LOCK TABLE seals IN EXCLUSIVE MODE"))
        before = self.last()
        number = before.number + 1 if before else 1
        self._connection.execute(_cover(number))
        tree = MerkleTree()
        for line in self.leaves(number):
            tree.add(line)
        made = Seal(
            number=number,
            sealed_at=max(now, before.sealed_at) if before else now,
            events=tree.size,
            root=tree.root,
            previous=before.hash if before else NOTHING_BEFORE,
            network=network,
            policy=sha256(policy_text.encode()).hexdigest(),
        )
        row = {c.name: getattr(made, c.name) for c in _SEAL_COLUMNS}
        self._connection.execute(insert(seals).values(**row, hash=made.hash, policy_text=policy_text))
        return made

    def last(self) -> Seal | None:
        """The newest seal."""
        row = self._connection.execute(select(*_SEAL_COLUMNS).order_by(seals.c.number.desc()).limit(1)).first()
        return Seal(**row._mapping) if row else None

    def all(self, after: int = 0) -> list[Seal]:
        """Seals in order of number, those after ``after``."""
        rows = self._connection.execute(select(*_SEAL_COLUMNS).where(seals.c.number > after).order_by(seals.c.number))
        return [Seal(**row._mapping) for row in rows]

    def stored_hashes(self) -> list[str]:
        """What the rows say their hashes are, in order of number."""
        return list(self._connection.execute(select(seals.c.hash).order_by(seals.c.number)).scalars())

    def policies(self) -> dict[str, str]:
        """Policy files under the seals, by what the seals say their SHA-256 is."""
        rows = self._connection.execute(select(seals.c.policy, seals.c.policy_text).distinct())
        as_sealed_first = sorted(rows, key=lambda r: sha256(r.policy_text.encode()).hexdigest() != r.policy)
        return {
            row.policy: row.policy_text for row in as_sealed_first
        }  # of two under one code, the one that does not fit shows

    def waiting(self) -> int:
        """How many events and facts of the ledger no seal covers yet."""
        counts = [
            select(func.count()).select_from(table).where(~_is_covered(key, table.c.seq)).scalar_subquery()
            for table, key in _SEALED
        ]
        return int(self._connection.execute(select(sum(counts[1:], counts[0]))).scalar_one())

    def leaves(self, number: int) -> Iterator[bytes]:
        """The lines a seal covers, in its order; read in parts."""
        query = select(leaves).where(leaves.c.seal == number).order_by(*_KEY)
        for row in self._connection.execute(query, execution_options=_STREAMED):
            yield leaf(row.incident_id, row.seq, row.at, row.hash.hex())

    def first_needed(self, since: datetime | None, until: datetime | None) -> int:
        """Number of the first seal that may cover an event of the incidents reported in ``[since, until)``."""
        if since is None:
            return 1
        made_since = select(func.min(seals.c.number)).where(seals.c.sealed_at >= since).scalar_subquery()
        query = select(func.least(func.min(leaves.c.seal), made_since)).join(events, _SAME_EVENT)
        query = _of_period(query, since, until)
        last = self.last()
        return int(self._connection.execute(query).scalar() or (last.number + 1 if last else 1))

    def facts(self, since: datetime | None, until: datetime | None) -> Iterator[SealedFact]:
        """Sealed events of the incidents reported in ``[since, until)``, incident by incident; read in parts.

        Incidents come in order of report, then of id by code point, their events in order of seq.
        """
        query = select(events, cast(events.c.body, Text).label("words"), leaves.c.seal).join(leaves, _SAME_EVENT)
        order = (incidents.c.reported_at, collate(events.c.incident_id, "C"), events.c.seq)
        rows = self._connection.execute(_of_period(query, since, until).order_by(*order), execution_options=_STREAMED)
        incident, previous = None, NOTHING_BEFORE
        for row in rows:
            if row.incident_id != incident:
                incident, previous = row.incident_id, NOTHING_BEFORE
            yield SealedFact(_fact(row, previous), row.hash.hex(), row.seal)
            previous = row.hash.hex()


def _fact(row: Any, previous: str) -> Fact:
    return Fact(
        incident_id=row.incident_id,
        seq=row.seq,
        kind=row.kind,
        at=row.at,
        recorded_at=row.recorded_at,
        body=read_json(row.words),
        previous=previous,
    )


def _is_covered(key: Any, seq: Any) -> Any:
    return exists().where((leaves.c.incident_id == key) & (leaves.c.seq == seq))


def _cover(number: int) -> Any:
    """Put every event, and every fact of the ledger, that no seal covers under this one.

    One statement, so one view of what is committed. A stream of the ledger has a ``/`` in its key, an incident has none.
    """
    new = [
        select(key, table.c.seq, table.c.at, table.c.hash, literal(number)).where(~_is_covered(key, table.c.seq))
        for table, key in _SEALED
    ]
    return insert(leaves).from_select(["incident_id", "seq", "at", "hash", "seal"], union_all(*new))


def _of_period(query: Any, since: datetime | None, until: datetime | None) -> Any:
    query = query.join(incidents, events.c.incident_id == incidents.c.id)
    if since is not None:
        query = query.where(incidents.c.reported_at >= since)
    return query if until is None else query.where(incidents.c.reported_at < until)

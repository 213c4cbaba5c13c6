"""Is a restored database what was sealed? Every chain hashed anew, every seal's root made anew."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Text, cast, collate, func, select

from dispatch.seals import NOTHING_BEFORE, Fact, MerkleTree, Seal, read_json
from geo_data.stores.ledger_store import strayed
from geo_data.stores.seal_store import PostgisSeals
from geo_data.tables.schema import events
from geo_data.tables.seal_schema import leaves
from geo_data.tables.service_schema import service_facts


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a database.

    Parameters
    ----------
    n_events, n_facts : int
        Events of incidents; facts of the ledger of services.
    newest_at : datetime or None
        When the newest of them was recorded.
    seals : list of Seal
        In order of number.
    wrong : list of str
        What does not fit, in words; empty when all fits.
    """

    n_events: int
    n_facts: int
    newest_at: datetime | None
    seals: list[Seal]
    wrong: list[str]


def check(connection: Connection) -> Findings:
    """Check the whole database as it stands at one moment; its time grows with the number of events."""
    store = PostgisSeals.at_one_moment(connection)
    wrong = [f"event {key} is not what was recorded or sealed" for key in broken_events(connection)]
    wrong += [f"fact {key} of the ledger is not what was sealed" for key in strayed(connection)]
    wrong += broken_seals(store)
    n_events, last_event = _count(connection, events.c.recorded_at)
    n_facts, last_fact = _count(connection, service_facts.c.recorded_at)
    newest_at = max(filter(None, (last_event, last_fact)), default=None)
    return Findings(n_events, n_facts, newest_at, store.all(), wrong)


def broken_events(connection: Connection) -> list[str]:
    """Events, by ``incident/seq``, that their hash, the one before or their seal contradicts, or that are gone."""
    same = (leaves.c.incident_id == events.c.incident_id) & (leaves.c.seq == events.c.seq)
    order = (collate(events.c.incident_id, "C"), events.c.seq)
    query = select(events, cast(events.c.body, Text).label("words"), leaves.c.hash.label("sealed"))
    rows = connection.execute(query.outerjoin(leaves, same).order_by(*order), execution_options={"yield_per": 5_000})
    wrong: list[str] = []
    incident, seq, previous = None, 0, NOTHING_BEFORE
    for row in rows:
        if row.incident_id != incident:
            incident, seq, previous = row.incident_id, 0, NOTHING_BEFORE
        said = {key: getattr(row, key) for key in ("incident_id", "seq", "kind", "at", "recorded_at")}
        made = Fact(body=read_json(row.words), previous=previous, **said).hash
        seq, previous = seq + 1, row.hash.hex()
        if row.seq != seq or made != previous or row.sealed not in (None, row.hash):
            wrong.append(f"{incident}/{row.seq}")
    gone = select(leaves.c.incident_id, leaves.c.seq).outerjoin(events, same).where(events.c.id.is_(None))
    return wrong + [f"{key}/{n}" for key, n in connection.execute(gone.where(~leaves.c.incident_id.contains("/")))]


def broken_seals(store: PostgisSeals) -> list[str]:
    """Seals whose leaves have another root, that do not follow the seal before them, or whose hash is another."""
    wrong, previous = [], NOTHING_BEFORE
    for seal, stored in zip(store.all(), store.stored_hashes(), strict=True):
        tree = MerkleTree()
        for line in store.leaves(seal.number):
            tree.add(line)
        if (tree.root, tree.size, previous, stored) != (seal.root, seal.events, seal.previous, seal.hash):
            wrong.append(f"seal {seal.number} is not over the facts in the database")
        previous = seal.hash
    return wrong


def _count(connection: Connection, recorded_at: Column[datetime]) -> tuple[int, datetime | None]:
    n, newest_at = connection.execute(select(func.count(), func.max(recorded_at))).one()
    return n, newest_at

"""Erasing what has been kept for as long as the policy says, part by part, each with a fact of what was erased."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from dispatch.policy.retention import Retention
from dispatch.service.kinds import PRIVACY_STREAM, PersonalDataErased
from geo_data.database import transaction
from geo_data.stores.access_log import forget_readings
from geo_data.stores.ledger_store import PostgisLedger
from geo_data.stores.photo_store import PostgisPhotos
from geo_data.stores.retention_store import PostgisRetention

AT_ONCE = 500  # incidents erased in one transaction
MOST_ROUNDS = 200  # of one sweep; the next goes on
REASON = "保存期限已到 kept for as long as the policy says"


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of data: what is due, and how it is erased; ``due`` and ``erase`` are given what is older than a moment."""

    name: str
    due: Callable[[PostgisRetention, datetime], int]
    erase: Callable[[Connection, datetime], tuple[int, tuple[str, ...]]]


def _cases(connection: Connection, moment: datetime) -> tuple[int, tuple[str, ...]]:
    store = PostgisRetention(connection)
    ids = store.cases(moment, AT_ONCE)
    store.erase_cases(ids)
    return len(ids), tuple(ids)


def _photos(connection: Connection, moment: datetime) -> tuple[int, tuple[str, ...]]:
    ids = PostgisRetention(connection).with_photos(moment, AT_ONCE)
    return PostgisPhotos(connection).erase(ids), tuple(ids)


PARTS = (
    Part("cases", lambda store, at: len(store.cases(at, AT_ONCE * MOST_ROUNDS)), _cases),
    Part("photos", lambda store, at: len(store.with_photos(at, AT_ONCE * MOST_ROUNDS)), _photos),
    Part("access_log", PostgisRetention.n_readings, lambda c, at: (forget_readings(c, at), ())),
    Part("messages", PostgisRetention.n_messages, lambda c, at: (PostgisRetention(c).forget_messages(at), ())),
    Part("case_links", PostgisRetention.n_links, lambda c, at: (PostgisRetention(c).forget_links(at), ())),
)


def due(connection: Connection, rules: Retention, now: datetime) -> dict[str, int]:
    """How much of each kind is due to be erased; photographs are counted by incident."""
    store = PostgisRetention(connection)
    return {part.name: part.due(store, rules.since(part.name, now)) for part in PARTS}


def sweep(database: Engine, rules: Retention, now: datetime, *, by: str = "desk") -> dict[str, int]:
    """Erase what is due, in many small transactions; returns how many of each kind."""
    return {part.name: _swept(database, part, rules.since(part.name, now), now, by) for part in PARTS}


def _swept(database: Engine, part: Part, moment: datetime, now: datetime, by: str) -> int:
    erased = 0
    for _ in range(MOST_ROUNDS):
        with transaction(database) as connection:
            n, ids = part.erase(connection, moment)
            if n:
                write_down(connection, part.name, n, ids, REASON, now, by)
        erased += n
        if len(ids) < AT_ONCE:
            break
    return erased


def write_down(
    connection: Connection, what: str, n: int, incidents: tuple[str, ...], reason: str, now: datetime, by: str
) -> None:
    """Leave a fact of what was erased, chained and sealed like every other."""
    fact = PersonalDataErased(
        stream=PRIVACY_STREAM, at=now, recorded_at=now, by=by, what=what, n=n, incidents=incidents, reason=reason
    )
    PostgisLedger(connection).append(fact, after=None)

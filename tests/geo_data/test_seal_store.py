"""Hashes and seals on a real database: many writers at once, late commits, what was there before, superusers."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from dispatch.events import Event, IncidentClosed, IncidentReported, TierChanged
from dispatch.seals import NOTHING_BEFORE, Seal, canonical, merkle_root, read_json
from dispatch.vocabulary import Channel, Tier
from geo_data.database import MIGRATIONS, engine, transaction
from geo_data.stores.postgis_log import PostgisLog
from geo_data.stores.seal_store import PostgisSeals

T0 = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
WRITERS = 32
POLICY = 'version = "test"\n'


def reported(key: str, at: datetime = T0) -> IncidentReported:
    return IncidentReported(incident_id=key, at=at, text="追尾", channel=Channel.TELEPHONE, tier=Tier.STANDARD)


def retiered(key: str) -> TierChanged:
    return TierChanged(incident_id=key, at=T0, tiers=(Tier.MINOR,), reason="轻微")


def write(database: Engine, events: list[Event], after: int = 0) -> None:
    with transaction(database) as connection:
        PostgisLog(connection).append(events, after=after)


def seal(database: Engine, now: datetime = T0) -> Seal:
    with transaction(database) as connection:
        return PostgisSeals(connection).seal(now, "net", POLICY)


def covered(database: Engine) -> list[tuple[str, int, int]]:
    """Which event is under which seal."""
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT incident_id, seq, seal FROM leaves"))]


def broken(database: Engine) -> list[str]:
    """Events whose stored hash is not that of what their row says and of the row before."""
    with transaction(database) as connection:
        facts = list(PostgisSeals(connection).facts(None, None))
    return [f.fact.incident_id for f in facts if f.fact.hash != f.hash]


# -- hashes ------------------------------------------------------------------------------------------------------

parts = st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.booleans()
parts |= st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60, deadline=None
)
@given(document=st.dictionaries(st.text(st.characters(codec="ascii", exclude_characters="\0")), parts, max_size=6))
def test_the_form_that_is_hashed_survives_the_database(connection: Connection, document: dict[str, Any]) -> None:
    spelled = canonical(document).decode()
    kept = connection.execute(text("SELECT CAST(:it AS jsonb)::text"), {"it": spelled}).scalar_one()
    assert canonical(read_json(kept)) == canonical(read_json(spelled))


def test_each_event_holds_the_hash_of_its_row_and_of_the_event_before_it(database_engine: Engine) -> None:
    write(database_engine, [reported("A"), retiered("A")])
    write(database_engine, [reported("B")])
    write(database_engine, [IncidentClosed(incident_id="A", at=T0, reason="撤案")], after=2)
    seal(database_engine)
    with transaction(database_engine) as connection:
        facts = [f.fact for f in PostgisSeals(connection).facts(None, None)]
    assert [(f.incident_id, f.seq) for f in facts] == [("A", 1), ("A", 2), ("A", 3), ("B", 1)]
    assert [f.previous for f in facts] == [NOTHING_BEFORE, facts[0].hash, facts[1].hash, NOTHING_BEFORE]
    assert broken(database_engine) == []


def test_what_was_there_before_the_migration_gets_its_hashes_and_is_guarded_again(database_engine: Engine) -> None:
    write(database_engine, [reported("A"), retiered("A")])
    write(database_engine, [reported("B")])
    before = rows(database_engine)
    with migrating(database_engine) as migration:
        migration.downgrade()
    with database_engine.connect() as connection, pytest.raises(DBAPIError, match="appended, never changed"):
        connection.execute(text("DELETE FROM events"))
    with migrating(database_engine) as migration:
        migration.upgrade()
    assert rows(database_engine) == before
    with transaction(database_engine) as connection, pytest.raises(DBAPIError, match="appended, never changed"):
        connection.execute(text("UPDATE events SET seq = 9"))
    write(database_engine, [retiered("B")], after=1)
    seal(database_engine)
    assert broken(database_engine) == []


def rows(database: Engine) -> list[Any]:
    with database.connect() as connection:
        return list(connection.execute(text("SELECT incident_id, seq, recorded_at, hash FROM events ORDER BY id")))


@contextmanager
def migrating(database: Engine) -> Iterator[Any]:
    """The migration alone, whatever came after it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config).get_revision("0011")
    with transaction(database) as connection, Operations.context(MigrationContext.configure(connection)):
        yield script.module


# -- seals -------------------------------------------------------------------------------------------------------


def test_a_seal_covers_what_came_since_the_last_and_names_it(database_engine: Engine) -> None:
    write(database_engine, [reported("B"), retiered("B")])
    first = seal(database_engine)
    write(database_engine, [reported("A")])
    write(database_engine, [IncidentClosed(incident_id="B", at=T0, reason="撤案")], after=2)
    second, third = seal(database_engine), seal(database_engine)
    assert [(s.number, s.events) for s in (first, second, third)] == [(1, 2), (2, 2), (3, 0)]
    assert [s.previous for s in (first, second, third)] == [NOTHING_BEFORE, first.hash, second.hash]
    assert sorted(covered(database_engine)) == [("A", 1, 2), ("B", 1, 1), ("B", 2, 1), ("B", 3, 2)]
    with transaction(database_engine) as connection:
        store = PostgisSeals(connection)
        assert store.all() == [first, second, third]
        assert store.stored_hashes() == [s.hash for s in (first, second, third)]
        assert [merkle_root(list(store.leaves(n))) for n in (1, 2, 3)] == [s.root for s in store.all()]
        assert store.policies() == {first.policy: POLICY}
        assert (store.last(), store.waiting()) == (third, 0)


def test_the_order_of_a_seal_is_by_code_point_whatever_the_order_of_writing(database_engine: Engine) -> None:
    for key in ("b", "B", "a", "Z", "é"):
        write(database_engine, [reported(key)])
    made = seal(database_engine)
    with transaction(database_engine) as connection:
        lines = list(PostgisSeals(connection).leaves(made.number))
    assert [read_json(line.decode())[0] for line in lines] == ["B", "Z", "a", "b", "é"]


def test_a_transaction_that_commits_after_the_seal_is_taken_by_the_next(database_engine: Engine) -> None:
    with database_engine.connect() as slow, slow.begin():
        PostgisLog(slow).append([reported("SLOW")], after=0)  # an id lower than that of what commits before it
        write(database_engine, [reported("QUICK")])
        first = seal(database_engine)
    second = seal(database_engine)
    assert (first.events, second.events) == (1, 1)
    assert sorted(covered(database_engine)) == [("QUICK", 1, 1), ("SLOW", 1, 2)]


def test_a_clock_that_goes_back_does_not_put_a_seal_before_the_last(database_engine: Engine) -> None:
    seal(database_engine, T0)
    assert seal(database_engine, T0 - timedelta(hours=1)).sealed_at == T0


@pytest.mark.parametrize("table", ["seals", "leaves"])
@pytest.mark.parametrize("change", ["UPDATE {} SET hash = hash", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_a_seal(connection: Connection, table: str, change: str) -> None:
    with pytest.raises(DBAPIError, match=f"{table} are appended, never changed"), connection.begin_nested():
        connection.execute(text(change.format(table)))


@pytest.fixture
def many(database: str) -> Iterator[Engine]:
    made = engine(database, pool_size=WRITERS + 2)
    yield made
    made.dispose()


def test_32_writers_and_two_sealers_at_once_leave_each_event_under_one_seal(many: Engine) -> None:
    gate = threading.Barrier(WRITERS + 2, timeout=600)
    written = threading.Event()
    sealed = {
        turn: threading.Event() for turn in (1, 3)
    }  # so that seals are made meanwhile, however busy the machine is

    def writer(number: int) -> None:
        gate.wait()
        for turn in range(4):
            assert turn not in sealed or sealed[turn].wait(600)
            key = f"GZ-{number}-{turn}"
            with transaction(many) as connection:
                PostgisLog(connection).append([reported(key)], after=0)
                connection.execute(text("SELECT pg_sleep(:s)"), {"s": 0.01 * (number % 5)})  # commits out of order
            write(many, [retiered(key)], after=1)

    def sealer(_: int) -> int:
        gate.wait()
        made = 0
        while not written.wait(0.02) and made < 20_000:
            if seal(many).events:
                sealed[3 if sealed[1].is_set() else 1].set()
            made += 1
        return made

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        sealers = [pool.submit(sealer, n) for n in range(2)]
        list(pool.map(writer, range(WRITERS)))
        written.set()
        made = sum(s.result() for s in sealers)
    last = seal(many)
    assert last.number == made + 1 > 2
    found = covered(many)
    assert Counter((key, seq) for key, seq, _ in found) == Counter(
        (f"GZ-{number}-{turn}", seq) for number in range(WRITERS) for turn in range(4) for seq in (1, 2)
    )
    assert len({n for _, _, n in found}) > 1, "nothing was sealed while writers wrote: the test shows nothing"
    assert broken(many) == []
    with transaction(many) as connection:
        store = PostgisSeals(connection)
        assert [s.hash for s in store.all()] == store.stored_hashes()
        assert all(merkle_root(list(store.leaves(s.number))) == s.root for s in store.all())


def test_a_seal_being_made_keeps_no_writer_waiting(database_engine: Engine) -> None:
    write(database_engine, [reported("A")])
    with database_engine.connect() as sealing, sealing.begin():
        PostgisSeals(sealing).seal(T0, "net", POLICY)
        with transaction(database_engine) as connection:
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))
            PostgisLog(connection).append([retiered("A")], after=1)
            PostgisLog(connection).append([reported("B")], after=0)
    assert seal(database_engine).events == 2

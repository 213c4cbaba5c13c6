"""What the log on PostGIS does beyond the contract: guards in the database, notices, many writers at once."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from dispatch.errors import Conflict, InvalidInput, StaleIncident, Unavailable, UnitAlreadyAssigned, UnknownId
from dispatch.events import (
    AssignmentReleased,
    Candidate,
    Event,
    IncidentClosed,
    IncidentLocated,
    IncidentReported,
    UnitOffered,
)
from dispatch.folding import fold
from dispatch.location import Position
from dispatch.vocabulary import Channel, Confidence, MatchCode, Role, Tier
from geo_data.database import engine, migrate, parse_url, plain_url, transaction
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables.schema import metadata

T0 = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
CLIENTS = 32


def reported(key: str, at: datetime = T0) -> IncidentReported:
    return IncidentReported(incident_id=key, at=at, text="追尾", channel=Channel.TELEPHONE, tier=Tier.STANDARD)


def located(key: str) -> IncidentLocated:
    return IncidentLocated(
        incident_id=key,
        at=T0,
        position=Position(113.25, 23.125),
        uncertainty_m=40.0,
        match_code=MatchCode.GOOD,
        confidence=Confidence.HIGH,
        matched_text="黄埔大道西 / 猎德大道",
        district="天河区",
    )


def offered(key: str, unit: str, number: int = 1, role: Role = Role.SURVEYOR) -> UnitOffered:
    return UnitOffered(
        incident_id=key,
        at=T0,
        assignment_id=f"{key}-{number}",
        unit_id=unit,
        role=role,
        eta_at=T0 + timedelta(minutes=12),
        p_kept=0.9,
        chosen=Candidate(unit_id=unit, unit_name=unit, travel_s=600.0, eta_s=690.0, eta_p90_s=1100.0, p_kept=0.9),
        runners_up=(),
        refused=(),
        rule="test",
    )


def released(offer: UnitOffered) -> AssignmentReleased:
    return AssignmentReleased(
        incident_id=offer.incident_id, at=T0, assignment_id=offer.assignment_id, unit_id=offer.unit_id, reason="改派"
    )


def test_an_incident_that_is_not_there_cannot_be_held(connection: Connection) -> None:
    log = PostgisLog(connection)
    log.append([reported("A")], after=0)
    log.hold("A")
    with pytest.raises(UnknownId):
        log.hold("B")


# -- guards in the database --------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["UPDATE events SET at = now()", "DELETE FROM events", "TRUNCATE events"])
def test_the_database_refuses_to_change_a_fact(connection: Connection, change: str) -> None:
    PostgisLog(connection).append([reported("A")], after=0)
    with pytest.raises(DBAPIError, match="appended, never changed"), connection.begin_nested():
        connection.execute(text(change))
    assert PostgisLog(connection).history("A") == [reported("A")]


def test_the_database_itself_refuses_a_second_open_assignment(connection: Connection) -> None:
    PostgisLog(connection).append([reported("A"), offered("A", "u1")], after=0)
    PostgisLog(connection).append([reported("B")], after=0)
    row = "INSERT INTO assignments VALUES ('B-1', 'B', 'u1', 'surveyor', 'offered', true)"
    with pytest.raises(DBAPIError, match="one_open_assignment_per_unit"):
        connection.execute(text(row))


def test_one_unit_cannot_take_two_roles_in_one_append(connection: Connection) -> None:
    log = PostgisLog(connection)
    with pytest.raises(UnitAlreadyAssigned):
        log.append([reported("A"), offered("A", "u1"), offered("A", "u1", 2, Role.TOW_UNIT)], after=0)
    with pytest.raises(UnknownId):
        log.history("A")


def test_a_refused_append_leaves_the_transaction_usable(database_engine: Engine) -> None:
    with transaction(database_engine) as connection:
        PostgisLog(connection).append([reported("A"), offered("A", "u1")], after=0)
    with transaction(database_engine) as connection:
        log = PostgisLog(connection)
        log.append([reported("B")], after=0)
        with pytest.raises(UnitAlreadyAssigned):
            log.append([offered("B", "u1")], after=1)
        log.append([offered("B", "u2")], after=1)
    with transaction(database_engine) as connection:
        assert set(PostgisLog(connection).open_assignments()) == {"u1", "u2"}


def test_a_value_the_database_cannot_hold_is_refused_and_nothing_is_half_written(connection: Connection) -> None:
    log = PostgisLog(connection)
    with pytest.raises(InvalidInput):
        log.append([reported("A"), IncidentClosed(incident_id="A", at=T0, reason="a\0b")], after=0)
    with pytest.raises(UnknownId):
        log.history("A")
    log.append([reported("A")], after=0)


def test_the_projection_of_an_incident_follows_its_events(connection: Connection) -> None:
    log = PostgisLog(connection)
    row = text("SELECT version, status, closed, district, ST_X(place), ST_Y(place) FROM incidents WHERE id = 'A'")
    log.append([reported("A")], after=0)
    assert connection.execute(row).one() == (1, "unlocated", False, None, None, None)
    log.append([located("A"), offered("A", "u1")], after=1)
    assert connection.execute(row).one() == (3, "offered", False, "天河区", 113.25, 23.125)
    log.append([released(offered("A", "u1")), IncidentClosed(incident_id="A", at=T0, reason="撤案")], after=3)
    assert connection.execute(row).one()[:3] == (5, "closed", True)


def test_a_rolled_back_transaction_leaves_nothing(database_engine: Engine) -> None:
    with database_engine.connect() as connection:
        PostgisLog(connection).append([reported("A")], after=0)
        connection.rollback()
        with pytest.raises(UnknownId):
            PostgisLog(connection).history("A")


def test_each_event_is_told_to_listeners_once_committed(database: str, database_engine: Engine) -> None:
    with psycopg.connect(plain_url(database), autocommit=True) as listener:
        listener.execute("LISTEN gz_events")
        with database_engine.connect() as connection:
            PostgisLog(connection).append([reported("R")], after=0)
            connection.rollback()
        with transaction(database_engine) as connection:
            PostgisLog(connection).append([reported("A"), located("A")], after=0)
        ids = [int(n.payload) for n in listener.notifies(timeout=600, stop_after=2)]
        stored = listener.execute("SELECT id FROM events ORDER BY id").fetchall()
    assert [i for (i,) in stored] == sorted(ids)
    with transaction(database_engine) as connection:
        assert [i.id for i in PostgisLog(connection).incidents_named(PostgisLog(connection).stamps_of_events(ids))] == [
            "A"
        ]
        assert PostgisLog(connection).incidents_named([]) == []


# -- many writers ------------------------------------------------------------------------------------------------


@pytest.fixture
def many(database: str) -> Iterator[Engine]:
    made = engine(database, pool_size=CLIENTS)
    yield made
    made.dispose()


def at_once(work: Callable[[int], list[str]]) -> list[str]:
    """Run ``work`` in 32 threads that start together; every outcome, as text."""
    gate = threading.Barrier(CLIENTS, timeout=600)

    def client(number: int) -> list[str]:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [outcome for outcomes in pool.map(client, range(CLIENTS)) for outcome in outcomes]


def test_32_dispatchers_never_bind_a_unit_twice_and_none_waits_for_ever(many: Engine) -> None:
    crew = [f"u{n}" for n in range(5)]

    def dispatcher(number: int) -> list[str]:
        outcomes = []
        for turn in range(6):
            key = f"GZ-{number}-{turn}"
            ranked = crew[number % 5 :] + crew[: number % 5]
            outcomes.append(offer_first_free(many, key, ranked))
            outcomes.extend(release_again(many, key))
        return outcomes

    outcomes = Counter(at_once(dispatcher))
    assert outcomes["offered"] > len(crew)
    assert outcomes["offered"] == outcomes["released"]
    assert set(outcomes) <= {"offered", "released", "nobody free"}
    with transaction(many) as connection:
        assert PostgisLog(connection).open_assignments() == {}
        assert most_bound_at_once(PostgisLog(connection)) == 1


def offer_first_free(many: Engine, key: str, ranked: list[str]) -> str:
    with transaction(many) as connection:
        log = PostgisLog(connection)
        log.append([reported(key)], after=0)
        for unit in ranked:
            try:
                log.append([offered(key, unit)], after=1)
            except UnitAlreadyAssigned:
                continue
            connection.execute(text("SELECT pg_sleep(0.02)"))  # hold what was won while the others try
            return "offered"
    return "nobody free"


def release_again(many: Engine, key: str) -> list[str]:
    with transaction(many) as connection:
        log = PostgisLog(connection)
        history = log.history(key)
        offers = [e for e in history if isinstance(e, UnitOffered)]
        for offer in offers:
            log.append([released(offer)], after=len(history))
        return ["released"] * len(offers)


def most_bound_at_once(log: PostgisLog) -> int:
    """Replay all offers and releases in the order they were recorded; the most a unit was bound at a time."""
    bound: Counter[str] = Counter()
    most = 0
    for event in in_recorded_order(log):
        if isinstance(event, UnitOffered):
            bound[event.unit_id] += 1
        elif isinstance(event, AssignmentReleased):
            bound[event.unit_id] -= 1
        most = max(most, *bound.values(), 0)
    return most


def in_recorded_order(log: PostgisLog) -> list[Event]:
    order = log._connection.execute(text("SELECT incident_id, seq FROM events ORDER BY id")).all()
    histories = {h[0].incident_id: h for h in log.all_events()}
    return [histories[key][seq - 1] for key, seq in order]


def test_of_32_writers_with_the_same_version_one_wins_and_the_others_are_stale(many: Engine) -> None:
    with transaction(many) as connection:
        PostgisLog(connection).append([reported("A")], after=0)

    def writer(number: int) -> list[str]:
        try:
            with transaction(many) as connection:
                PostgisLog(connection).append([offered("A", f"u{number}")], after=1)
        except StaleIncident:
            return ["stale"]
        return ["won"]

    assert Counter(at_once(writer)) == {"won": 1, "stale": CLIENTS - 1}
    with transaction(many) as connection:
        assert fold(PostgisLog(connection).history("A")).version == 2


def test_32_writers_that_hold_what_they_read_each_have_their_turn(many: Engine) -> None:
    with transaction(many) as connection:
        PostgisLog(connection).append([reported("A")], after=0)

    def writer(number: int) -> list[str]:
        with transaction(many) as connection:
            log = PostgisLog(connection, holding=True)
            read = log.incident("A")
            offer = offered("A", f"u{number}", number=len(read.assignments) + 1)
            log.append([offer, released(offer)], after=read.version)
        return ["written"]

    assert at_once(writer) == ["written"] * CLIENTS
    with transaction(many) as connection:
        assert PostgisLog(connection).incident("A").version == 1 + 2 * CLIENTS


def test_two_transactions_that_wait_for_each_other_end_in_a_conflict_and_one_success(many: Engine) -> None:
    # Only a transaction over several incidents can do this; the loser is told to decide again.
    gate = threading.Barrier(2, timeout=600)

    def sweep(first: str, second: str, number: int) -> str:
        with transaction(many) as connection:
            log = PostgisLog(connection)
            log.append([reported(f"A{number}"), offered(f"A{number}", first)], after=0)
            gate.wait()
            try:
                log.append([reported(f"B{number}"), offered(f"B{number}", second)], after=0)
            except Conflict:
                return "conflict"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(sweep, "u1", "u2", 1), pool.submit(sweep, "u2", "u1", 2)]
        outcomes = [t.result() for t in tries]
    assert "conflict" in outcomes


# -- the database around it --------------------------------------------------------------------------------------


def test_the_migrations_make_the_tables_the_program_knows(connection: Connection) -> None:
    ours = MigrationContext.configure(
        connection, opts={"include_object": lambda _, name, *__: name != "spatial_ref_sys"}
    )
    assert compare_metadata(ours, metadata) == []


def test_two_workers_may_migrate_at_once(cluster_url: str, database: str) -> None:
    with psycopg.connect(plain_url(database), autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, [database] * 2))
    with psycopg.connect(plain_url(database)) as server:
        assert server.execute("SELECT count(*) FROM events").fetchone() == (0,)


def test_an_address_may_come_without_the_driver() -> None:
    for spelling in ("postgresql://u:p@h/d", "postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"):
        assert parse_url(spelling).drivername == "postgresql+psycopg"
        assert plain_url(spelling) == "postgresql://u:p@h/d"


@pytest.mark.parametrize("wrong", ["", "mysql://u@h/d", "postgresql+asyncpg://u@h/d", "nonsense"])
def test_an_address_of_something_else_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidInput, match="postgresql://"):
        parse_url(wrong)


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(Unavailable, match="is it running") as caught:
        migrate("postgresql://u:secret@127.0.0.1:1/d")
    assert "secret" not in str(caught.value)

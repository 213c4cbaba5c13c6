"""Fixes by day: each in its day's table, once, thinned to what proves, and forgotten by days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from api.service.keeping_positions import keep_once, thin_day
from dispatch.events import AssignmentReleased, Candidate, IncidentReported, UnitOffered
from dispatch.location import Position
from dispatch.policy.policy import Policy
from dispatch.ports import MemoryFleet
from dispatch.unit import Fix, Shift, Unit
from dispatch.vocabulary import Channel, Role, Tier
from geo_data.database import transaction
from geo_data.migrations.versions import v0018_positions
from geo_data.stores.fix_days import FixDays
from geo_data.stores.fix_store import RefusedFix
from geo_data.stores.fix_thinning import Thinning, copy_thinned, due_days, take_place, thinned_at
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog
from tests.support.days_made import written_while_made

HERE = Position(113.3217, 23.1196)
UNITS = [
    Unit(id=f"u{n}", name="李", role=Role.SURVEYOR, standby=HERE, shift=Shift(time(7), time(19)), plate="")
    for n in (1, 2)
]
MIDNIGHT = datetime(2027, 1, 1, tzinfo=UTC)  # of a year, too
NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)
RULE = Thinning(every_s=60.0, margin=timedelta(minutes=5))
SECOND = timedelta(seconds=1)
LATER = MIDNIGHT + timedelta(days=2)


def fix(at: datetime, unit_id: str = "u1") -> Fix:
    return Fix(unit_id=unit_id, position=HERE, at=at, accuracy_m=8.0)


def tables(connection: Connection) -> dict[str, int]:
    rows = connection.execute(text("SELECT tableoid::regclass::text, count(*) FROM fixes GROUP BY 1"))
    return {name.partition(".")[2]: n for name, n in rows}


def job(connection: Connection, number: int, offered_at: datetime, ended_at: datetime | None) -> None:
    who = {"incident_id": f"A{number}", "assignment_id": f"A{number}-1", "unit_id": "u1"}
    chosen = Candidate(unit_id="u1", unit_name="李", travel_s=60.0, eta_s=90.0, eta_p90_s=120.0, p_kept=1.0)
    events = [
        IncidentReported(incident_id=f"A{number}", at=offered_at, text="x", channel=Channel.APP, tier=Tier.STANDARD),
        UnitOffered(
            **who, at=offered_at, role=Role.SURVEYOR, eta_at=offered_at, p_kept=1.0, chosen=chosen, runners_up=(),
            refused=(), rule="test",
        ),
    ]  # fmt: skip
    if ended_at is not None:
        events.append(AssignmentReleased(**who, at=ended_at, reason="x"))
    PostgisLog(connection).append(events, after=0)


@pytest.fixture
def fleet(connection: Connection) -> PostgisFleet:
    made = PostgisFleet(connection)
    made.save_units(UNITS)
    return made


Form = Callable[[list[Fix], datetime], PostgisFleet | MemoryFleet]


@pytest.fixture(params=["memory", "postgis"])
def filled(request: pytest.FixtureRequest) -> Form:
    """A fleet in either form that was told some fixes."""

    def fill(observed: list[Fix], now: datetime) -> PostgisFleet | MemoryFleet:
        if request.param == "memory":
            memory = MemoryFleet(UNITS, open_assignments=dict)
            for one in observed:
                memory.record(one)
            return memory
        postgis = request.getfixturevalue("fleet")
        FixDays(postgis._connection).make_ahead(now)
        assert postgis.record_fixes(observed, now) == []
        return postgis

    return fill


def test_a_fix_is_kept_once_on_both_sides_of_midnight_whatever_the_order(filled: Form) -> None:
    ats = [MIDNIGHT, MIDNIGHT - SECOND, MIDNIGHT + SECOND, MIDNIGHT - timedelta(microseconds=1)]
    fleet = filled([fix(at) for at in [*ats, *reversed(ats)]], MIDNIGHT + 2 * SECOND)
    assert [f.at for f in fleet.track("u1", NOON)] == sorted(ats)
    assert [f.at for f in fleet.track("u1", MIDNIGHT, MIDNIGHT)] == [MIDNIGHT]


def test_the_newest_fix_moves_the_unit_and_a_late_one_does_not(filled: Form) -> None:
    now = MIDNIGHT + 5 * SECOND
    fleet = filled([fix(MIDNIGHT), fix(MIDNIGHT - timedelta(days=6))], now)
    assert [s.fix for s in fleet.states(now)] == [fix(MIDNIGHT), None]
    assert [f.at for f in fleet.track("u1", now - timedelta(days=7))] == [MIDNIGHT - timedelta(days=6), MIDNIGHT]


def test_each_day_has_its_table_made_ahead_and_nothing_strays(fleet: PostgisFleet, connection: Connection) -> None:
    days = FixDays(connection)
    days.make_ahead(MIDNIGHT)
    days.make_ahead(MIDNIGHT)
    assert days.made() == [date(2026, 12, 24) + timedelta(days=n) for n in range(11)]
    fleet.record_fixes([fix(MIDNIGHT - SECOND), fix(MIDNIGHT), fix(MIDNIGHT - timedelta(days=7))], MIDNIGHT)
    assert tables(connection) == {"d20261231": 1, "d20270101": 1, "d20261225": 1}
    assert days.stray() == []


def test_fixes_of_a_day_without_a_table_are_kept_told_and_brought_home(
    fleet: PostgisFleet, connection: Connection
) -> None:
    days = FixDays(connection)
    days.make([date(2027, 1, 1)])
    fleet.record_fixes([fix(MIDNIGHT - SECOND), fix(MIDNIGHT)], MIDNIGHT)
    assert days.stray() == [date(2026, 12, 31)]
    days.make(days.stray())
    assert tables(connection) == {"d20261231": 1, "d20270101": 1}
    fleet.record_fixes([fix(MIDNIGHT - SECOND)], MIDNIGHT)  # sent again after it was moved
    assert tables(connection) == {"d20261231": 1, "d20270101": 1}
    assert days.stray() == []


def test_days_are_dropped_whole_and_the_latest_position_stays(fleet: PostgisFleet, connection: Connection) -> None:
    days = FixDays(connection)
    days.make_ahead(MIDNIGHT)
    fleet.record_fixes([fix(NOON - timedelta(days=2)), fix(NOON - timedelta(days=1)), fix(NOON, "u2")], MIDNIGHT)
    assert fleet.forget_before(NOON - timedelta(days=1))[-1] == date(2026, 12, 29)
    assert tables(connection) == {"d20261230": 1, "d20261231": 1}
    assert [s.fix is not None for s in fleet.states(MIDNIGHT)] == [True, True]


def thin(connection: Connection, day: date, now: datetime) -> None:
    copy_thinned(connection, day, RULE)
    take_place(connection, day, now, now)


@given(
    seconds=st.lists(st.integers(0, 7200), min_size=1, max_size=60, unique=True),
    jobs=st.lists(st.tuples(st.integers(0, 7200), st.integers(1, 1800) | st.none()), max_size=1),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_thinning_keeps_every_fix_of_a_job_and_the_first_of_each_minute(
    database_engine: Engine, seconds: list[int], jobs: list[tuple[int, int | None]]
) -> None:
    with database_engine.connect() as connection:  # rolled back
        fleet = PostgisFleet(connection)
        fleet.save_units(UNITS)
        FixDays(connection).make([NOON.date()])
        track = [fix(NOON + s * SECOND) for s in sorted(seconds)]
        fleet.record_fixes(track + [replace(f, unit_id="u2") for f in track], MIDNIGHT)
        times = [(NOON + a * SECOND, NOON + (a + b) * SECOND if b else None) for a, b in jobs]
        for number, (offered_at, ended_at) in enumerate(times):
            job(connection, number, offered_at, ended_at)
        thin(connection, NOON.date(), LATER)
        firsts = [next(group) for _, group in groupby(track, lambda f: f.at.timestamp() // 60)]
        of_jobs = [
            f
            for f in track
            for since, until in times
            if since - RULE.margin <= f.at and (until is None or f.at <= until + RULE.margin)
        ]
        assert fleet.track("u2", NOON) == [replace(f, unit_id="u2") for f in firsts]
        assert fleet.track("u1", NOON) == sorted({*firsts, *of_jobs}, key=lambda f: f.at)
        thin(connection, NOON.date(), LATER)  # once more changes nothing
        assert fleet.track("u1", NOON) == sorted({*firsts, *of_jobs}, key=lambda f: f.at)


def test_what_comes_while_a_day_is_thinned_is_not_lost(database_engine: Engine) -> None:
    with transaction(database_engine) as connection:
        PostgisFleet(connection).save_units(UNITS)
        FixDays(connection).make([NOON.date()])
        PostgisFleet(connection).record_fixes([fix(NOON), fix(NOON + 10 * SECOND)], NOON + 20 * SECOND)
    now = MIDNIGHT + timedelta(days=3)
    with transaction(database_engine) as connection:
        assert copy_thinned(connection, NOON.date(), RULE) == 1
    with transaction(database_engine) as connection:  # between the steps
        PostgisFleet(connection).record_fixes([fix(NOON + 15 * SECOND), fix(NOON)], now)
    with transaction(database_engine) as connection:
        take_place(connection, NOON.date(), now, now)
        assert [f.at for f in PostgisFleet(connection).track("u1", NOON)] == [NOON, NOON + 15 * SECOND]
        assert thinned_at(connection, NOON.date()) == now


def test_a_pass_makes_thins_and_drops_and_its_next_has_nothing_to_do(database_engine: Engine) -> None:
    now, policy, stop = MIDNIGHT + timedelta(days=4), Policy(), Event()
    old = now - timedelta(days=policy.positions.keep_days + 1)
    with transaction(database_engine) as connection:
        PostgisFleet(connection).save_units(UNITS)
        FixDays(connection).make([old.date()])
        PostgisFleet(connection).record_fixes([fix(old), fix(old, "u2")], old)
        PostgisFleet(connection).record_fixes([fix(NOON), fix(NOON + SECOND)], NOON + SECOND)
        PostgisFleet(connection).record_fixes([fix(now), fix(now - timedelta(days=1))], now)
    keep_once(database_engine, policy, now, stop)
    with transaction(database_engine) as connection:
        assert FixDays(connection).stray() == []
        assert tables(connection) == {"d20261231": 1, "d20270105": 1, "d20270104": 1}
        assert due_days(connection, now, timedelta(days=2), timedelta(days=7)) == []
        assert NOON.date() in due_days(connection, now + timedelta(days=1), timedelta(days=2), timedelta(days=7))


def test_a_table_in_use_is_left_for_the_next_pass_and_writers_go_on(
    database_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.service.keeping_positions.TRIES", 1)
    with transaction(database_engine) as connection:
        PostgisFleet(connection).save_units(UNITS)
        FixDays(connection).make([NOON.date()])
        PostgisFleet(connection).record_fixes([fix(NOON), fix(NOON + SECOND)], NOON)
    with transaction(database_engine) as reader:
        assert len(PostgisFleet(reader).track("u1", NOON)) == 2
        thin_day(database_engine, NOON.date(), RULE, MIDNIGHT, Event())
        with transaction(database_engine) as writer:
            PostgisFleet(writer).record_fixes([fix(NOON + 2 * SECOND)], MIDNIGHT)
    with transaction(database_engine) as connection:
        assert len(PostgisFleet(connection).track("u1", NOON)) == 3
        assert thinned_at(connection, NOON.date()) is None


def test_days_are_made_at_the_next_pass_where_somebody_holds_the_strays_and_nobody_waits_behind(
    database_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as impatient, transaction(database_engine) as reader:
        impatient.setattr("api.service.keeping_positions.TRIES", 1)
        reader.execute(text("SELECT FROM fix_days.other"))
        keep_once(database_engine, Policy(), NOON, Event())
        assert FixDays(reader).made() == []
    keep_once(database_engine, Policy(), NOON, Event())
    with transaction(database_engine) as connection:
        assert NOON.date() in FixDays(connection).made()


def test_a_fix_written_in_the_moment_its_day_is_made_is_kept_in_the_day(database_engine: Engine) -> None:
    with transaction(database_engine) as connection:
        PostgisFleet(connection).save_units(UNITS)

    def write() -> list[RefusedFix]:
        with transaction(database_engine) as connection:
            return PostgisFleet(connection).record_fixes([fix(NOON), fix(MIDNIGHT), fix(NOON, "u2")], MIDNIGHT)

    assert written_while_made(database_engine, NOON.date(), write) == []
    with transaction(database_engine) as connection:
        assert tables(connection) == {"d20261231": 2, "other": 1}
        assert [s.fix for s in PostgisFleet(connection).states(MIDNIGHT)] == [fix(MIDNIGHT), fix(NOON, "u2")]


def test_any_other_refusal_of_a_fix_is_told_as_it_is(fleet: PostgisFleet, connection: Connection) -> None:
    connection.execute(text("ALTER TABLE fixes ADD CHECK (accuracy_m < 8)"))
    with pytest.raises(IntegrityError, match="check constraint"):
        fleet.record_fixes([fix(NOON)], NOON)


def test_the_migration_takes_fixes_there_and_back(
    fleet: PostgisFleet, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    observed = [fix(MIDNIGHT - SECOND), fix(MIDNIGHT), fix(NOON, "u2")]
    fleet.record_fixes(observed, MIDNIGHT)
    monkeypatch.setattr(v0018_positions.op, "execute", lambda sql: connection.execute(text(sql)))
    v0018_positions.downgrade()
    assert connection.execute(text("SELECT relkind FROM pg_class WHERE oid = 'fixes'::regclass")).scalar() == "r"
    assert fleet.track("u1", NOON) == observed[:2]
    v0018_positions.upgrade()
    assert fleet.track("u1", NOON) == observed[:2]
    assert tables(connection) == {"d20261231": 2, "d20270101": 1}

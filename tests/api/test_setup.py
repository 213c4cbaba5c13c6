"""The simulated past that set-up writes into the real log."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clones import cloned
from outages import wired_in
from sqlalchemy import Connection, Engine, func, select

from api import wiring
from api.credentials import kept_secrets
from api.service import background, setup
from api.simulating.simulated import LiveFeed, last_seen, simulation
from api.simulating.standstill import end_what_stood
from dispatch.folding import fold
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus
from geo_data.builtin.places import builtin_places
from geo_data.database import parse_url, transaction
from geo_data.demo_fleet import demo_units
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables import schema

HOURS = 3
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def with_a_past(cluster_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Name of a database that holds a past, written once, to clone."""
    with cloned(cluster_url, template) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        patch.setattr(setup, "HISTORY_H", HOURS)
        with wired_in(tmp_path_factory.mktemp("past"), patch), transaction(wiring.database()) as connection:
            PostgisFleet(connection).save_units(demo_units(builtin_places()))
            setup.write_history(connection, NOON)
        yield parse_url(url).database or ""


@pytest.fixture
def database(cluster_url: str, with_a_past: str) -> Iterator[str]:
    """Address of a database of this test's own that holds a past."""
    with cloned(cluster_url, with_a_past) as url:
        yield url


@pytest.fixture
def past(wired: str, database_engine: Engine) -> Engine:
    return database_engine


def feed(connection: Connection, now: datetime) -> tuple[LiveFeed, list[Fix]]:
    fixes: list[Fix] = []
    ground = wiring.ground()
    desk = ground.desk(PostgisLog(connection), PostgisFleet(connection))
    whereabouts = Whereabouts(last_seen(desk.fleet.states(now)))
    return LiveFeed(simulation(desk, ground, whereabouts, now, fixes.append), fixes.append), fixes


def test_the_past_is_written_whole_and_the_live_feed_takes_it_up(past: Engine) -> None:
    with transaction(past) as connection:
        log = PostgisLog(connection)
        written = [fold(h) for h in log.all_events()]
        assert len(written) > 40
        assert all(i.simulated for i in written)
        assert sum(i.foreseen is not None for i in written) > len(written) / 2
        assert connection.execute(select(func.count()).select_from(schema.latest_fixes)).scalar() >= 80
        still_open = {a.id for i in log.open_incidents() for a in i.open_assignments}
        assert len(still_open) > 5
        now = NOON
        live, fixes = feed(connection, now)
        for _ in range(40):
            now += timedelta(seconds=30)
            live.step(now)
            live.tell(now)
            PostgisFleet(connection).record_fixes(fixes, now)
            fixes.clear()
        after = {a.id: a for h in log.all_events() for a in fold(h).assignments.values()}
        cleared = [a for key, a in after.items() if key in still_open and a.status is AssignmentStatus.CLEARED]
        assert len(cleared) > len(still_open) / 4
        assert len(log.all_events()) > len(written) + 4


def test_the_desk_in_the_background_forecasts_as_the_one_that_people_use(past: Engine) -> None:
    with transaction(past) as connection:
        asked = wiring.ground().live_desk(connection)
    assert background._make(past)[0].forecasting == asked.forecasting
    assert asked.forecasting.foresees


def test_a_past_that_stood_still_for_a_night_is_ended_where_it_stopped(past: Engine) -> None:
    with transaction(past) as connection:
        desk = wiring.ground().live_desk(connection)
        n = len(desk.log.open_incidents())
        assert n > 5
        assert end_what_stood(desk, NOON + timedelta(hours=9)) == n
        assert desk.log.open_incidents() == []
        assert desk.log.open_assignments() == {}


def test_a_feed_that_is_restarted_at_every_step_still_brings_units_to_their_scenes(past: Engine) -> None:
    with transaction(past) as connection:
        log, now = PostgisLog(connection), NOON
        driving = [a for i in log.open_incidents() for a in i.open_assignments if a.status is AssignmentStatus.EN_ROUTE]
        assert driving
        for _ in range(6):
            live, fixes = feed(connection, now)
            now += timedelta(minutes=10)
            live.step(now)
            live.tell(now)
            PostgisFleet(connection).record_fixes(fixes, now)
            after = {a.id: a for h in log.all_events() for a in fold(h).assignments.values()}
            if any(after[a.id].claimed_at is not None for a in driving):
                return
        pytest.fail("nobody arrived within an hour")


def test_processes_that_set_up_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: kept_secrets._write_once(tmp_path / "secret", f"key {n}"), range(8)))
    assert (tmp_path / "secret").read_text().startswith("key ")
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0

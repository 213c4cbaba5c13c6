"""Set-up: everything a first start needs, each step skipped when it is done already."""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, func, select, text

from api import accounts, building, prepared, wiring
from api.security import Account
from api.settings import settings
from api.simulated import simulation
from dispatch.log import MemoryLog
from dispatch.ports import MemoryFleet
from dispatch.watch import watch
from geo_data import schema
from geo_data.builtin.places import builtin_places
from geo_data.database import engine, migrate, transaction
from geo_data.demo_fleet import YOU, demo_shops, demo_units
from geo_data.fleet_store import PostgisFleet
from geo_data.postgis_log import PostgisLog

Progress = Callable[[str], None]

HISTORY_H = 24
HISTORY_STEP_S = 60
WATCH_EVERY = 5  # steps; nobody looks at the past's forecasts


def prepare(url: str, say: Progress) -> None:
    """Bring state folder, network and database up to date."""
    make_secrets()
    if settings().network is None and not wiring.builtin_file().exists():
        say("编译内置示意路网 compiling the built-in schematic network …")
        building.compile_builtin(wiring.builtin_file())
    say("更新数据库结构 migrating the database …")
    migrate(url)
    database = engine(url)
    try:
        say("载入地图 loading the map …")
        with transaction(database) as connection:
            building.load_map(connection, wiring.load_network())
        if settings().simulation:
            load_demo(database, say)
    finally:
        database.dispose()
    prepared.remember(url)


def make_secrets() -> None:
    """Make the signing key and the first password, once; only the owner may read them."""
    settings().state.mkdir(parents=True, exist_ok=True)
    for name, value in (("secret", secrets.token_urlsafe(32)), ("password", secrets.token_urlsafe(9))):
        path = settings().state / name
        if not path.exists():
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(value)


def load_demo(database: Engine, say: Progress) -> None:
    """Load the demonstration fleet, its accounts, and a simulated day behind us; nothing when there is a fleet."""
    with transaction(database) as connection:
        connection.execute(text("LOCK TABLE units"))  # two set-ups at once load one fleet
        if connection.execute(select(schema.units.c.id).limit(1)).first() is not None:
            return
        say("载入模拟车队 loading the simulated fleet …")
        fleet = PostgisFleet(connection)
        fleet.save_units(demo_units(builtin_places()))
        fleet.save_shops(demo_shops(builtin_places()))
        for account in (
            Account("dispatcher", "dispatcher"),
            Account("manager", "manager"),
            Account("surveyor", "surveyor", YOU),
        ):
            accounts.save(connection, account, wiring.first_password())
        if connection.execute(select(schema.incidents.c.id).limit(1)).first() is None:
            say(f"模拟过去 {HISTORY_H} 小时 simulating the last {HISTORY_H} hours …")
            write_history(connection, datetime.now(UTC))


def write_history(connection: Connection, now: datetime) -> None:
    """Put a simulated past into the real log and fleet; what is still open goes on live."""
    log, fleet = simulated_history(now)
    target = PostgisLog(connection)
    histories = log.all_events()
    for events in histories:
        target.append(events, after=0)
    connection.execute(select(func.setval("incident_numbers", len(histories) + 1)))  # new ids begin after these
    last = [s.fix for s in fleet.states(now) if s.fix is not None]
    PostgisFleet(connection).record_fixes(last, now)


def simulated_history(now: datetime) -> tuple[MemoryLog, MemoryFleet]:
    """Run the simulation over the hours before ``now`` on a virtual clock."""
    log = MemoryLog()
    units, shops = demo_units(builtin_places()), demo_shops(builtin_places())
    fleet = MemoryFleet(units, shops, open_assignments=log.open_assignments)
    ground = wiring.ground()
    desk = ground.desk(log, fleet)
    past = simulation(desk, ground, fleet.record)
    began = now - timedelta(hours=HISTORY_H)
    for n in range(int(HISTORY_H * 3600 / HISTORY_STEP_S) + 1):
        at = began + timedelta(seconds=n * HISTORY_STEP_S)
        past.step(at)
        if n % WATCH_EVERY == 0:
            watch(desk, at)
    return log, fleet

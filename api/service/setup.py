"""Set-up: everything a first start needs, each step skipped when it is done already."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy import Connection, Engine, func, select, text

from api import building, wiring
from api.credentials import data_key
from api.credentials.kept_secrets import kept
from api.learned import kept_file, write_learned
from api.learning import in_words, learn_from
from api.service import prepared
from api.settings import settings
from api.simulating.demo_people import save_accounts, save_organisations
from api.simulating.simulated import by_road, simulation
from api.simulating.simulated_clients import write_demo
from dispatch.errors import InvalidInput, Unavailable
from dispatch.events import Event, IncidentClosed, RepairShopChosen, UnitOffered
from dispatch.log import MemoryLog
from dispatch.simulation.engine import simulated_posts
from dispatch.simulation.fleet import RovingFleet
from dispatch.simulation.whereabouts import Whereabouts
from geo_data.builtin.places import builtin_places
from geo_data.database import engine, migrate, transaction
from geo_data.demo_fleet import demo_shops, demo_units
from geo_data.stores.fix_days import FixDays
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.key_store import PostgisKeys
from geo_data.stores.message_store import PostgisMessages
from geo_data.stores.postgis_log import PostgisLog
from geo_data.tables import schema

Progress = Callable[[str], None]
Before = Callable[[Connection, Iterable[Sequence[Event]], datetime], None]

HISTORY_H = 24
TOLD_EVERY_H = 6
HISTORY_WATCH_S = 300.0  # nobody looks at the past's forecasts


def prepare(url: str, say: Progress) -> None:
    """Bring state folder, network and database up to date."""
    make_secrets()
    if settings().network is None and not wiring.builtin_file().exists():
        say("编译内置示意路网 compiling the built-in schematic network …")
        with suppress(OSError):  # then the service works without roads, and says so
            building.compile_builtin(wiring.builtin_file())
    say("更新数据库结构 migrating the database …")
    migrate(url)
    database = engine(url)
    try:
        with transaction(database) as connection:
            PostgisKeys(connection).check()  # before a report is refused for it
        if wiring.ground().network.has_roads:
            say("载入地图 loading the map …")
            with transaction(database) as connection:
                building.load_map(connection, wiring.ground().network)
        if settings().simulation:
            load_demo(database, say)
    finally:
        database.dispose()
    prepared.remember(url)


def make_secrets() -> None:
    """Make the signing key and the first password, once; only the owner may read them."""
    data_key.make()
    kept("secret", lambda: secrets.token_urlsafe(32))
    kept("password", lambda: secrets.token_urlsafe(9))


def load_demo(database: Engine, say: Progress) -> None:
    """Load the demonstration fleet, its accounts, and a simulated day behind us; nothing when there is a fleet."""
    with transaction(database) as connection:
        connection.execute(text("LOCK TABLE units"))  # two set-ups at once load one fleet
        if connection.execute(select(schema.units.c.id).limit(1)).first() is not None:
            return
        say("载入模拟车队 loading the simulated fleet …")
        fleet, now = PostgisFleet(connection), datetime.now(UTC)
        fleet.save_units(demo_units(builtin_places()))
        fleet.save_shops(demo_shops(builtin_places()))
        is_new = connection.execute(select(schema.incidents.c.id).limit(1)).first() is None
        if is_new and wiring.ground().network.has_roads:
            say(f"模拟过去 {HISTORY_H} 小时 simulating the last {HISTORY_H} hours …")
            FixDays(connection).make_ahead(now)  # before positions come
            write_history(connection, now, save_organisations, say)
            write_demo(connection, now)
            PostgisMessages(connection).let_pass(now)
            learn_arrivals(connection, now, say)
        else:
            save_organisations(connection, (), now)
        save_accounts(connection, wiring.first_password())


def learn_arrivals(connection: Connection, now: datetime, say: Progress) -> None:
    """Learn arrivals from the simulated past, as a company does from its own trips, and tell how that holds on the last hours of it."""
    try:
        lesson = learn_from(connection, now, days=ceil(HISTORY_H / 24) + 1, simulated=True)
        write_learned(kept_file(), lesson.model)
    except (InvalidInput, Unavailable) as error:  # a demonstration by the policy's assumptions is one all the same
        say(f"未学习到场时间 arrivals are not learned: {error}")
        return
    for line in in_words(lesson):
        say(f"学习到场时间 arrivals learned: {line}")


def write_history(
    connection: Connection, now: datetime, before: Before | None = None, say: Progress = lambda _: None
) -> None:
    """Put a simulated past into the real log and fleet; what is still open goes on live.

    ``before`` is told the histories before they are written.
    """
    log, fleet = simulated_history(now, say)
    target = PostgisLog(connection)
    histories = log.all_events()
    if before is not None:
        before(connection, histories, now)
    for events, after in _in_order(histories):
        target.append(events, after=after)
    connection.execute(select(func.setval("incident_numbers", len(histories) + 1)))  # new ids begin after these
    last = [s.fix for s in fleet.states(now) if s.fix is not None]
    PostgisFleet(connection).record_fixes(last, now)


def _in_order(histories: Sequence[Sequence[Event]]) -> Iterator[tuple[Sequence[Event], int]]:
    """Closed incidents whole, then the steps of open ones by time, offers (and the shop of a tow) last: so no unit is offered before it is free."""
    is_over = [isinstance(history[-1], IncidentClosed) for history in histories]
    for history, over in zip(histories, is_over, strict=True):
        if over:
            yield history, 0
    steps = [
        (event, n, is_last)
        for history, over in zip(histories, is_over, strict=True)
        if not over
        for n, (event, is_last) in enumerate(zip(history, _goes_last(history), strict=True))
    ]
    for event, n, _ in sorted(steps, key=lambda step: (step[0].at, step[2])):
        yield [event], n


def _goes_last(history: Sequence[Event]) -> Iterator[bool]:
    """Which steps come after those of other incidents at the same moment: offers, shops of tows, and what follows them at once."""
    offered_at = None
    for event in history:
        if isinstance(event, UnitOffered | RepairShopChosen):
            offered_at = event.at
        yield event.at == offered_at


def simulated_history(now: datetime, say: Progress = lambda _: None) -> tuple[MemoryLog, RovingFleet]:
    """Run the simulation over the hours before ``now`` on a virtual clock."""
    log, ground = MemoryLog(), wiring.ground()
    units, began = demo_units(builtin_places()), now - timedelta(hours=HISTORY_H)
    whereabouts = Whereabouts(simulated_posts(units), route=by_road(lambda _: ground))
    fleet = RovingFleet(
        [u for u in units if u.simulated],
        demo_shops(builtin_places()),
        whereabouts=whereabouts,
        open_assignments=log.open_assignments,
    )
    desk = replace(ground.desk(log, fleet), forecasting=ground.forecasting())
    played = simulation(desk, ground, whereabouts, began, fleet.record, watch_every_s=HISTORY_WATCH_S)
    for hour in range(TOLD_EVERY_H, HISTORY_H, TOLD_EVERY_H):
        played.run_until(began + timedelta(hours=hour))
        say(f"已模拟 {hour} / {HISTORY_H} 小时 simulated {hour} of {HISTORY_H} hours")
    played.run_until(now)
    return log, fleet

"""What goes on without anybody asking: the desk's watch, and the labelled simulation.

One process does this, beside the workers that answer requests. Each step of the log and of the fleet is a transaction
of its own, so a slow pass holds no lock that a dispatcher waits for.
"""

import logging
import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event, Thread
from typing import Any, cast

from sqlalchemy import Connection, Engine, text

from api import wiring
from api.health.enduring import enduring, keep_doing
from api.health.outage import tell_away
from api.messaging import courier
from api.observing import tracing
from api.observing.sampling import OwnProcess, pool_of, sampling
from api.privacy.keeping import keep_sweeping
from api.queue.entering import keep_entering
from api.queue.taking import queue
from api.sealing import keeping
from api.service.keeping_foretold import keep_foretelling
from api.service.keeping_judged import keep_judging
from api.service.keeping_positions import keep_positions
from api.settings import settings
from api.simulating.simulated import LiveFeed, by_road, last_seen, simulation
from api.simulating.simulated_clients import call_callers
from api.simulating.standstill import LONG, end_what_stood
from dispatch.desk import Desk
from dispatch.location import Position
from dispatch.log import EventLog
from dispatch.ports import Fleet, TravelTable, TravelTimes
from dispatch.service.ledger import Ledger
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.unit import Fix
from dispatch.watch import watch
from dispatch.windows import run_window
from geo_data.database import AWAY, alone, transaction
from geo_data.stores import heartbeats, knocks, session_store
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.idempotency_store import forget_keys
from geo_data.stores.ledger_store import PostgisLedger
from geo_data.stores.postgis_log import PostgisLog

log = logging.getLogger(__name__)

STEP_S = 2.0
WATCH_EVERY = 5  # steps
FORGET_EVERY = 1800  # steps, about an hour
SESSIONS_KEPT = timedelta(days=30)  # after their time, so that somebody can look who was signed in
KNOCKS_KEPT = timedelta(days=2)  # far longer than any window
SEAL_EVERY_S = 60.0
AGAIN_S = 1.0  # between two tries to take up work
JOIN_S = 2.0
Beat = Callable[[], None]
ONLY_ONE = 0x677A_6267  # advisory lock: one background process a database


class OneByOne:
    """Makes each call of a store a transaction of its own."""

    def __init__(self, database: Engine, make: Callable[[Connection], object]) -> None:
        self._database = database
        self._make = make

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            with transaction(self._database) as connection:
                return getattr(self._make(connection), name)(*args, **kwargs)

        return call


def run(*, prepared: bool = True, beat: Beat = lambda: None) -> None:
    """Work until SIGTERM or SIGINT, finishing the step; what fails is logged and tried again at the next step.

    Each step calls ``beat``, so that somebody outside may see that we do not hang.

    When the database goes away all is put down, and taken up anew once it is back and the lock is ours again. Where it was
    away at the start, it is first ``prepared`` as soon as it is back.
    """
    told_to_stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_stop.set())
    tracing.begin(settings().trace_exporter)
    if not prepared and not _prepare_when_back(told_to_stop):
        return
    entering = (wiring.database, queue(), told_to_stop)
    Thread(target=keep_entering, args=entering, daemon=True).start()  # each machine its own: before the lock
    while not told_to_stop.is_set():
        beat()
        with enduring("background"), alone(wiring.database()) as guard:
            if _is_only_one(guard):
                _work_guarded(wiring.database(), guard, told_to_stop, beat)
        told_to_stop.wait(AGAIN_S)


def _prepare_when_back(told_to_stop: Event) -> bool:
    from api.service import setup  # noqa: PLC0415  (slow to import, and seldom needed)

    while not told_to_stop.wait(AGAIN_S):
        try:
            setup.prepare(wiring.database_url(), log.warning)
        except AWAY as error:
            tell_away("preparing", error)
        else:
            return True
    return False


def _is_only_one(guard: Connection) -> bool:
    """Take the lock, which is ours as long as the connection lives; whether nobody else has it."""
    held: bool = guard.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": ONLY_ONE}).scalar_one()
    return held


def _work_guarded(database: Engine, guard: Connection, told_to_stop: Event, beat: Beat) -> None:
    ended = Event()
    works = (_keep_sealing, keep_judging, keep_sweeping, _keep_positions, keep_foretelling)
    beside = [Thread(target=work, args=(database, ended), daemon=True) for work in works]
    for thread in beside:
        thread.start()
    try:
        with (
            sampling(OwnProcess("background"), pool_of(database)),
            courier.working(lambda: courier.courier(database)),
        ):
            _work(told_to_stop, beat, database, guard, *_make(database))
    finally:
        ended.set()
        for thread in beside:
            thread.join(JOIN_S)  # a slow mail server holds nobody up


def _work(
    told_to_stop: Event,
    beat: Beat,
    database: Engine,
    guard: Connection,
    desk: Desk,
    feed: LiveFeed | None,
    fixes: list[Fix],
) -> None:
    ledger = cast(Ledger, OneByOne(database, PostgisLedger))
    called: set[str] = set()
    last = datetime.now(UTC)
    for step in count():
        if told_to_stop.is_set() or (feed is not None and datetime.now(UTC) - last > LONG):
            return  # a demonstration that slept, with the machine say, is taken up anew, which ends what stood
        last = datetime.now(UTC)
        beat()
        guard.execute(text("SELECT 1"))  # raises where the connection, and the lock with it, is lost
        began = time.monotonic()
        with enduring("heartbeat"), transaction(database) as connection:
            heartbeats.beat(connection, heartbeats.BACKGROUND)
        _step(desk, feed, fixes, with_watch=step % WATCH_EVERY == 0)
        if feed is not None and step % WATCH_EVERY == 1:
            with enduring("simulated calls"):
                call_callers(ledger, desk.log.open_incidents(), datetime.now(UTC), called)
        if step % FORGET_EVERY == 0:
            with enduring("forgetting what is old"):
                _forget(desk, database)
        told_to_stop.wait(max(0.1, STEP_S - (time.monotonic() - began)))


def _keep_sealing(database: Engine, told_to_stop: Event) -> None:
    """Beside the steps: a slow mail server must not delay the watch."""
    keep_doing("sealing", lambda: keeping.keep(database, datetime.now(UTC)), SEAL_EVERY_S, told_to_stop)


def _keep_positions(database: Engine, told_to_stop: Event) -> None:
    keep_positions(database, wiring.policy(), told_to_stop)


def _make(database: Engine) -> tuple[Desk, LiveFeed | None, list[Fix]]:
    ground = wiring.ground()
    log_, fleet = cast(EventLog, OneByOne(database, PostgisLog)), cast(Fleet, OneByOne(database, PostgisFleet))

    def roads(now: datetime) -> wiring.Ground:
        with transaction(database) as connection:
            return wiring.ground_with_live_roads(connection, now)

    def travel_times(origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
        return roads(now).trip_times()(origins, destination, now)

    def travel_between(origins: Sequence[Position], destinations: Sequence[Position], now: datetime) -> TravelTable:
        return roads(now).trip_times().between(origins, destinations, now)

    def onward(origin: Position, destinations: Sequence[Position], now: datetime) -> TravelTimes:
        return roads(now).onward(origin, destinations, now)

    desk = ground.desk(log_, fleet, travel_times, travel_between, onward)
    desk = ground.serving(desk, database, OneByOne(database, PostgisLog).arrived_since)
    fixes: list[Fix] = []
    if not settings().simulation or not ground.network.has_roads:
        return desk, None, fixes

    now = datetime.now(UTC)
    if ended := end_what_stood(desk, now):
        log.warning("the demonstration stood still: %d simulated incidents ended when it stopped (演示停机)", ended)
    whereabouts = Whereabouts(last_seen(desk.fleet.states(now)), route=by_road(roads))
    played = simulation(desk, ground, whereabouts, now, fixes.append, colleague=settings().simulated_colleague)
    return desk, LiveFeed(played, fixes.append), fixes


def _step(desk: Desk, feed: LiveFeed | None, fixes: list[Fix], *, with_watch: bool) -> None:
    if feed is not None:
        now = datetime.now(UTC)
        with enduring("simulation"):
            feed.step(now)
        feed.tell(now)
        with enduring("simulated positions"):
            _send(fixes, desk.fleet)
    if with_watch:
        with enduring("watch"):
            watch(desk, datetime.now(UTC))
    elif desk.policy.choosing.auto_offer:
        with enduring("window"):
            run_window(desk, datetime.now(UTC))


def _forget(desk: Desk, database: Engine) -> None:
    now, policy = datetime.now(UTC), desk.policy
    with transaction(database) as connection:
        forget_keys(connection, now - timedelta(days=policy.captures.keep_keys_days))
        session_store.forget_before(connection, now - SESSIONS_KEPT)
        knocks.forget_before(connection, now - KNOCKS_KEPT)


def _send(fixes: list[Fix], fleet: Fleet) -> None:
    if fixes:
        cast(PostgisFleet, fleet).record_fixes(fixes, datetime.now(UTC))
        fixes.clear()

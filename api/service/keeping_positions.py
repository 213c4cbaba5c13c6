"""The tables of fixes are kept: days made ahead, strays gathered, old days thinned and dropped (docs/scale.md)."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from api.health.enduring import keep_doing
from dispatch.policy.policy import Policy
from geo_data.database import transaction
from geo_data.stores.fix_days import FixDays, wait_briefly, was_busy
from geo_data.stores.fix_store import OLDEST_FIX
from geo_data.stores.fix_thinning import Thinning, copy_thinned, due_days, take_place
from geo_data.stores.fleet_store import PostgisFleet

log = logging.getLogger(__name__)

EVERY_S = 300.0
TRIES = 20  # to have a day's table for an instant; the next pass tries again
PAUSE_S = 0.5


def keep_positions(database: Engine, policy: Policy, told_to_stop: Event) -> None:
    """Keep the tables until told to stop."""
    keep_doing("positions", lambda: keep_once(database, policy, datetime.now(UTC), told_to_stop), EVERY_S, told_to_stop)


def keep_once(database: Engine, policy: Policy, now: datetime, told_to_stop: Event) -> None:
    """One pass."""
    with transaction(database) as connection:
        strays = FixDays(connection).stray()
    if strays:
        log.error("positions came for days without a table: %s", ", ".join(map(str, strays)))
    _when_free(lambda: _make(database, strays, now), told_to_stop)
    _when_free(lambda: _drop(database, policy, now), told_to_stop)
    _thin(database, policy, now, told_to_stop)


def _make(database: Engine, strays: list[date], now: datetime) -> None:
    with transaction(database) as connection:
        wait_briefly(connection)
        days = FixDays(connection)
        days.make(strays)
        days.make_ahead(now)


def _drop(database: Engine, policy: Policy, now: datetime) -> None:
    with transaction(database) as connection:
        wait_briefly(connection)
        PostgisFleet(connection).forget_before(now - timedelta(days=policy.positions.keep_days))


def _thin(database: Engine, policy: Policy, now: datetime, told_to_stop: Event) -> None:
    rule = thinning(policy)
    after = timedelta(days=policy.positions.thin_after_days)
    with transaction(database) as connection:
        due = due_days(connection, now, after, OLDEST_FIX)
    for day in due:
        if told_to_stop.is_set():
            return
        thin_day(database, day, rule, now, told_to_stop)


def thin_day(database: Engine, day: date, rule: Thinning, now: datetime, told_to_stop: Event) -> None:
    """Thin one day in its two steps."""
    with transaction(database) as connection:
        kept = copy_thinned(connection, day, rule)
    log.info("positions of %s: %d stay", day, kept)

    def place() -> None:
        with transaction(database) as connection:
            take_place(connection, day, copied_at=now, now=now)

    _when_free(place, told_to_stop)


def thinning(policy: Policy) -> Thinning:
    """How fixes are thinned, and how much beside a job its proof may need."""
    rules = policy.verification
    margin_s = max(rules.lead_s, rules.lag_s, rules.max_gap_s)
    return Thinning(every_s=policy.positions.thin_to_s, margin=timedelta(seconds=margin_s))


def _when_free(work: Callable[[], None], told_to_stop: Event) -> None:
    """Do what needs a table to itself for an instant, as soon as nobody holds it; writers wait no longer than that instant."""
    for _ in range(TRIES):
        try:
            work()
        except OperationalError as error:
            if not was_busy(error):
                raise
        else:
            return
        if told_to_stop.wait(PAUSE_S):
            return
    log.warning("the tables of positions are in use: tried again at the next pass")

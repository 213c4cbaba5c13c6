"""Every report gets its forecast a moment after it, from here: in a worker all others would wait behind it."""

from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine

from api import wiring
from api.health.enduring import keep_doing
from dispatch.foretelling import RECENT, foretell
from geo_data.database import transaction
from geo_data.stores.unforetold import unforetold

EVERY_S = 0.25
MOST = 4  # a pass, which holds them until it ends: somebody may wait to act on one
PASSES = 5  # in a row


def keep_foretelling(database: Engine, told_to_stop: Event) -> None:
    """Foretell what waits, until told to stop."""
    keep_doing("forecasts", lambda: _foretell_all(database, told_to_stop), EVERY_S, told_to_stop)


def _foretell_all(database: Engine, told_to_stop: Event) -> None:
    for _ in range(PASSES):
        if foretell_once(database, datetime.now(UTC)) < MOST or told_to_stop.is_set():
            return


def foretell_once(database: Engine, now: datetime) -> int:
    """One pass, the newest first, as those that nobody has been sent to yet; how many waited."""
    with transaction(database) as connection:
        waiting = unforetold(connection, now - RECENT, MOST)
        if waiting:
            foretell(wiring.ground_with_live_roads(connection, now).live_desk(connection), waiting, now)
        return len(waiting)

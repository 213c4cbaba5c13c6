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
MOST = 10  # a pass, which locks them until it ends


def keep_foretelling(database: Engine, told_to_stop: Event) -> None:
    """Foretell what waits, until told to stop."""
    keep_doing("forecasts", lambda: foretell_once(database, datetime.now(UTC)), EVERY_S, told_to_stop)


def foretell_once(database: Engine, now: datetime) -> None:
    """One pass: the newest first, as those that nobody has been sent to yet."""
    with transaction(database) as connection:
        waiting = unforetold(connection, now - RECENT, MOST)
        if waiting:
            foretell(wiring.ground_with_live_roads(connection, now).live_desk(connection), waiting, now)

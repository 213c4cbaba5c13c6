"""Every report gets its forecast a moment after it, from here: in a worker all others would wait behind it."""

import logging
from datetime import UTC, datetime
from threading import Event

from sqlalchemy import Engine

from api import wiring
from api.health.enduring import keep_doing
from dispatch.errors import Conflict
from dispatch.foretelling import RECENT, at_one_moment, foretell
from geo_data.database import AWAY, transaction
from geo_data.stores.unforetold import unforetold

log = logging.getLogger(__name__)

EVERY_S = 0.25
MOST = 4  # a pass, which holds them until it ends: somebody may wait to act on one
PASSES = 5  # in a row


def keep_foretelling(database: Engine, told_to_stop: Event) -> None:
    """Foretell what waits, until told to stop; without roads there is nothing to say."""
    if not wiring.ground().network.has_roads:
        return
    given_up: set[str] = set()

    def work() -> None:
        for _ in range(PASSES):
            if foretell_once(database, datetime.now(UTC), given_up) < MOST or told_to_stop.is_set():
                return

    keep_doing("forecasts", work, EVERY_S, told_to_stop)


def foretell_once(database: Engine, now: datetime, given_up: set[str]) -> int:
    """One pass, the newest first, as those that nobody has been sent to yet; how many waited.

    One that cannot be foretold through a mistake of ours joins ``given_up`` and holds up no other.
    """
    with transaction(database) as connection:
        waiting = unforetold(connection, now - RECENT, MOST, given_up)
        if not waiting:
            return 0
        desk = at_one_moment(wiring.ground_with_live_roads(connection, now).live_desk(connection))
        for incident_id in waiting:
            try:
                with connection.begin_nested():
                    foretell(desk, incident_id, now)
            except Conflict:
                pass  # somebody was quicker: the next pass looks again
            except AWAY:
                raise
            except Exception:
                log.exception("no forecast of %s", incident_id)
                given_up.add(incident_id)
        return len(waiting)

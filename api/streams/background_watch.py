"""How the background stands, looked at by one task of each worker and told to all its screens: none of them asks."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import SQLAlchemyError

from api import wiring
from api.forms.status_schemas import BackgroundOut
from api.health.outage import tell_away
from dispatch.background import BackgroundSeen, BackgroundState, Backlog
from dispatch.errors import Unavailable
from dispatch.foretelling import RECENT
from geo_data.stores import heartbeats, unforetold
from geo_data.stores.message_store import PostgisMessages
from geo_data.watching import watching

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
LIMIT_S = 5.0  # to be let in, and for each question
SAME_S = 1.0  # two looks at one silence differ by less


def look() -> BackgroundSeen:
    """Ask the database."""
    now, foretells = datetime.now(UTC), wiring.ground().network.has_roads
    with watching(wiring.database_url(), LIMIT_S) as connection:
        return BackgroundSeen(
            at=now,
            silence_s=heartbeats.silence_s(connection, heartbeats.BACKGROUND),
            forecasts=unforetold.backlog(connection, now - RECENT) if foretells else Backlog(),
            messages=PostgisMessages(connection).backlog(now),
        )


class BackgroundWatch:
    """Keeps looking; ``told`` is how things stood last."""

    def __init__(self) -> None:
        self.told = BackgroundOut(
            state=BackgroundState.UNKNOWN,
            state_label=BackgroundState.UNKNOWN.label,
            silent_since=None,
            forecasts_waiting=0,
            messages_waiting=0,
            waiting_since=None,
        )
        self._unknown = self.told
        self._began_s = time.monotonic()
        self._own = CapacityLimiter(1)  # the threads of all others may be busy

    async def keep_looking(self, changed: Callable[[], None]) -> None:
        """Look now and again for ever; ``changed`` is called whenever there is something to tell."""
        while True:
            before, self.told = self.told, await self._now()
            if self.told != before:
                changed()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _now(self) -> BackgroundOut:
        try:
            seen = await to_thread.run_sync(look, limiter=self._own)
            return shown(seen, time.monotonic() - self._began_s, self.told.silent_since)
        except (SQLAlchemyError, Unavailable) as error:
            tell_away("background watch", error)
        except Exception:  # a mistake of ours must not end the looking
            log.exception("nobody could see how the background stands")
        return self._unknown


def shown(seen: BackgroundSeen, up_s: float, silent_since: datetime | None) -> BackgroundOut:
    """What was seen, as it is told by a worker that has been up for ``up_s`` and told of a silence before."""
    state = seen.state(up_s)
    since = seen.silent_since if state is BackgroundState.SILENT else None
    if since and silent_since and abs((since - silent_since).total_seconds()) < SAME_S:
        since = silent_since
    return BackgroundOut(
        state=state,
        state_label=state.label,
        silent_since=since,
        forecasts_waiting=seen.forecasts.n,
        messages_waiting=seen.messages.n,
        waiting_since=min((one.since for one in (seen.forecasts, seen.messages) if one.since), default=None),
    )

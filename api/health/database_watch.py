"""Whether the database answers: looked at by a thread of each process, so that no request waits to find out.

What fails on the way says so (`doubt`); the thread then looks at once. While the database is away requests are refused in
no time, and reports go into the local queue (`api.queue`). A database that answers but has not been brought up to date
counts as away: this program cannot use it yet.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread

from psycopg.errors import ConnectionTimeout, QueryCanceled

from api.health.outage import first_line
from geo_data import watching
from geo_data.database import AWAY, DatabaseAway

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
AWAY_LOOK_EVERY_S = 0.5
LIMIT_S = 3.0
MOST_SLOW = 2
SLOW = (ConnectionTimeout, QueryCanceled)


class DatabaseWatch:
    """Keeps looking whether the database answers; threads may share it."""

    def __init__(self) -> None:
        self._away_since: datetime | None = None
        self._on_return: list[Callable[[], None]] = []
        self._doubted = Event()
        self._told_to_stop = Event()
        self._thread: Thread | None = None
        self._slow = 0  # looks in a row that took too long

    @property
    def away_since(self) -> datetime | None:
        """Since when the database has been away; None while it is there."""
        return self._away_since

    def check(self) -> None:
        """Raise `DatabaseAway` while it is."""
        if self._away_since is not None:
            raise DatabaseAway(f"The database has been away since {self._away_since:%H:%M:%S} UTC.")

    def doubt(self) -> None:
        """Something failed at the database: look at once."""
        self._doubted.set()

    def start(self, probe: Callable[[], None], *on_return: Callable[[], None]) -> None:
        """Look once, then go on looking in a thread of its own; ``on_return`` is done whenever the database is there anew."""
        self.stop()
        self._on_return = list(on_return)
        self._told_to_stop.clear()
        self.look(probe, first=True)
        self._thread = Thread(target=self._keep_looking, args=(probe,), name="database watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; what was seen is forgotten."""
        self._told_to_stop.set()
        self._doubted.set()
        if self._thread is not None:
            self._thread.join(LIMIT_S * 3)
        self._thread, self._away_since = None, None

    def look(self, probe: Callable[[], None], *, first: bool = False) -> None:
        """Look whether the database answers, and note it."""
        try:
            probe()
            if first or self._away_since is not None:
                for step in self._on_return:
                    step()
        except Exception as error:  # whatever it is, we cannot work with it now
            if first and not isinstance(error, AWAY):
                raise  # a fault of ours or of the policy: told at the start, as ever
            self._slow = self._slow + 1 if isinstance(getattr(error, "orig", None), SLOW) else MOST_SLOW
            if self._slow < MOST_SLOW and not first:
                self._doubted.set()  # slow once may be a busy machine: look again at once
                return
            if self._away_since is None:
                self._away_since = datetime.now(UTC)
                log.error("the database is away; reports go into the local queue (%s)", first_line(error))
            return
        self._slow = 0
        if self._away_since is not None:
            log.warning("the database is back; it was away since %s", self._away_since)
        self._away_since = None

    def _keep_looking(self, probe: Callable[[], None]) -> None:
        while not self._told_to_stop.is_set():
            self._doubted.wait(LOOK_EVERY_S if self._away_since is None else AWAY_LOOK_EVERY_S)
            if self._told_to_stop.is_set():
                return
            if self._doubted.is_set():
                self._doubted.clear()
            self.look(probe)


watch = DatabaseWatch()


def probe_of(address: Callable[[], str]) -> Callable[[], None]:
    """Make a probe: one short question over a connection of its own, bounded in time."""

    def probe() -> None:
        with watching.watching(address(), LIMIT_S) as connection:
            known = watching.revision(connection) or "nothing"
        wanted = watching.newest_revision() or ""
        if known == "nothing" or known < wanted:
            raise DatabaseAway(
                f"The database is at version {known}, and {wanted} is needed: it is being brought up to date."
            )

    return probe

"""Connections apart, for what must not wait for those that slow requests hold.

Under a rush of reports every connection of a worker is taken for as long as a report takes, and whoever comes later
waits in one line with them. A fix takes some milliseconds and must not stand in that line; and a request that has a
connection and asks the same pool for another waits for ever once all others do the same, so knocks have their own.
"""

from threading import Lock

from sqlalchemy import URL, Engine

from api import wiring
from api.observing import statements
from geo_data.database import close, engine


class OwnDatabase:
    """An engine beside the worker's, to the same database, made when first used; threads may share it."""

    def __init__(self) -> None:
        self._at: URL | None = None
        self._engine: Engine | None = None
        self._lock = Lock()

    def engine(self) -> Engine:
        """The engine; another one where the worker's has moved to another database."""
        at = wiring.database().url
        with self._lock:
            if self._engine is None or at != self._at:
                self._close()
                made = engine(at.render_as_string(hide_password=False), pool_size=1)
                self._at, self._engine = at, statements.observed(made)
            return self._engine

    def leave(self) -> None:
        """Close it."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._engine is not None:
            close(self._engine)
        self._engine = None


positions = OwnDatabase()
knocks = OwnDatabase()

"""Connections of the positions' own: they never wait for those that slow requests hold.

Under a rush of reports every connection of a worker is taken for as long as a report takes, and whoever comes later
waits in one line with them. A fix takes some milliseconds and must not stand in that line.
"""

from sqlalchemy import URL, Engine

from api import wiring
from geo_data.database import close, engine


class OwnDatabase:
    """An engine beside the worker's, to the same database, made when first used."""

    def __init__(self) -> None:
        self._at: URL | None = None
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        """The engine; another one where the worker's has moved to another database."""
        at = wiring.database().url
        if self._engine is None or at != self._at:
            self.leave()
            self._at, self._engine = at, engine(at.render_as_string(hide_password=False), pool_size=1)
        return self._engine

    def leave(self) -> None:
        """Close it."""
        if self._engine is not None:
            close(self._engine)
        self._engine = None


own_database = OwnDatabase()

"""How many units are free, counted once for all who ask within some seconds."""

import threading
import time
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy.exc import SQLAlchemyError

from api import wiring
from api.health.outage import tell_away
from dispatch.errors import Unavailable
from dispatch.free import FreeUnits, free_units
from dispatch.vocabulary import Role
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.watching import watching

KEPT_S = 5.0
LIMIT_S = 3.0  # to be let in, and for each question


class KeptFree:
    """What a process keeps; its threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted_s = float("-inf")
        self._free: list[FreeUnits] | None = None

    def now(self) -> list[FreeUnits] | None:
        """Free units of each role as they were within the last `KEPT_S`; None where the database did not tell."""
        with self._lock:
            if time.monotonic() - self._counted_s >= KEPT_S:
                self._free = _asked()
                self._counted_s = time.monotonic()
            return self._free


def _asked() -> list[FreeUnits] | None:
    now = datetime.now(UTC)
    try:
        with watching(wiring.database_url(), LIMIT_S) as connection:
            states = PostgisFleet(connection).states(now)
    except (SQLAlchemyError, Unavailable) as error:
        tell_away("free units", error)
        return None
    return [free_units(states, role, now, wiring.policy()) for role in Role]


@lru_cache(maxsize=1)
def kept_free() -> KeptFree:
    """What this process keeps."""
    return KeptFree()

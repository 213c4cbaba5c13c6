"""How many units are free, counted once for all who ask within some seconds."""

import threading
import time
from datetime import UTC, datetime
from functools import lru_cache

from api import wiring
from dispatch.free import FreeUnits, free_units
from dispatch.vocabulary import Role
from geo_data.database import transaction
from geo_data.stores.fleet_store import PostgisFleet

KEPT_S = 5.0


class KeptFree:
    """What a process keeps; its threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted_s = float("-inf")
        self._free: list[FreeUnits] = []

    def now(self) -> list[FreeUnits]:
        """Free units of each role as they were within the last `KEPT_S`; raises like any question to the database."""
        with self._lock:
            if time.monotonic() - self._counted_s >= KEPT_S:
                self._free = _count()
                self._counted_s = time.monotonic()
            return self._free


def _count() -> list[FreeUnits]:
    now = datetime.now(UTC)
    with transaction(wiring.database()) as connection:
        states = PostgisFleet(connection).states(now)
    return [free_units(states, role, now, wiring.policy()) for role in Role]


@lru_cache(maxsize=1)
def kept_free() -> KeptFree:
    """What this process keeps."""
    return KeptFree()

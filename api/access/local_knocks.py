"""How often strangers knock while no database counts for all processes: each process counts for itself."""

from datetime import datetime, timedelta
from threading import Lock

from cachetools import LRUCache

from geo_data.stores.knocks import Knock

MOST_KNOWN = 20_000


class LocalKnocks:
    """Counts knocks in windows of time, as `geo_data.stores.knocks.count` does; the least seen are forgotten first."""

    def __init__(self) -> None:
        self._known: LRUCache[tuple[str, bytes], tuple[datetime, int]] = LRUCache(MOST_KNOWN)
        self._lock = Lock()

    def count(self, door: str, who: bytes, now: datetime, window_s: float) -> Knock:
        """Count a knock at ``door``."""
        window = timedelta(seconds=window_s)
        with self._lock:
            began, n = self._known.get((door, who), (now, 0))
            if began <= now - window:
                began, n = now, 0
            self._known[door, who] = began, n + 1
        return Knock(n + 1, began + window)

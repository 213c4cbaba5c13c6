"""What stands between the desk and a service: a memory, and leaving a broken service alone for a while."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

from cachetools import TLRUCache

from dispatch.location import Location, Position
from geo_data.online.place_service import NotNow, PlaceService

Key = tuple[str, tuple[float, float] | None]

MOST_REMEMBERED = 10_000
FOUND_AGE_S = 24 * 3600.0
NOTHING_AGE_S = 300.0
FAILURES = 3
REST_S = 60.0


class Rested:
    """A service that is left alone after failures in a row; then one question tries whether it is back.

    Own code, because `pybreaker` holds a lock while it asks, so that one slow answer holds up all desks, and
    `circuitbreaker` lets every thread try at once.

    Parameters
    ----------
    service : PlaceService
    failures : int
        In a row.
    rest_s : float
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        service: PlaceService,
        *,
        failures: int = FAILURES,
        rest_s: float = REST_S,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.name = service.name
        self._service = service
        self._allowed, self._rest_s, self._clock = failures, rest_s, clock
        self._failed, self._again_at = 0, 0.0
        self._lock = Lock()

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:
        """Ask the service unless it rests; raises `Unavailable`."""
        with self._lock:
            if self._failed >= self._allowed:
                if self._clock() < self._again_at:
                    raise NotNow("left alone after failures")
                self._again_at = self._clock() + self._rest_s  # this one question tries; the others go on waiting
        try:
            found = self._service.find(text, hint, limit_s=limit_s)
        except NotNow:
            raise
        except Exception:  # whatever went wrong, it went wrong
            self._count_failure()
            raise
        with self._lock:
            self._failed = 0
        return found

    def _count_failure(self) -> None:
        with self._lock:
            self._failed += 1
            self._again_at = self._clock() + self._rest_s


class Remembered:
    """A service whose answers are kept: what was found for a day, that nothing was found for some minutes.

    Parameters
    ----------
    service : PlaceService
    most : int
        Answers kept; the least used is forgotten first.
    clock : callable
        Seconds that only grow.
    """

    def __init__(
        self, service: PlaceService, *, most: int = MOST_REMEMBERED, clock: Callable[[], float] = monotonic
    ) -> None:
        self.name = service.name
        self._service = service
        self._answers: TLRUCache[Key, list[Location]] = TLRUCache(most, ttu=_forget_at, timer=clock)
        self._lock = Lock()

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:
        """Recall the answer or ask for it; raises `Unavailable`, which is not kept."""
        key = text, (round(hint.lon, 3), round(hint.lat, 3)) if hint else None  # about a hundred metres
        with self._lock:
            known = self._answers.get(key)
        if known is not None:
            return known
        found = self._service.find(text, hint, limit_s=limit_s)
        with self._lock:
            self._answers[key] = found
        return found


def guarded(service: PlaceService) -> PlaceService:
    """Put memory and rest in front of a service."""
    return Remembered(Rested(service))


def _forget_at(_: Key, found: list[Location], now: float) -> float:
    return now + (FOUND_AGE_S if found else NOTHING_AGE_S)

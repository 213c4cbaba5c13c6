"""Asking the services in order, within one time limit for the whole question."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import BoundedSemaphore
from time import monotonic

from dispatch.errors import Unavailable
from dispatch.location import Location, Position
from geo_data.online.place_service import NotNow, PlaceService

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """Places inside the service area, best first, and the services that were asked and did not answer."""

    found: list[Location]
    not_reached: tuple[str, ...] = ()


class Enquiry:
    """Asks services in order until one knows a place in the service area; threads may share it.

    It asks from threads of its own, so the limit holds whatever a service, a resolver or a server that drips does.
    When all of them are busy the next question is not asked: a queue would only pass the delay on.

    Parameters
    ----------
    services : sequence of PlaceService
    district_of : callable
        The district of a position, None outside the service area.
    limit_s : float
        Seconds that the whole question may take.
    """

    def __init__(
        self, services: Sequence[PlaceService], district_of: Callable[[Position], str | None], *, limit_s: float = 2.0
    ) -> None:
        self._services = list(services)
        self._district_of = district_of
        self._limit_s = limit_s
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="place services")
        self._free = BoundedSemaphore(MOST_AT_ONCE)

    def ask(self, text: str, hint: Position | None = None) -> list[Location]:
        """Find places inside the service area, best first; empty when nobody knows one in time."""
        return self.answer(text, hint).found

    def answer(self, text: str, hint: Position | None = None) -> Answer:
        """The same, with the services that did not answer."""
        if not self._free.acquire(blocking=False):
            log.warning("place services: all %d threads wait for answers; not asked", MOST_AT_ONCE)
            return Answer([], tuple(service.name for service in self._services))
        silent: list[str] = []
        asked = self._threads.submit(self._in_order, text, hint, monotonic() + self._limit_s, silent)
        asked.add_done_callback(lambda _: self._free.release())
        try:
            return Answer(asked.result(timeout=self._limit_s), tuple(silent))
        except TimeoutError:
            log.warning("place services: no answer within %.1f s", self._limit_s)
            return Answer([], tuple(silent))

    def _in_order(self, text: str, hint: Position | None, until: float, silent: list[str]) -> list[Location]:
        for place, service in enumerate(self._services):
            left_s = until - monotonic()
            if left_s <= 0:
                break
            # A fair share each, so that a slow first service leaves time for the next.
            silent.append(service.name)
            found = self._ask(service, text, hint, left_s / (len(self._services) - place))
            if found is None:
                continue
            silent.remove(service.name)
            if inside := self._inside(found):
                return inside
        return []

    def _ask(self, service: PlaceService, text: str, hint: Position | None, limit_s: float) -> list[Location] | None:
        """What a service found; None where it did not answer."""
        try:
            return service.find(text, hint, limit_s=limit_s)
        except NotNow as reason:
            log.debug("%s: %s", service.name, reason)
        except Unavailable as reason:
            log.warning("%s: %s", service.name, reason)
        except Exception as error:  # a report is taken whatever a service sends; the trace could hold what it sent
            log.error("%s: unexpected %s", service.name, type(error).__name__)
        return None

    def _inside(self, found: list[Location]) -> list[Location]:
        districts = [self._district_of(place.position) for place in found]
        return [replace(p, district=district) for p, district in zip(found, districts, strict=True) if district]

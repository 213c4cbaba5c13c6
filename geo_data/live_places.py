"""From the places a company has imported to a geocoder that knows them, while the service goes on."""

import logging
from collections.abc import Callable, Sequence
from threading import Lock, Thread

from geo_data.builtin.places import Place
from geo_data.places.geocoder import Geocoder

log = logging.getLogger(__name__)

Read = Callable[[], tuple[str, Sequence[Place]]]


class LivePlaces:
    """The geocoder of the moment, made anew beside the running service when places are imported; threads may share it.

    Until the new one is ready the one before answers: reading a hundred thousand names takes a while, and a caller does
    not wait for it.

    Parameters
    ----------
    usual : Geocoder
        Without company places.
    make : callable
        Makes a geocoder that knows company places too.
    read : callable
        Returns the version and all company places, in a transaction of its own.
    """

    def __init__(self, usual: Geocoder, make: Callable[[Sequence[Place]], Geocoder], read: Read) -> None:
        self._usual = usual
        self._make = make
        self._read = read
        self._made: tuple[str, Geocoder] = ("", usual)
        self._making = Lock()

    @property
    def latest(self) -> Geocoder:
        """The geocoder made last: for while nobody can say which version holds."""
        return self._made[1]

    def at(self, version: str) -> Geocoder:
        """The geocoder for this version of the company places, or the last one while that is being made."""
        known, geocoder = self._made
        if not version:
            return self._usual
        if version != known and self._making.acquire(blocking=False):
            Thread(target=self._follow, name="company places", daemon=True).start()
        return geocoder

    def load(self) -> None:
        """Bring the company places in and wait until they are known."""
        with self._making:
            self._remake()

    def _follow(self) -> None:
        try:
            self._remake()
        except Exception:  # the next request tries again; until then the last geocoder answers
            log.exception("company places could not be taken in")
        finally:
            self._making.release()

    def _remake(self) -> None:
        version, places = self._read()
        if version != self._made[0]:
            self._made = version, self._make(places) if places else self._usual

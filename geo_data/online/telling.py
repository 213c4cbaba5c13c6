"""A service that says when it is away and when it is back."""

from collections.abc import Callable
from datetime import datetime

from dispatch.degradations import Degradations, Part
from dispatch.location import Location, Position
from geo_data.online.place_service import NotNow, PlaceService


class Telling:
    """Passes questions on and tells ``degradations`` how they end; resting says nothing new."""

    def __init__(self, service: PlaceService, degradations: Degradations, clock: Callable[[], datetime]) -> None:
        self.name = service.name
        self._service, self._degradations, self._clock = service, degradations, clock

    def find(self, text: str, hint: Position | None, *, limit_s: float) -> list[Location]:
        """Ask the service; raises what it raises."""
        try:
            found = self._service.find(text, hint, limit_s=limit_s)
        except NotNow:
            raise
        except Exception:
            self._degradations.lost(Part.ONLINE_PLACES, self._clock(), self.name)
            raise
        self._degradations.back(Part.ONLINE_PLACES, self.name)
        return found

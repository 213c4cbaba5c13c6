"""What a caller asks and says on their own page, and what the desk answers."""

from dataclasses import dataclass

from dispatch.events.base import Event
from dispatch.location import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRequested(Event):
    """The caller wants to be called back."""

    reason: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAnswered(Event):
    """Somebody called back; one who was not ``reached`` is still to be called."""

    reached: bool
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDoubted(Event):
    """The caller says that the place is another: in words, as a point, or both. Nothing moves by it."""

    text: str = ""
    position: Position | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDoubtSettled(Event):
    """A dispatcher looked at the caller's doubt and left the place as it is; ``answer`` is told to the caller."""

    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRated(Event):
    """The caller rated the service, 1 to 5; a later one replaces it."""

    stars: int
    words: str = ""

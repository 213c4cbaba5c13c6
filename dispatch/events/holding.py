"""Nobody is sent for a while, and then somebody is again."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.base import Event
from dispatch.vocabulary import HoldEnd, HoldEvent, HoldReason


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentHeld(Event):
    """Nobody is to be sent before ``until``, or before ``ends_on`` happens; the promise's clock goes on."""

    reason: HoldReason
    until: datetime
    ends_on: HoldEvent | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Event):
    """Somebody may be sent again."""

    how: HoldEnd

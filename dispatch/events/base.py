"""A fact about an incident, and about one assignment of it."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.capture import Capture


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact about one incident.

    Parameters
    ----------
    incident_id : str
    at : datetime
        When it happened (aware), as known to whoever did it.
    by : str
        Who did it: a user name, ``desk``, or ``simulation``.
    """

    incident_id: str
    at: datetime
    by: str = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEvent(Event):
    """A fact about one assignment of an incident."""

    assignment_id: str
    unit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent(AssignmentEvent):
    """A step that the unit itself took; ``at`` is when it counts.

    ``captured`` is what its phone said of when and where, and when that was received; None where no phone said anything.
    """

    captured: Capture | None = None

"""Facts about an assignment: what a unit's own step is recorded as, and at which time it counts."""

from datetime import datetime
from typing import Any, TypeVar

from dispatch import events as ev
from dispatch.capture import Capture, weighed
from dispatch.incident import Assignment, Incident
from dispatch.policy.policy import Captures

Fact = TypeVar("Fact", bound=ev.AssignmentEvent)
Step = TypeVar("Step", bound=ev.StepEvent)


def about(kind: type[Fact], assignment: Assignment, incident: Incident, now: datetime, by: str, **details: Any) -> Fact:
    """Make a fact about an assignment; not recorded yet."""
    return kind(
        incident_id=incident.id, at=now, by=by, assignment_id=assignment.id, unit_id=assignment.unit_id, **details
    )


def step_taken(
    kind: type[Step],
    assignment: Assignment,
    incident: Incident,
    now: datetime,
    by: str,
    captured: Capture | None,
    rules: Captures,
    **details: Any,
) -> Step:
    """Make the fact of a unit's own step at the time it counts: as captured where that is plausible, else ``now``."""
    if captured is None:
        return about(kind, assignment, incident, now, by, **details)
    at, weighed_capture = weighed(captured, assignment.last_step_at, rules)
    return about(kind, assignment, incident, at, by, captured=weighed_capture, **details)

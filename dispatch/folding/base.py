"""Applying one event: the door for all kinds, and what most of them need."""

from dataclasses import replace
from functools import singledispatch

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.incident import Assignment, Incident
from dispatch.vocabulary import AssignmentStatus


@singledispatch
def apply(event: ev.Event, incident: Incident) -> Incident:
    """The incident after an event; each kind registers what it does."""
    raise IllegalTransition(f"{type(event).__name__} cannot follow on incident {incident.id}.")


def with_assignment(incident: Incident, assignment: Assignment) -> Incident:
    """The incident with one of its assignments as it stands now."""
    return replace(incident, assignments={**incident.assignments, assignment.id: assignment})


def expect(incident: Incident, event: ev.AssignmentEvent, *allowed: AssignmentStatus) -> Assignment:
    """The assignment an event is about, where it has a status that allows the event; raises `IllegalTransition`."""
    now = incident.assignment(event.assignment_id)
    if now.status not in allowed:
        wanted = "、".join(s.label for s in allowed)
        raise IllegalTransition(
            f"任务 {now.id} 现在是{now.status.label},只有{wanted}时可以这样做。(Reload and try again.)"
        )
    return now

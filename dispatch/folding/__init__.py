"""An incident is nothing but the fold of its events."""

from collections.abc import Iterable
from dataclasses import replace

from dispatch import events as ev
from dispatch.errors import IllegalTransition, UnknownId
from dispatch.folding import assignments, duplicates, handshake, intake, recovery  # noqa: F401  (each registers its kinds)
from dispatch.folding.base import apply
from dispatch.incident import Incident

AFTER_CLOSE = (ev.MergeUndone, ev.DuplicateParted)  # a mistaken merge is undone however things stand


def fold(history: Iterable[ev.Event]) -> Incident:
    """Replay an incident's events.

    Parameters
    ----------
    history : iterable of Event
        All events of one incident, in the order they were recorded.

    Returns
    -------
    Incident

    Raises
    ------
    UnknownId
        For an empty history.
    IllegalTransition
        When an event does not follow from those before it.
    """
    stream = iter(history)
    first = next(stream, None)
    if first is None:
        raise UnknownId("No such incident.")
    if not isinstance(first, ev.IncidentReported):
        raise IllegalTransition(f"A history starts with IncidentReported, not {type(first).__name__}.")
    incident = Incident(id=first.incident_id, version=1, reported=first)
    for event in stream:
        incident = advance(incident, event)
    return incident


def advance(incident: Incident, event: ev.Event) -> Incident:
    """Apply one event; raises `IllegalTransition` where it does not follow."""
    if incident.closed_at is not None and not isinstance(event, AFTER_CLOSE):
        raise IllegalTransition(f"案件 {incident.id} 已结束。(The incident is closed.)")
    return replace(apply(event, incident), version=incident.version + 1)

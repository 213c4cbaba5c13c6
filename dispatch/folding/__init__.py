"""An incident is nothing but the fold of its events."""

from collections.abc import Iterable

from dispatch import events as ev
from dispatch.errors import IllegalTransition, UnknownId
from dispatch.folding import (  # noqa: F401  (each registers its kinds)
    assignments,
    caller,
    claims,
    duplicates,
    evidence,
    handshake,
    holding,
    intake,
    recovery,
)
from dispatch.folding.base import apply, replace
from dispatch.incident import Incident

AFTER_CLOSE = (
    ev.MergeUndone,  # a mistaken merge is undone however things stand
    ev.DuplicateParted,
    ev.PhotoTaken,  # what a phone without signal took arrives when it can
    ev.SceneSurveyed,
    ev.ClaimFact,  # the claim and what its client asks go on after the scene
    ev.CallbackRequested,
    ev.CallbackAnswered,
    ev.PlaceDoubted,  # where it was merged into one that is open
    ev.PlaceDoubtSettled,
    ev.ServiceRated,
)


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
    known = _tried.after(incident, event)
    if known is not None:
        return known
    if incident.closed_at is not None and not isinstance(event, AFTER_CLOSE):
        raise IllegalTransition(f"案件 {incident.id} 已结束。(The incident is closed.)")
    after = replace(apply(event, incident), version=incident.version + 1)
    _tried.keep(incident, event, after)
    return after


class _Tried:
    """The last few steps, by identity: the desk tries each before its log takes it, and it is not worked out twice."""

    def __init__(self) -> None:
        self._steps: tuple[tuple[Incident, ev.Event, Incident], ...] = ()  # replaced as a whole: threads share it

    def keep(self, incident: Incident, event: ev.Event, after: Incident) -> None:
        self._steps = ((incident, event, after), *self._steps[:3])

    def after(self, incident: Incident, event: ev.Event) -> Incident | None:
        for before, step, found in self._steps:
            if before is incident and step is event:
                return found
        return None


_tried = _Tried()

"""Folding what is known of an accident: its place, promise, tiers, hospital."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, replace
from dispatch.incident import Incident


@apply.register
def _(event: ev.IncidentLocated, incident: Incident) -> Incident:
    return replace(incident, location=event, caller=incident.caller.moved(event.at))


@apply.register
def _(event: ev.CommitmentMade, incident: Incident) -> Incident:
    if incident.commitment is not None:
        raise IllegalTransition(f"Incident {incident.id} has its commitment: it is frozen at intake.")
    return replace(incident, commitment=event)


@apply.register
def _(event: ev.TierChanged, incident: Incident) -> Incident:
    if not event.tiers:
        raise IllegalTransition(f"Incident {incident.id} needs a tier: name one or more.")
    return replace(incident, tier_change=event, ruled_on=frozenset(incident.duplicates))


@apply.register
def _(event: ev.HospitalNamed, incident: Incident) -> Incident:
    return replace(incident, hospital=event, hospital_told=None)


@apply.register
def _(event: ev.HospitalTold, incident: Incident) -> Incident:
    return replace(incident, hospital=None, hospital_told=event)


@apply.register
def _(event: ev.ArrivalForeseen, incident: Incident) -> Incident:
    if incident.foreseen is not None:
        raise IllegalTransition(f"Incident {incident.id} was foreseen already: later forecasts belong to its offers.")
    return replace(incident, foreseen=event)

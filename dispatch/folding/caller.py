"""Folding what a caller asks and says."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, replace
from dispatch.incident import Incident


@apply.register
def _(event: ev.CallbackRequested, incident: Incident) -> Incident:
    return replace(incident, caller=incident.caller.called_for(event))


@apply.register
def _(event: ev.CallbackAnswered, incident: Incident) -> Incident:
    return replace(incident, caller=incident.caller.called(event))


@apply.register
def _(event: ev.PlaceDoubted, incident: Incident) -> Incident:
    if incident.closed_at is not None and incident.merged_into is None:
        raise IllegalTransition(f"案件 {incident.id} 已结束,地点不再更改。(It is closed: the place stays.)")
    return replace(incident, caller=incident.caller.doubted(event))


@apply.register
def _(event: ev.PlaceDoubtSettled, incident: Incident) -> Incident:
    return replace(incident, caller=incident.caller.settled(event))


@apply.register
def _(event: ev.ServiceRated, incident: Incident) -> Incident:
    if incident.closed_at is None:
        raise IllegalTransition(f"案件 {incident.id} 还没有结束。(It has not ended yet: rate it then.)")
    return replace(incident, caller=incident.caller.rated(event))

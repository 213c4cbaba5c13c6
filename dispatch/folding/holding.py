"""Folding holds."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, replace
from dispatch.incident import Incident


@apply.register
def _(event: ev.IncidentHeld, incident: Incident) -> Incident:
    if incident.open_assignments:
        raise IllegalTransition(f"案件 {incident.id} 已派出人员:请先释放,再暂缓。(Release its units first.)")
    if incident.held is not None:
        raise IllegalTransition(f"案件 {incident.id} 已在暂缓中。(It is on hold already: end that first.)")
    return replace(incident, held=event)


@apply.register
def _(event: ev.HoldEnded, incident: Incident) -> Incident:
    if incident.held is None:
        raise IllegalTransition(f"案件 {incident.id} 不在暂缓中。(It is not on hold: reload.)")
    return replace(incident, held=None, hold_ended=event)

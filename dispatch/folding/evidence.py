"""Folding what was brought back from the scene."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, replace
from dispatch.incident import Incident


@apply.register
def _(event: ev.PhotoTaken, incident: Incident) -> Incident:
    if event.photo.sha256 in incident.photos:
        raise IllegalTransition(f"案件 {incident.id} 已有这张照片。(The incident has this photograph already.)")
    return replace(incident, photos={**incident.photos, event.photo.sha256: event})


@apply.register
def _(event: ev.SceneSurveyed, incident: Incident) -> Incident:
    if event.sha256 in incident.surveys:
        raise IllegalTransition(f"案件 {incident.id} 已有这份查勘单。(The incident has this form already.)")
    if event.corrects not in (incident.surveys or {""}):
        raise IllegalTransition(f"案件 {incident.id} 没有所更正的查勘单。(The form it corrects is not known: reload.)")
    return replace(incident, surveys={**incident.surveys, event.sha256: event})

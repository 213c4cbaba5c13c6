"""Folding the claim after the survey."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, replace
from dispatch.incident import Incident


@apply.register
def _(event: ev.ClaimFact, incident: Incident) -> Incident:
    if incident.merged_into is not None:
        raise IllegalTransition(f"案件已并入 {incident.merged_into}:请在该案办理。(Merged: go on with the kept one.)")
    if incident.surveyed_at is None:
        raise IllegalTransition(f"案件 {incident.id} 尚未查勘。(Nobody has surveyed it yet.)")
    return replace(incident, claim=incident.claim.after(event, surveyed_at=incident.surveyed_at))

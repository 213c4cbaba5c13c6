"""Folding alarms, replacements, waivers and surveys by video."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, replace, with_assignment
from dispatch.incident import Incident, RemoteSurvey
from dispatch.vocabulary import Role


@apply.register
def _(event: ev.RiskRaised, incident: Incident) -> Incident:
    others = tuple(r for r in incident.raised if not _same_risk(r, event))
    return replace(incident, raised=(*others, event))


@apply.register
def _(event: ev.RiskCleared, incident: Incident) -> Incident:
    left = tuple(r for r in incident.raised if not _same_risk(r, event))
    if len(left) == len(incident.raised):
        raise IllegalTransition(f"案件 {incident.id} 没有此预警。(No such alarm: reload.)")
    return replace(incident, raised=left)


def _same_risk(raised: ev.RiskRaised, event: ev.RiskRaised | ev.RiskCleared) -> bool:
    return (raised.risk, raised.assignment_id, raised.role) == (event.risk, event.assignment_id, event.role)


@apply.register
def _(event: ev.BackupCalled, incident: Incident) -> Incident:  # noqa: ARG001  (a fact to read, it changes no state)
    return incident


@apply.register
def _(event: ev.ReplacementProposed, incident: Incident) -> Incident:
    now = incident.assignment(event.assignment_id)
    if not now.status.is_open or now.replacement is not None:
        raise IllegalTransition(
            f"任务 {now.id} 已结束或已有待批准的更换。(It has ended, or a replacement waits already.)"
        )
    return with_assignment(incident, replace(now, replacement=event))


@apply.register
def _(event: ev.ReplacementDecided | ev.ReplacementLapsed, incident: Incident) -> Incident:
    now = incident.assignment(event.assignment_id)
    if now.replacement is None:
        raise IllegalTransition(f"任务 {now.id} 没有待批准的更换。(No replacement waits: reload.)")
    return with_assignment(incident, replace(now, replacement=None))


@apply.register
def _(event: ev.NeedWaived, incident: Incident) -> Incident:
    return replace(incident, waived={**incident.waived, event.role: event})


@apply.register
def _(event: ev.RemoteSurveyStarted, incident: Incident) -> Incident:
    if incident.open_in(Role.SURVEYOR) or incident.is_surveyed or incident.remote_runs:
        raise IllegalTransition(f"案件 {incident.id} 已有人查勘:先改派。(Somebody surveys it: release them first.)")
    return replace(incident, remote=RemoteSurvey(started=event))


@apply.register
def _(event: ev.RemoteSurveyEnded, incident: Incident) -> Incident:
    if incident.remote is None or incident.remote.ended is not None:
        raise IllegalTransition(f"案件 {incident.id} 没有进行中的视频查勘。(No survey by video is running.)")
    return replace(incident, remote=replace(incident.remote, ended=event))

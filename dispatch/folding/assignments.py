"""Folding what units do."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, expect, replace, stepped, with_assignment
from dispatch.incident import Assignment, Incident
from dispatch.vocabulary import AssignmentStatus


@apply.register
def _(event: ev.UnitOffered, incident: Incident) -> Incident:
    if event.assignment_id in incident.assignments or incident.open_in(event.role):
        raise IllegalTransition(f"案件 {incident.id} 已有{event.role.label}任务:先改派。(Release it first.)")
    if incident.held is not None:
        raise IllegalTransition(f"案件 {incident.id} 暂缓中:请先恢复派单。(It is on hold: end the hold first.)")
    assignment = Assignment(
        id=event.assignment_id,
        unit_id=event.unit_id,
        role=event.role,
        status=AssignmentStatus.OFFERED,
        offer=event,
        eta_at=event.eta_at,
        p_kept=event.p_kept,
        metric=event.metric,
        offered_at=event.at,
    )
    waived = {role: w for role, w in incident.waived.items() if role is not event.role}  # so it is needed after all
    return with_assignment(replace(incident, waived=waived), assignment)


@apply.register
def _(event: ev.AssignmentAccepted, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.OFFERED)
    return with_assignment(incident, stepped(now, event, AssignmentStatus.ACCEPTED, accepted_at=event.at))


@apply.register
def _(event: ev.AssignmentDeclined, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.OFFERED)
    ended = stepped(now, event, AssignmentStatus.DECLINED, ended_reason=event.reason, ended_at=event.at)
    return with_assignment(incident, ended)


@apply.register
def _(event: ev.UnitDeparted, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.ACCEPTED)
    return with_assignment(incident, stepped(now, event, AssignmentStatus.EN_ROUTE, departed_at=event.at))


@apply.register
def _(event: ev.ForecastRevised, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE)
    metric = event.forecast.day_kind if event.forecast else now.metric
    return with_assignment(incident, replace(now, eta_at=event.eta_at, p_kept=event.p_kept, metric=metric))


@apply.register
def _(event: ev.ArrivalClaimed, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.EN_ROUTE)
    arrived = stepped(now, event, AssignmentStatus.ON_SCENE, claimed_at=event.at, claimed_from=event.position)
    return with_assignment(incident, arrived)


@apply.register
def _(event: ev.ArrivalConfirmed, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.ON_SCENE)
    return with_assignment(incident, replace(now, confirmed_at=event.at, confirmed=event))


@apply.register
def _(event: ev.ArrivalContradicted, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.ON_SCENE)
    return with_assignment(incident, replace(now, contradicted=event))


@apply.register
def _(event: ev.AssignmentReleased, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE)
    return with_assignment(
        incident, replace(now, status=AssignmentStatus.RELEASED, ended_reason=event.reason, ended_at=event.at)
    )


@apply.register
def _(event: ev.UnitCleared, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.ON_SCENE)
    cleared = stepped(now, event, AssignmentStatus.CLEARED, cleared_at=event.at, ended_reason=event.reason)
    return with_assignment(incident, cleared)


@apply.register
def _(event: ev.IncidentClosed, incident: Incident) -> Incident:
    if incident.open_assignments:
        raise IllegalTransition(f"案件 {incident.id} 还有未完成的任务。(Clear or release its units first.)")
    if incident.remote_runs:
        raise IllegalTransition(f"案件 {incident.id} 正在视频查勘。(End the survey by video first.)")
    return replace(incident, closed_at=event.at, closed=event, held=None)

"""What an incident still needs: its plan, and how far each role of it has been served."""

from dataclasses import dataclass, replace

from dispatch.incident import Assignment, Incident
from dispatch.plans import Need, Plans, ResponsePlan, join_needs
from dispatch.vocabulary import NeedStatus, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedState:
    """A need and how far it has been served; ``reason`` says why it was waived."""

    need: Need
    status: NeedStatus
    reason: str = ""


def plan_of(incident: Incident, plans: Plans) -> ResponsePlan:
    """The plan of an incident as it stands: that of its tiers, with a tow unit for a vehicle that cannot drive."""
    plan = plans.of(incident.tiers)
    if incident.reported.drivable is False:
        plan = replace(plan, needs=join_needs((*plan.needs, Need(Role.TOW_UNIT))))
    return plan


def need_states(incident: Incident, plan: ResponsePlan) -> list[NeedState]:
    """How far each need of ``plan`` has been served, in the order of `Role`."""
    return [_state(incident, need) for need in plan.needs]


def is_finished(incident: Incident, plan: ResponsePlan) -> bool:
    """Whether somebody served the incident and nothing is open, under way or asked in vain."""
    if incident.open_assignments or incident.remote_runs or incident.unanswered_roles:
        return False
    states = need_states(incident, plan)
    served = incident.is_surveyed or any(s.status is NeedStatus.SERVED for s in states)
    return served and all(s.status in (NeedStatus.SERVED, NeedStatus.WAIVED) for s in states)


def _state(incident: Incident, need: Need) -> NeedState:
    fit = [a for a in incident.assignments.values() if a.role is need.role and need.skills <= set(a.offer.skills)]
    by_video = need.role is Role.SURVEYOR and incident.remote is not None and incident.remote.completed
    if by_video or any(_served(a) for a in fit):
        return NeedState(need=need, status=NeedStatus.SERVED)
    if need.role in incident.waived:
        return NeedState(need=need, status=NeedStatus.WAIVED, reason=incident.waived[need.role].reason)
    surveyed_now = need.role is Role.SURVEYOR and incident.remote_runs
    under_way = surveyed_now or any(a.status.is_open for a in fit)
    return NeedState(need=need, status=NeedStatus.UNDER_WAY if under_way else NeedStatus.OPEN)


def _served(assignment: Assignment) -> bool:
    """On scene, or done there; a released assignment served nobody."""
    return assignment.claimed_at is not None

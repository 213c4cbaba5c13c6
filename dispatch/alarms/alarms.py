"""What endangers a promise before it is broken, what is amiss with the others on their way, and what would help at what cost.

Only a surveyor's arrival is promised, so only a surveyor is late by probability. A tow unit or a specialist is late when it
is expected later than nine in ten of what was told when it was sent; silence, no departure and nobody's answer count for
every role alike.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.events import Candidate, RiskRaised
from dispatch.incident import Assignment, Incident
from dispatch.needs import NeedState
from dispatch.policy.policy import Alarms
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus, HoldEnd, NeedStatus, RiskKind, Role


@dataclass(frozen=True, slots=True)
class Danger:
    """Something amiss; ``assignment`` is the one it is about, None where nobody is assigned in ``role``."""

    risk: RiskKind
    assignment: Assignment | None
    role: Role = Role.SURVEYOR

    @property
    def key(self) -> tuple[RiskKind, str | None, Role]:
        """What tells one alarm of an incident from another."""
        return self.risk, self.assignment.id if self.assignment else None, self.role


def dangers(
    incident: Incident, needs: Sequence[NeedState], fixes: Mapping[str, Fix], now: datetime, rules: Alarms
) -> list[Danger]:
    """Tell what is amiss with an incident at ``now``.

    Parameters
    ----------
    incident : Incident
        Open; one without a commitment, that a partner serves or that is held raises nothing.
    needs : sequence of NeedState
        What its plan asks for.
    fixes : mapping
        Latest fix by unit id.
    now : datetime
    rules : Alarms

    Returns
    -------
    list of Danger
        At most one of each kind, assignment and role.
    """
    held, served_elsewhere = incident.held is not None, incident.is_with_partner
    if incident.commitment is None or incident.closed_at is not None or served_elsewhere or held:
        return []
    if incident.is_left_over(s.status for s in needs):
        return [Danger(RiskKind.NOBODY_NEEDED, None)]
    return [*_of_surveyor(incident, fixes, now, rules), *_of_others(incident, needs, fixes, now, rules)]


def _of_surveyor(incident: Incident, fixes: Mapping[str, Fix], now: datetime, rules: Alarms) -> list[Danger]:
    surveyor = incident.open_in(Role.SURVEYOR)
    if incident.is_surveyed:
        return []
    if surveyor is None:
        return _missing(incident, Role.SURVEYOR, now, rules) if incident.waits_for_surveyor else []
    return [Danger(kind, surveyor) for kind in _of_assignment(incident, surveyor, fixes, now, rules)]


def _of_others(
    incident: Incident, needs: Sequence[NeedState], fixes: Mapping[str, Fix], now: datetime, rules: Alarms
) -> Iterator[Danger]:
    wanted = {s.need.role for s in needs if s.status is NeedStatus.OPEN}.union(incident.unanswered_roles)
    for role in (role for role in Role if role is not Role.SURVEYOR):
        bound = incident.open_in(role)
        if bound is not None:
            kinds = _of_assignment(incident, bound, fixes, now, rules)
            yield from (Danger(kind, bound, role) for kind in kinds)
        elif role in wanted:
            yield from _missing(incident, role, now, rules)


def _missing(incident: Incident, role: Role, now: datetime, rules: Alarms) -> list[Danger]:
    waiting_s = (now - _waiting_since(incident, role)).total_seconds()
    return [Danger(RiskKind.UNASSIGNED, None, role)] if waiting_s > rules.unassigned_after_s else []


def _of_assignment(
    incident: Incident, a: Assignment, fixes: Mapping[str, Fix], now: datetime, rules: Alarms
) -> Iterator[RiskKind]:
    if a.status not in (AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE):
        return
    fix = fixes.get(a.unit_id)
    if a.departed_at is not None:
        if fix is None or (now - fix.at).total_seconds() > rules.silent_after_s:
            yield RiskKind.SILENT
    elif a.accepted_at is not None and (now - a.accepted_at).total_seconds() > rules.depart_within_s:
        yield RiskKind.NOT_DEPARTED
    if _is_late(incident, a, now, rules):
        yield RiskKind.LATE


def _is_late(incident: Incident, a: Assignment, now: datetime, rules: Alarms) -> bool:
    if a.role is not Role.SURVEYOR:
        return max(a.eta_at, now) > told_latest_at(a)
    was_late = any(r.risk is RiskKind.LATE and r.assignment_id == a.id for r in incident.risks)
    return a.p_kept < (rules.clear_above_p if was_late else rules.late_below_p)


def told_latest_at(a: Assignment) -> datetime:
    """By when the unit should be there nine times in ten, as was reckoned when it was sent."""
    return a.offered_at + timedelta(seconds=a.offer.chosen.eta_p90_s)


def _waiting_since(incident: Incident, role: Role) -> datetime:
    ends = [a.ended_at for a in incident.assignments.values() if a.role is role and a.ended_at]
    asked = [incident.tier_change.at] if incident.tier_change and role is not Role.SURVEYOR else []
    hold = incident.hold_ended  # whoever ends one looks at the incident; one that comes back by itself calls at once
    if hold is not None and hold.how is not HoldEnd.DUE:
        ends.append(hold.at)
    return max([incident.reported.at, *ends, *asked])


def driven_s(assignment: Assignment | None, now: datetime) -> float:
    """Seconds of driving that taking the job away would waste; 0 before the unit has set off."""
    if assignment is None or assignment.departed_at is None:
        return 0.0
    return max(0.0, (now - assignment.departed_at).total_seconds())


def says_otherwise(raised: RiskRaised, danger: Danger, rules: Alarms) -> bool:
    """Whether an alarm about a surveyor states a chance that is no longer the chance there is."""
    if danger.role is not Role.SURVEYOR or danger.assignment is None:
        return False
    return abs(danger.assignment.p_kept - raised.p_kept) >= rules.gain_p


def worth_proposing(best: Candidate | None, danger: Danger, now: datetime, rules: Alarms) -> Candidate | None:
    """Keep a candidate who gains enough: probability of keeping a surveyor's promise, minutes for the others."""
    if best is None:
        return None
    bound = danger.assignment
    if danger.role is Role.SURVEYOR:
        gains = best.p_kept >= (bound.p_kept if bound else 0.0) + rules.gain_p
    else:
        gains = bound is None or (max(bound.eta_at, now) - now).total_seconds() - best.eta_s >= rules.gain_s
    return best if gains else None

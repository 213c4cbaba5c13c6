"""What endangers a promise before it is broken, and what a reassignment would gain and cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.choosing.reasons import say_probability
from dispatch.events import Candidate, RiskRaised
from dispatch.incident import Assignment, Incident
from dispatch.policy import Alarms
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus, HoldEnd, RiskKind, Role


@dataclass(frozen=True, slots=True)
class Danger:
    """A promise in danger; ``assignment`` is the one that endangers it, None where nobody is assigned."""

    risk: RiskKind
    assignment: Assignment | None

    @property
    def key(self) -> tuple[RiskKind, str | None]:
        """What tells one alarm of an incident from another."""
        return self.risk, self.assignment.id if self.assignment else None


def dangers(incident: Incident, fixes: Mapping[str, Fix], now: datetime, rules: Alarms) -> list[Danger]:
    """Tell what endangers the promise of an incident at ``now``.

    Parameters
    ----------
    incident : Incident
        Open; one without a commitment, that has been surveyed, that a partner serves or that is held is in no danger.
    fixes : mapping
        Latest fix by unit id.
    now : datetime
    rules : Alarms

    Returns
    -------
    list of Danger
        At most one of each kind and assignment.
    """
    if (
        incident.commitment is None
        or incident.is_surveyed
        or incident.closed_at is not None
        or incident.is_with_partner
        or incident.held is not None
    ):
        return []
    surveyor = incident.open_in(Role.SURVEYOR)
    if surveyor is None:
        if not incident.waits_for_surveyor:
            return []
        waiting_s = (now - _waiting_since(incident)).total_seconds()
        return [Danger(RiskKind.UNASSIGNED, None)] if waiting_s > rules.unassigned_after_s else []
    raised = {(r.risk, r.assignment_id) for r in incident.risks}
    kinds = _of_assignment(surveyor, fixes.get(surveyor.unit_id), now, rules, was_late=_late(surveyor) in raised)
    return [Danger(kind, surveyor) for kind in kinds]


def _of_assignment(
    a: Assignment, fix: Fix | None, now: datetime, rules: Alarms, *, was_late: bool
) -> Iterator[RiskKind]:
    if a.status not in (AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE):
        return
    if a.departed_at is not None:
        if fix is None or (now - fix.at).total_seconds() > rules.silent_after_s:
            yield RiskKind.SILENT
    elif a.accepted_at is not None and (now - a.accepted_at).total_seconds() > rules.depart_within_s:
        yield RiskKind.NOT_DEPARTED
    if a.p_kept < (rules.clear_above_p if was_late else rules.late_below_p):
        yield RiskKind.LATE


def _late(a: Assignment) -> tuple[RiskKind, str | None]:
    return RiskKind.LATE, a.id


def _waiting_since(incident: Incident) -> datetime:
    ends = [a.ended_at for a in incident.assignments.values() if a.role is Role.SURVEYOR and a.ended_at]
    ended = incident.hold_ended
    if (
        ended is not None and ended.how is not HoldEnd.DUE
    ):  # whoever ends it looks at it; one that comes back calls at once
        ends.append(ended.at)
    return max([incident.reported.at, *ends])


def driven_s(assignment: Assignment | None, now: datetime) -> float:
    """Seconds of driving that taking the job away would waste; 0 before the unit has set off."""
    if assignment is None or assignment.departed_at is None:
        return 0.0
    return max(0.0, (now - assignment.departed_at).total_seconds())


def worth_proposing(best: Candidate | None, p_kept: float, rules: Alarms) -> Candidate | None:
    """Keep a candidate who makes keeping the promise more probable by enough."""
    return best if best is not None and best.p_kept >= p_kept + rules.gain_p else None


def explain_risk(raised: RiskRaised, incident: Incident) -> str:
    """Say an alarm and what is proposed in one Chinese sentence an operator can read aloud."""
    if raised.assignment_id is None:
        said = f"{incident.id} 无人接单"
    else:
        unit = incident.assignment(raised.assignment_id).offer.chosen.unit_name
        said = f"{unit}{raised.risk.label},按时到场概率 {say_probability(raised.p_kept)}"
    if raised.proposal is None:
        return said + (";暂无更好的人选。" if raised.risk is RiskKind.LATE else "。")
    return said + ";" + _say_proposal(raised, raised.proposal)


def _say_proposal(raised: RiskRaised, best: Candidate) -> str:
    eta = raised.at + timedelta(seconds=best.eta_s)
    sooner_min = (raised.eta_at - eta).total_seconds() / 60 if raised.eta_at else None
    gain = f"预计早 {sooner_min:.0f} 分钟到," if sooner_min is not None and sooner_min >= 1 else ""
    wasted = f"原单元已行驶 {raised.driven_s / 60:.0f} 分钟作废," if raised.driven_s >= 60 else ""
    verb = "派" if raised.assignment_id is None else "改派"
    return f"建议{verb}{best.unit_name}:{gain}概率升至 {say_probability(best.p_kept)};代价:{wasted}占用一名空闲人员 {best.travel_s / 60:.0f} 分钟车程。"

"""Why a promise was missed: one cause from the facts, by a rule that is the same for everybody.

The time to the arrival is divided among stages (`dispatch.auditing.stages`), and each is held against what was planned for it: our own
target for the call handling, and for turnout and travel what the decision forecast. What a cause cost is what it took beyond the plan.
The primary cause is the first, in the order of `ORDER`, that alone cost at least as much as the promise was overrun by:
without it the promise would have been kept. Where none did alone, it is that the promise could hardly be kept when
it was reported, if that is so, else what cost most.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch import events as ev
from dispatch.auditing.edits import Edit, EditKind
from dispatch.auditing.record import Blame, Cause, Part, Problem
from dispatch.auditing.stages import Stage, stages_of
from dispatch.incident import Assignment, Incident
from dispatch.masking import mask_words
from dispatch.partner import PartnerService
from dispatch.policy.audit_rules import AuditRules
from dispatch.vocabulary import AssignmentStatus, Role

MOVED_M = 300.0  # a place corrected by less sends nobody the wrong way
UNTRUSTED = frozenset(
    {
        Problem.ARRIVAL_BEFORE_START,
        Problem.ZERO_INTERVAL,
        Problem.ARRIVAL_AFTER_NOW,
        Problem.CLAIMED_AWAY,
        Problem.CONTRADICTED,
    }
)
ORDER = (
    Cause.PLACE,
    Cause.NO_UNIT,
    Cause.OVERRIDE,
    Cause.REASSIGNED,
    Cause.LATE_ACCEPT,
    Cause.LATE_TURNOUT,
    Cause.TRAFFIC,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One missed incident: its facts, until when its time is counted, and who arrived or is to arrive."""

    history: Sequence[ev.Event]
    incident: Incident
    edits: Sequence[Edit]
    served: Assignment | PartnerService | None
    end: datetime
    due_at: datetime
    rules: AuditRules

    @property
    def surveyors(self) -> list[Assignment]:
        return [a for a in self.incident.assignments.values() if a.role is Role.SURVEYOR and a.offered_at <= self.end]

    @property
    def recommended_s(self) -> float | None:
        """Seconds to the arrival of whom the first decision recommended, as it forecast them; None without a decision."""
        return _recommended_s(self.surveyors[0].offer) if self.surveyors else None


def blame(
    history: Sequence[ev.Event],
    incident: Incident,
    edits: Sequence[Edit],
    served: Assignment | PartnerService | None,
    problem: Problem | None,
    now: datetime,
    rules: AuditRules,
) -> Blame | None:
    """Say why a missed promise was missed.

    Parameters
    ----------
    history : sequence of Event
        All events of the incident; ``incident`` is their fold and ``edits`` its `edits_of`.
    served : Assignment, PartnerService or None
        Who arrived first.
    problem : Problem or None
        Why its time is not trusted.
    now : datetime
        Aware; until when an incident without arrival is counted.
    rules : AuditRules

    Returns
    -------
    Blame or None
        None without a commitment: nothing says by when somebody should have been there.
    """
    promise = incident.commitment
    if promise is None:
        return None
    arrived_at = served.claimed_at if served else None
    end = min(arrived_at or incident.closed_at or now, now)
    case = _Case(
        history=history,
        incident=incident,
        edits=edits,
        served=served or incident.open_in(Role.SURVEYOR) or incident.partner,
        end=end,
        due_at=incident.reported.at + timedelta(seconds=promise.limit_s),
        rules=rules,
    )
    spent = stages_of(history, case.served.id if isinstance(case.served, Assignment) else None, end)
    parts = tuple(Part(stage, actual_s, _planned_s(case, stage)) for stage, actual_s in spent.items())
    over_s = (end - case.due_at).total_seconds()
    cost = _cost_s(case, {part.stage: part.lost_s for part in parts})
    return Blame(
        cause=_cause(case, problem, over_s, cost),
        over_s=over_s,
        parts=parts,
        cost_s=tuple((cause, cost[cause]) for cause in ORDER if cost.get(cause, 0) > 0),
        recommended_s=case.recommended_s,
        refused=sum(a.was_refused for a in case.surveyors),
        words=_words(history, end),
    )


def _cause(case: _Case, problem: Problem | None, over_s: float, cost: Mapping[Cause, float]) -> Cause:
    if problem in UNTRUSTED:
        return Cause.UNTRUSTED
    if isinstance(case.served, PartnerService):
        return Cause.PARTNER
    if over_s <= 0:
        return Cause.CLOSED
    for cause in ORDER:
        if cost.get(cause, 0) >= over_s:
            return cause
    promised_s = (case.due_at - case.incident.reported.at).total_seconds()
    if case.recommended_s is not None and case.recommended_s + case.rules.call_handling_s > promised_s:
        return Cause.IMPOSSIBLE
    worst = max(ORDER, key=lambda cause: cost.get(cause, 0))
    return worst if cost.get(worst, 0) > 0 else Cause.UNKNOWN


def _planned_s(case: _Case, stage: Stage) -> float:
    """Seconds planned for a stage; offering and accepting share our own target of the call handling."""
    if stage in (Stage.WAITING, Stage.ANSWER):
        return case.rules.call_handling_s / 2
    if not isinstance(case.served, Assignment):
        return 0.0
    chosen = case.served.offer.chosen
    if stage is Stage.TURNOUT:
        return max(0.0, chosen.eta_s - chosen.travel_s)
    return _travel_s(case.history, case.served) if stage is Stage.TRAVEL else 0.0


def _travel_s(history: Sequence[ev.Event], served: Assignment) -> float:
    """Travel as it was forecast last before the departure: in the decision, or revised since it was accepted."""
    accepted_at, departed_at = served.accepted_at, served.departed_at
    if accepted_at is None or departed_at is None:
        return served.offer.chosen.travel_s
    revised = [
        e.eta_at
        for e in history
        if isinstance(e, ev.ForecastRevised) and e.assignment_id == served.id and accepted_at <= e.at <= departed_at
    ]
    if not revised:
        return served.offer.chosen.travel_s
    return max(0.0, (revised[-1] - departed_at).total_seconds())


def _cost_s(case: _Case, lost: Mapping[Stage, float]) -> dict[Cause, float]:
    """What each cause took beyond the plan, in seconds; a longer way of whom was sent instead counts to why they were sent."""
    slower_s, others_s = _slower_s(case)
    recalled = any(a.accepted_at is not None and a.status is AssignmentStatus.RELEASED for a in case.surveyors)
    return {
        Cause.PLACE: lost.get(Stage.PLACE, 0.0) + _wrong_way_s(case),
        Cause.NO_UNIT: lost.get(Stage.WAITING, 0.0),
        Cause.OVERRIDE: lost.get(Stage.HOLD, 0.0) + slower_s,
        Cause.REASSIGNED: lost.get(Stage.RECALLED, 0.0) + (others_s if recalled else 0.0),
        Cause.LATE_ACCEPT: lost.get(Stage.ANSWER, 0.0) + (0.0 if recalled else others_s),
        Cause.LATE_TURNOUT: lost.get(Stage.TURNOUT, 0.0),
        Cause.TRAFFIC: lost.get(Stage.TRAVEL, 0.0),
    }


def _slower_s(case: _Case) -> tuple[float, float]:
    """By how much the chosen unit was slower than the recommended one, and that one than the first that was recommended."""
    if not isinstance(case.served, Assignment):
        return 0.0, 0.0
    offer = case.served.offer
    recommended_s = _recommended_s(offer)
    first_s = case.recommended_s if case.recommended_s is not None else recommended_s
    return max(0.0, offer.chosen.eta_s - recommended_s), max(0.0, recommended_s - first_s)


def _recommended_s(offer: ev.UnitOffered) -> float:
    """Forecast of whom the rule put first: where a person chose another, that is the first runner-up."""
    first = offer.runners_up[0] if offer.override_reason and offer.runners_up else offer.chosen
    return first.eta_s


def _wrong_way_s(case: _Case) -> float:
    """Seconds that surveyors drove towards a place that was then corrected by more than `MOVED_M`."""
    moved = [
        e.at for e in case.edits if e.kind is EditKind.LOCATION and (e.moved_m or 0) > MOVED_M and e.at <= case.end
    ]
    drives = [(a.departed_at, a.claimed_at or a.ended_at or case.end) for a in case.surveyors if a.departed_at]
    wrong_s = 0.0
    for start, stop in drives:
        wrong_s += max(((at - start).total_seconds() for at in moved if start < at <= stop), default=0.0)
    return wrong_s


def _words(history: Sequence[ev.Event], end: datetime) -> str:
    """Why somebody held it back, or chose another unit, in their own words."""
    told = []
    for event in history:
        if event.at > end:
            continue
        if isinstance(event, ev.IncidentHeld):
            told.append(f"暂缓:{event.reason.label}" + (f"({event.note})" if event.note else ""))
        elif isinstance(event, ev.UnitOffered) and event.role is Role.SURVEYOR and event.override_reason:
            told.append(f"指定 {event.unit_id}:{event.override_reason}")
    return mask_words(";".join(told))

"""What the desk does between people's actions: unanswered offers, fresh forecasts, alarms, confirmed arrivals.

Each pass takes the open incidents as they stand and appends what follows. A pass that loses a race leaves the matter
to whoever won it.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache

from dispatch import events as ev
from dispatch.alarms.alarms import Danger, dangers, driven_s, says_otherwise, worth_proposing
from dispatch.backups import call_next, is_joining
from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.holding import end_if_due
from dispatch.incident import UNANSWERED, Assignment, Incident
from dispatch.onway import forecast_now
from dispatch.replacement import lapse
from dispatch.unit import Fix
from dispatch.verification import confirmation
from dispatch.vocabulary import AssignmentStatus, RiskKind, Role
from dispatch.windows import awaited, run_window

Fixes = Mapping[str, Fix]
Pass = Callable[[Desk, Incident, Assignment, Fixes, datetime], Incident]
BetterWait = Callable[[], Collection[str]]
NOBODY_SENT = (RiskKind.UNASSIGNED, None, Role.SURVEYOR)


def watch(desk: Desk, now: datetime) -> None:
    """Run the pass that fits over every open assignment once, give refused jobs to the next best, and revise the alarms.

    With ``choosing.auto_offer`` whoever waits is matched in a window before the alarms are looked at.
    """
    fixes = {s.unit.id: s.fix for s in desk.fleet.states(now) if s.fix is not None}
    better_wait = cache(lambda: awaited(desk, Role.SURVEYOR, now).keys())  # asked only where somebody waits too long
    for incident in desk.log.open_incidents():
        _attend(desk, incident, fixes, better_wait, now)
    if desk.policy.choosing.auto_offer:
        run_window(desk, now)


def _attend(desk: Desk, incident: Incident, fixes: Fixes, better_wait: BetterWait, now: datetime) -> None:
    with suppress(Conflict):
        incident = end_if_due(desk, incident, now)
    for assignment in incident.open_assignments:
        with suppress(Conflict):
            incident = lapse(desk, incident, assignment, now)
        with suppress(Conflict):
            incident = PASSES[assignment.status](desk, incident, assignment, fixes, now)
    for role in incident.unanswered_roles if incident.held is None else []:
        with suppress(Conflict, InvalidInput):
            incident = _offer_or_call(desk, incident.id, role, now)
    with suppress(Conflict):
        revise_alarms(desk, incident, fixes, now, better_wait)


def _offer_or_call(desk: Desk, incident_id: str, role: Role, now: datetime) -> Incident:
    """Offer the job to the next best; with nobody left, call up the next back-up where the policy lets the desk do so."""
    try:
        return desk.offer(incident_id, role, now)
    except Conflict:
        if not desk.policy.duty.auto_backup or is_joining(desk, role, now):
            raise
        call_next(desk, incident_id, role, now, reason="在岗人员不足", by="desk")
        return desk.offer(incident_id, role, now)


def revise_alarms(
    desk: Desk, incident: Incident, fixes: Fixes, now: datetime, better_wait: BetterWait = frozenset
) -> None:
    """Raise the alarms that are due, with what should be done instead, and take back those that have passed.

    An alarm whose proposed unit has gone elsewhere, or whose chances are others by now, is raised anew. Nobody is missed
    where the window had rather wait for a unit that will soon be free: ``better_wait`` tells of which incidents that is so.
    """
    found = {d.key: d for d in dangers(incident, desk.needs(incident), fixes, now, desk.policy.alarms)}
    if NOBODY_SENT in found and incident.id in better_wait():
        del found[NOBODY_SENT]
    standing = {_key(r): r for r in incident.risks}
    for risk, assignment_id, role in (key for key in standing if key not in found):
        cleared = ev.RiskCleared(incident_id=incident.id, at=now, risk=risk, assignment_id=assignment_id, role=role)
        incident = desk.record(incident, cleared)
    taken = desk.log.open_assignments() if any(r.proposal for r in standing.values()) else {}
    for key, danger in found.items():
        raised = standing.get(key)
        gone = raised is not None and raised.proposal is not None and raised.proposal.unit_id in taken
        if raised is None or gone or says_otherwise(raised, danger, desk.policy.alarms):
            incident = desk.record(incident, _alarm(desk, incident, danger, now, again=raised is not None))


def _key(raised: ev.RiskRaised) -> tuple[RiskKind, str | None, Role]:
    return raised.risk, raised.assignment_id, raised.role


def _alarm(desk: Desk, incident: Incident, danger: Danger, now: datetime, *, again: bool) -> ev.RiskRaised:
    late = danger.assignment
    best, metric = None, late.metric if late else ""
    if danger.risk is not RiskKind.NOBODY_NEEDED:
        with suppress(InvalidInput):  # an incident without a place has no candidates yet
            advice = desk.advise(incident.id, danger.role, now)
            best, metric = next(iter(advice.options), None), advice.metric
    return ev.RiskRaised(
        incident_id=incident.id,
        at=now,
        risk=danger.risk,
        assignment_id=late.id if late else None,
        p_kept=late.p_kept if late else 0.0,
        eta_at=late.eta_at if late else None,
        proposal=worth_proposing(best, danger, now, desk.policy.alarms),
        driven_s=driven_s(late, now),
        role=danger.role,
        metric=metric,
        again=again,
    )


def end_unanswered(desk: Desk, incident: Incident, assignment: Assignment, _fixes: Fixes, now: datetime) -> Incident:
    """Release an offer nobody answered; the same pass gives the job to the next best."""
    if (now - assignment.offered_at).total_seconds() <= desk.policy.offers.answer_timeout_s:
        return incident
    return desk.note(ev.AssignmentReleased, assignment, incident, now, reason=UNANSWERED)


def revise_forecast(desk: Desk, incident: Incident, assignment: Assignment, fixes: Fixes, now: datetime) -> Incident:
    """Forecast the arrival anew from the latest fix; record it when it moved enough to matter.

    An old fix says nothing of now: the last forecast then stands.
    """
    seen = forecast_now(desk, incident, assignment, fixes.get(assignment.unit_id), now)
    if seen is None or abs((seen.eta_at - assignment.eta_at).total_seconds()) < desk.policy.offers.revise_after_s:
        return incident
    revised = {"eta_at": seen.eta_at, "p_kept": seen.p_kept, "forecast": seen.stated}
    return desk.note(ev.ForecastRevised, assignment, incident, now, **revised)


def confirm_arrival(desk: Desk, incident: Incident, assignment: Assignment, _fixes: Fixes, now: datetime) -> Incident:
    """Let the track around a claimed arrival confirm it; where the unit was later proves nothing."""
    found = confirmation(incident, assignment, desk.fleet, desk.policy, now, desk.match)
    return desk.record(incident, *found) if found else incident


PASSES: dict[AssignmentStatus, Pass] = {
    AssignmentStatus.OFFERED: end_unanswered,
    AssignmentStatus.ACCEPTED: revise_forecast,
    AssignmentStatus.EN_ROUTE: revise_forecast,
    AssignmentStatus.ON_SCENE: confirm_arrival,
}

"""What the desk does between people's actions: unanswered offers, fresh forecasts, confirmed arrivals.

Each pass takes the open incidents as they stand and appends what follows. A pass that loses a race leaves the matter
to whoever won it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from math import isfinite

from dispatch.arrival import forecast_arrival
from dispatch.desk import Desk
from dispatch.errors import Conflict
from dispatch.incident import Assignment, Incident
from dispatch.unit import Fix
from dispatch.verification import track_confirms
from dispatch.vocabulary import AssignmentStatus

UNANSWERED = "无应答"

Fixes = Mapping[str, Fix]
Pass = Callable[[Desk, Incident, Assignment, Fixes, datetime], None]


def watch(desk: Desk, now: datetime) -> None:
    """Run the pass that fits over every open assignment once."""
    fixes = {s.unit.id: s.fix for s in desk.fleet.states(now) if s.fix is not None}
    for incident in desk.log.open_incidents():
        for assignment in incident.open_assignments:
            act = PASSES.get(assignment.status)
            if act is not None:
                with suppress(Conflict):
                    act(desk, incident, assignment, fixes, now)


def pass_on_unanswered(desk: Desk, incident: Incident, assignment: Assignment, _fixes: Fixes, now: datetime) -> None:
    """Release an offer nobody answered and offer the job to the next best."""
    if (now - assignment.offered_at).total_seconds() <= desk.policy.offers.answer_timeout_s:
        return
    desk.release(assignment.id, now, reason=UNANSWERED, by="desk")
    desk.offer(incident.id, assignment.role, now)


def revise_forecast(desk: Desk, incident: Incident, assignment: Assignment, fixes: Fixes, now: datetime) -> None:
    """Forecast the arrival anew from the latest fix; record it when it moved enough to matter."""
    fix = fixes.get(assignment.unit_id)
    if fix is None or incident.location is None or incident.commitment is None:
        return
    times = desk.travel_times([fix.position], incident.location.position, now)
    travel_s = float(times.seconds[0])
    if not isfinite(travel_s):
        return
    forecast = forecast_arrival(travel_s, desk.policy.arrival, departed=True)
    eta_at = now + timedelta(seconds=forecast.median_s)
    if abs((eta_at - assignment.eta_at).total_seconds()) >= desk.policy.offers.revise_after_s:
        p_kept = forecast.p_within((incident.commitment.due_at - now).total_seconds())
        desk.revise(assignment.id, now, eta_at=eta_at, p_kept=p_kept)


def confirm_arrival(desk: Desk, incident: Incident, assignment: Assignment, _fixes: Fixes, now: datetime) -> None:
    """Let the track confirm a claimed arrival."""
    if assignment.confirmed_at is not None or assignment.claimed_at is None or incident.location is None:
        return
    rule = desk.policy.verification
    track = desk.fleet.track(assignment.unit_id, assignment.claimed_at - timedelta(seconds=rule.lead_s))
    distance_m = track_confirms(incident.location.position, incident.location.uncertainty_m, track, rule)
    if distance_m is not None:
        desk.confirm(assignment.id, now, distance_m=distance_m)


PASSES: dict[AssignmentStatus, Pass] = {
    AssignmentStatus.OFFERED: pass_on_unanswered,
    AssignmentStatus.EN_ROUTE: revise_forecast,
    AssignmentStatus.ON_SCENE: confirm_arrival,
}

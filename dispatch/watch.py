"""What the desk does between people's actions: unanswered offers, fresh forecasts, confirmed arrivals.

Each pass takes the open incidents as they stand and appends what follows. A pass that loses a race leaves the matter
to whoever won it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from math import isfinite

from dispatch import events as ev
from dispatch.arrival import forecast_arrival
from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.incident import UNANSWERED, Assignment, Incident
from dispatch.unit import Fix
from dispatch.verification import track_confirms
from dispatch.vocabulary import AssignmentStatus

Fixes = Mapping[str, Fix]
Pass = Callable[[Desk, Incident, Assignment, Fixes, datetime], object]


def watch(desk: Desk, now: datetime) -> None:
    """Run the pass that fits over every open assignment once, then give refused jobs to the next best."""
    fixes = {s.unit.id: s.fix for s in desk.fleet.states(now) if s.fix is not None}
    for incident in desk.log.open_incidents():
        for assignment in incident.open_assignments:
            with suppress(Conflict):
                PASSES[assignment.status](desk, incident, assignment, fixes, now)
        for role in incident.unanswered_roles:
            with suppress(Conflict, InvalidInput):
                desk.offer(incident.id, role, now)


def end_unanswered(desk: Desk, incident: Incident, assignment: Assignment, _fixes: Fixes, now: datetime) -> None:
    """Release an offer nobody answered and offer the job to the next best."""
    if (now - assignment.offered_at).total_seconds() > desk.policy.offers.answer_timeout_s:
        desk.note(ev.AssignmentReleased, assignment, incident, now, reason=UNANSWERED)
        desk.offer(incident.id, assignment.role, now)


def revise_forecast(desk: Desk, incident: Incident, assignment: Assignment, fixes: Fixes, now: datetime) -> None:
    """Forecast the arrival anew from the latest fix; record it when it moved enough to matter.

    An old fix says nothing of now: the last forecast then stands.
    """
    fix, promise = fixes.get(assignment.unit_id), incident.commitment
    scene = incident.destination(assignment.role)
    if fix is None or scene is None or promise is None:
        return
    if (now - fix.at).total_seconds() > desk.policy.positions.max_age_s:
        return
    times = desk.travel_times([fix.position], scene.position, now)
    travel_s = float(times.seconds[0])
    if not isfinite(travel_s):
        return
    departed = assignment.status is AssignmentStatus.EN_ROUTE
    forecast = forecast_arrival(
        travel_s,
        desk.policy.arrival,
        departed=departed,
        uncertainty_m=scene.uncertainty_m,
        hour_log_sd=times.hour_log_sd,
    )
    eta_at = now + timedelta(seconds=forecast.median_s)
    if abs((eta_at - assignment.eta_at).total_seconds()) >= desk.policy.offers.revise_after_s:
        p_kept = forecast.p_within((promise.due_at - now).total_seconds())
        desk.note(ev.ForecastRevised, assignment, incident, now, eta_at=eta_at, p_kept=p_kept)


def confirm_arrival(desk: Desk, incident: Incident, assignment: Assignment, _fixes: Fixes, now: datetime) -> None:
    """Let the track around a claimed arrival confirm it; where the unit was later proves nothing."""
    scene = incident.destination(assignment.role)
    if assignment.confirmed_at is not None or assignment.claimed_at is None or scene is None:
        return
    rule = desk.policy.verification
    since, until = (assignment.claimed_at + timedelta(seconds=s) for s in (-rule.lead_s, rule.lag_s))
    track = [fix for fix in desk.fleet.track(assignment.unit_id, since) if fix.at <= until]
    distance_m = track_confirms(scene.position, scene.uncertainty_m, track, rule)
    if distance_m is not None:
        desk.note(ev.ArrivalConfirmed, assignment, incident, now, distance_m=distance_m)


PASSES: dict[AssignmentStatus, Pass] = {
    AssignmentStatus.OFFERED: end_unanswered,
    AssignmentStatus.ACCEPTED: revise_forecast,
    AssignmentStatus.EN_ROUTE: revise_forecast,
    AssignmentStatus.ON_SCENE: confirm_arrival,
}

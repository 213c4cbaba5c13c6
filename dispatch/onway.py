"""When a unit on its way will be there, forecast anew from where it is now."""

from datetime import datetime
from math import isfinite

from dispatch.arrival import ArrivalForecast, forecast_arrival
from dispatch.desk import Desk
from dispatch.incident import Assignment, Incident
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus


def forecast_now(
    desk: Desk, incident: Incident, assignment: Assignment, fix: Fix | None, now: datetime
) -> ArrivalForecast | None:
    """Forecast an arrival from the latest fix.

    None where nothing can be said: no place, no promise, no road, or a fix too old to speak of now.
    """
    scene = incident.destination(assignment.role)
    if fix is None or scene is None or incident.commitment is None:
        return None
    if (now - fix.at).total_seconds() > desk.policy.positions.max_age_s:
        return None
    times = desk.travel_times([fix.position], scene.position, now)
    travel_s = float(times.seconds[0])
    if not isfinite(travel_s):
        return None
    return forecast_arrival(
        travel_s,
        desk.policy.arrival,
        departed=assignment.status is AssignmentStatus.EN_ROUTE,
        uncertainty_m=scene.uncertainty_m,
        hour_log_sd=times.hour_log_sd,
    )

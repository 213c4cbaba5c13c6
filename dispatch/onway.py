"""When a unit on its way will be there, forecast anew from where it is now, and from how its way has gone so far."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite

import numpy as np

from dispatch.arrival import Forecast, forecast_arrival
from dispatch.desk import Desk
from dispatch.events import SHARES, StatedForecast
from dispatch.incident import Assignment, Incident
from dispatch.location import distance_m
from dispatch.ports import TravelTimes
from dispatch.prediction.fitted import Fitted, reshaped
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions, Progress
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus


@dataclass(frozen=True, eq=False, slots=True)
class OnTheWay:
    """A fresh forecast: when, how sure, and what it was made from."""

    forecast: Forecast
    eta_at: datetime
    p_kept: float
    stated: StatedForecast


def forecast_now(
    desk: Desk, incident: Incident, assignment: Assignment, fix: Fix | None, now: datetime
) -> OnTheWay | None:
    """Forecast an arrival from the latest fix.

    None where nothing can be said: no place, no promise, no road, or a fix too old to speak of now.
    """
    scene, promise = incident.destination(assignment.role), incident.commitment
    if fix is None or scene is None or promise is None:
        return None
    if (now - fix.at).total_seconds() > desk.policy.positions.max_age_s:
        return None
    times = desk.travel_times([fix.position], scene.position, now)
    if not isfinite(float(times.seconds[0])):
        return None
    times = replace(times, seconds=np.maximum(times.seconds - _driven_s(assignment, fix, now), 0.0))
    travel_s = float(times.seconds[0])
    progress = _progress(assignment, travel_s, now)
    fitted, conditions = desk.forecasting.at(now, times.metric, Moment.ON_THE_WAY, desk.policy.arrival, progress)
    straight_m = distance_m(fix.position, scene.position)
    forecast = _forecast(fitted, times, straight_m, scene.uncertainty_m, departed=progress is not None)
    left_s = (promise.due_at - now).total_seconds()
    return OnTheWay(
        forecast=forecast,
        eta_at=now + timedelta(seconds=forecast.median_s),
        p_kept=float(fitted.stated(np.array(forecast.p_within(left_s)))) if left_s > 0 else 0.0,
        stated=_stated(forecast, fitted, conditions, travel_s, straight_m, scene.uncertainty_m),
    )


def _driven_s(assignment: Assignment, fix: Fix, now: datetime) -> float:
    """Road seconds that a unit on its way has driven since it was seen there, at the roads' own pace."""
    if assignment.status is not AssignmentStatus.EN_ROUTE or assignment.departed_at is None:
        return 0.0
    return max((now - max(fix.at, assignment.departed_at)).total_seconds(), 0.0)


def _progress(assignment: Assignment, travel_s: float, now: datetime) -> Progress | None:
    """How far a unit has come by the roads' own count; None before it has set off."""
    if assignment.status is not AssignmentStatus.EN_ROUTE or assignment.departed_at is None:
        return None
    covered_s = max(assignment.offer.chosen.travel_s - travel_s, 0.0)
    return Progress(max((now - assignment.departed_at).total_seconds(), 0.0), covered_s, travel_s)


def _forecast(
    fitted: Fitted, times: TravelTimes, straight_m: float, uncertainty_m: float, *, departed: bool
) -> Forecast:
    slowness = float(fitted.slowness(times.seconds[:1], np.array([straight_m]))[0])
    plain = forecast_arrival(
        float(times.seconds[0]) * slowness,
        fitted.model,
        departed=departed,
        uncertainty_m=uncertainty_m,
        hour_log_sd=times.hour_log_sd,
    )
    return reshaped(plain, fitted.shape)


def _stated(
    forecast: Forecast,
    fitted: Fitted,
    conditions: Conditions,
    travel_s: float,
    straight_m: float,
    uncertainty_m: float,
) -> StatedForecast:
    return StatedForecast(
        travel_s=travel_s,
        straight_m=round(straight_m, 1),
        uncertainty_m=uncertainty_m,
        day_kind=conditions.day_kind,
        wet=conditions.wet,
        model=fitted.name,
        quantiles_s=tuple(round(forecast.quantile_s(p), 1) for p in SHARES),
    )

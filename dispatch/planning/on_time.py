"""Probability of being there in time, for whole tables of travel times."""

import numpy as np
import numpy.typing as npt

from dispatch.arrival import forecast_arrival, travel_log_sd
from dispatch.policy.policy import ArrivalModel

KNOTS = 121  # travel times at which the forecast is asked; between them the line is straight
LONGEST = 3.0  # times the limit: beyond it nobody is taken to be in time

Floats = npt.NDArray[np.float64]


def p_on_time(travel_s: Floats, limit_s: Floats, model: ArrivalModel, hour_log_sd: float | None = None) -> Floats:
    """Probability of arriving within the limit of a place, turnout and travel together (`dispatch.arrival`).

    Parameters
    ----------
    travel_s : (s, c) float64
        Median travel seconds from each post to each place; inf where no road leads.
    limit_s : (c,) float64
        Seconds left at the moment of assignment; 0 or less leaves no chance.
    model : ArrivalModel
    hour_log_sd : float, optional
        Spread of road speeds in the hour.

    Returns
    -------
    (s, c) float64
        0 to 1; interpolated between `KNOTS` travel times, off by less than 0.002.
    """
    found = np.zeros(travel_s.shape)
    for limit in np.unique(limit_s[limit_s > 0]):
        knots_s = np.linspace(0.0, LONGEST * limit, KNOTS)
        curve = [forecast_arrival(t, model, hour_log_sd=hour_log_sd).p_within(limit) for t in knots_s.tolist()]
        column = limit_s == limit
        found[:, column] = np.interp(travel_s[:, column], knots_s, curve, right=0.0)
    return found


def mean_travel_s(travel_s: Floats, model: ArrivalModel, hour_log_sd: float | None = None) -> Floats:
    """Mean seconds of trips whose median is ``travel_s``, finite: lognormal means lie above their medians."""
    knots_s = np.linspace(0.0, max(float(travel_s.max(initial=0.0)), 1.0), KNOTS)
    log_sd = [travel_log_sd(t, model, hour_log_sd) for t in knots_s.tolist()]
    return np.asarray(travel_s * np.exp(np.interp(travel_s, knots_s, log_sd) ** 2 / 2))

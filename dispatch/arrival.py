"""When a unit will be there, as a distribution.

Arrival = turnout + travel, each lognormal. The road network gives the median of travel; its log-sd falls with length
(coefficients of variation .77 at 5-10 min, .51 at 15-20, .43 at 25-30, .34 at 50-60 from 67,246 Nairobi
origin-destination pairs are an upper bound; the policy's knots lie below it). The knots hold for the usual hour; another
hour's trips scatter more or less by as much as its road speeds do, in variance of the logarithm. Road speeds by hour are
means of links over ten minutes, so what the knots hold beyond them is assumed, not learned. The sum is matched by one lognormal of
the same mean and variance: L. F. Fenton, "The sum of log-normal probability distributions in scatter transmission
systems", IRE Transactions on Communications Systems 8(1), 1960.
"""

from dataclasses import dataclass
from math import exp, expm1, log, log1p, pi, sqrt

import numpy as np
from scipy.special import ndtr, ndtri

from dispatch.policy import ArrivalModel

SHORTEST_TRAVEL_S = 1.0  # a unit that stands on the scene still needs a moment; keeps the logarithm finite
RAYLEIGH_P90 = 2.1459660  # sqrt(2 ln 10): nine tenths of a Rayleigh variable of scale 1 lie below


@dataclass(frozen=True, slots=True)
class ArrivalForecast:
    """A lognormal time to arrival, counted from the moment of the forecast.

    Parameters
    ----------
    median_s : float
        Seconds; half of such arrivals are sooner.
    log_sd : float
        Standard deviation of the natural logarithm, above 0.
    """

    median_s: float
    log_sd: float

    def p_within(self, seconds: float) -> float:
        """Probability, 0 to 1, of arriving within ``seconds``; 0 when none are left."""
        if seconds <= 0:
            return 0.0
        return float(ndtr((log(seconds) - log(self.median_s)) / self.log_sd))

    def quantile_s(self, p: float) -> float:
        """Seconds within which a share ``p`` (0 < p < 1) of such arrivals happen."""
        return float(self.median_s * exp(self.log_sd * ndtri(p)))


def forecast_arrival(
    travel_s: float,
    model: ArrivalModel,
    *,
    departed: bool = False,
    uncertainty_m: float = 0.0,
    hour_log_sd: float | None = None,
) -> ArrivalForecast:
    """Forecast an arrival from the network's travel time.

    Parameters
    ----------
    travel_s : float
        Median travel time in seconds, finite.
    model : ArrivalModel
    departed : bool
        True once the unit is on its way: no turnout is left.
    uncertainty_m : float
        Radius that holds the scene nine times in ten. The way from the stated place to the true one is driven too, at
        ``model.search_mps``; with a scene spread evenly in direction (Rayleigh) it has this mean and deviation.
    hour_log_sd : float or None
        Spread of road speeds in this hour, see `TravelTimes`; None counts as the usual hour.

    Returns
    -------
    ArrivalForecast
    """
    travel_s = max(travel_s, SHORTEST_TRAVEL_S)
    travel = (travel_s, travel_log_sd(travel_s, model, hour_log_sd))
    parts = [travel] if departed else [(model.turnout_median_s, model.turnout_log_sd), travel]
    scale_s = uncertainty_m / RAYLEIGH_P90 / model.search_mps
    mean = sum(median * exp(sd**2 / 2) for median, sd in parts) + scale_s * sqrt(pi / 2)
    variance = sum((median * exp(sd**2 / 2)) ** 2 * expm1(sd**2) for median, sd in parts) + scale_s**2 * (2 - pi / 2)
    log_variance = log1p(variance / mean**2)
    return ArrivalForecast(median_s=exp(log(mean) - log_variance / 2), log_sd=sqrt(log_variance))


def travel_log_sd(travel_s: float, model: ArrivalModel, hour_log_sd: float | None = None) -> float:
    """Log-sd of one trip: what the knots hold beyond the usual hour, and this hour's spread, added as variances."""
    knot = float(np.interp(travel_s / 60, model.travel_minutes, model.travel_log_sd))
    if hour_log_sd is None or not model.spread_by_hour:
        return knot
    return sqrt(max(knot**2 - model.usual_hour_log_sd**2, 0.0) + hour_log_sd**2)

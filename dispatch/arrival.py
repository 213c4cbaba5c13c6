"""When a unit will be there, as a distribution.

Arrival = turnout + travel, each lognormal. The road network gives the median of travel; its log-sd falls with length
(coefficients of variation .77 at 5-10 min, .51 at 15-20, .43 at 25-30, .34 at 50-60 from 67,246 Nairobi
origin-destination pairs are an upper bound; the policy's knots lie below it). The knots hold for the usual hour; another
hour's trips scatter more or less by as much as its road speeds do, in variance of the logarithm. Road speeds by hour are
means of links over ten minutes, so what the knots hold beyond them is assumed, not learned. Where the source of travel
times offers scenarios, they stand for the part of the roads; only what a typical trip scatters beyond them is added to
each, and the forecast is the mean of them all. The sum is matched by one lognormal of
the same mean and variance: L. F. Fenton, "The sum of log-normal probability distributions in scatter transmission
systems", IRE Transactions on Communications Systems 8(1), 1960.
"""

from dataclasses import dataclass
from math import exp, expm1, log, pi, sqrt
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from dispatch.policy.policy import ArrivalModel

SHORTEST_TRAVEL_S = 1.0  # a unit that stands on the scene still needs a moment; keeps the logarithm finite
SMALLEST_LOG_SD = 0.01  # of travel within one scenario
RAYLEIGH_P90 = 2.1459660  # sqrt(2 ln 10): nine tenths of a Rayleigh variable of scale 1 lie below

Floats = npt.NDArray[np.float64]


class Forecast(Protocol):
    """A time to arrival, counted from the moment of the forecast."""

    @property
    def median_s(self) -> float:
        """Seconds; half of such arrivals are sooner."""
        ...

    def p_within(self, seconds: float) -> float:
        """Probability, 0 to 1, of arriving within ``seconds``; 0 when none are left."""
        ...

    def quantile_s(self, p: float) -> float:
        """Seconds within which a share ``p`` (0 < p < 1) of such arrivals happen."""
        ...


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


@dataclass(frozen=True, eq=False, slots=True)
class ScenarioForecast:
    """A lognormal time to arrival in each of several equally likely scenarios.

    Parameters
    ----------
    medians_s, log_sds : (s,) float64
        See `ArrivalForecast`.
    """

    medians_s: Floats
    log_sds: Floats

    @property
    def median_s(self) -> float:
        """Seconds; half of such arrivals are sooner."""
        return self.quantile_s(0.5)

    def p_within(self, seconds: float) -> float:
        """Probability, 0 to 1, of arriving within ``seconds``; 0 when none are left."""
        if seconds <= 0:
            return 0.0
        return float(np.mean(ndtr((log(seconds) - np.log(self.medians_s)) / self.log_sds)))

    def quantile_s(self, p: float) -> float:
        """Seconds within which a share ``p`` (0 < p < 1) of such arrivals happen."""
        each_s = self.medians_s * np.exp(self.log_sds * ndtri(p))  # that of all lies between the least and the most
        low_s, high_s = float(each_s.min()) * (1 - 1e-9), float(each_s.max()) * (1 + 1e-9)
        return float(brentq(lambda seconds: self.p_within(seconds) - p, low_s, high_s, xtol=1e-3))


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
        Radius that holds the scene nine times in ten; it counts for ``model.search_most_m`` at most. The way from the stated
        place to the true one is driven too, at ``model.search_mps``; with a scene spread evenly in direction (Rayleigh) it
        has this mean and deviation.
    hour_log_sd : float or None
        Spread of road speeds in this hour, see `TravelTimes`; None counts as the usual hour.

    Returns
    -------
    ArrivalForecast
    """
    travels_s = np.array([max(travel_s, SHORTEST_TRAVEL_S)])
    log_sds = travel_log_sds(travels_s, model, hour_log_sd)
    medians_s, log_sds = sums(travels_s, log_sds, model, departed=departed, uncertainty_m=uncertainty_m)
    return ArrivalForecast(median_s=float(medians_s[0]), log_sd=float(log_sds[0]))


def forecast_in_scenarios(
    scenario_s: Floats,
    scenario_log_sd: float,
    travel_s: float,
    model: ArrivalModel,
    *,
    departed: bool = False,
    uncertainty_m: float = 0.0,
    hour_log_sd: float | None = None,
) -> ScenarioForecast:
    """Forecast an arrival from the seconds of one trip in several scenarios.

    Parameters
    ----------
    scenario_s : (s,) float64
    scenario_log_sd : float
        Standard deviation of the logarithm of a typical trip from scenario to scenario; what `travel_log_sd` holds
        beyond it is added within each.
    travel_s, model, departed, uncertainty_m, hour_log_sd
        See `forecast_arrival`.
    """
    whole = travel_log_sds(np.array([max(travel_s, SHORTEST_TRAVEL_S)]), model, hour_log_sd)
    rest = beyond_scenarios(whole, scenario_log_sd)
    travels_s = np.maximum(scenario_s, SHORTEST_TRAVEL_S)
    return ScenarioForecast(*sums(travels_s, rest, model, departed=departed, uncertainty_m=uncertainty_m))


def beyond_scenarios(log_sds: Floats, scenario_log_sd: float) -> Floats:
    """What trips scatter within one scenario: their log-sd without the part that the scenarios stand for."""
    return np.sqrt(np.maximum(log_sds**2 - scenario_log_sd**2, SMALLEST_LOG_SD**2))


def sums(
    travels_s: Floats,
    log_sds: Floats,
    model: ArrivalModel,
    *,
    departed: bool = False,
    uncertainty_m: Floats | float = 0.0,
) -> tuple[Floats, Floats]:
    """Median and log-sd of turnout, travel and search together, for each travel time; arrays of shapes that broadcast."""
    scale_s = np.minimum(uncertainty_m, model.search_most_m) / RAYLEIGH_P90 / model.search_mps
    travel_mean = travels_s * np.exp(log_sds**2 / 2)
    mean = scale_s * sqrt(pi / 2) + travel_mean
    variance = scale_s**2 * (2 - pi / 2) + travel_mean**2 * np.expm1(log_sds**2)
    if not departed:
        turnout_mean = model.turnout_median_s * exp(model.turnout_log_sd**2 / 2)
        mean = mean + turnout_mean
        variance = variance + turnout_mean**2 * expm1(model.turnout_log_sd**2)
    log_variance = np.log1p(variance / mean**2)
    return mean * np.exp(-log_variance / 2), np.sqrt(log_variance)


def travel_log_sd(travel_s: float, model: ArrivalModel, hour_log_sd: float | None = None) -> float:
    """Log-sd of one trip; see `travel_log_sds`."""
    return float(travel_log_sds(np.array([travel_s]), model, hour_log_sd)[0])


def travel_log_sds(travels_s: Floats, model: ArrivalModel, hour_log_sd: float | None = None) -> Floats:
    """Log-sd of trips: what the knots hold beyond the usual hour, and this hour's spread, added as variances."""
    knots = np.interp(travels_s / 60, model.travel_minutes, model.travel_log_sd)
    if hour_log_sd is None or not model.spread_by_hour:
        return knots
    return np.sqrt(np.maximum(knots**2 - model.usual_hour_log_sd**2, 0.0) + hour_log_sd**2)

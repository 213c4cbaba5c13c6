"""Arrival distributions of many units at many incidents at once; the same numbers as `dispatch.arrival`, in arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from dispatch.arrival import SHORTEST_TRAVEL_S, beyond_scenarios, sums, travel_log_sds
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.shape import PLAIN, Shape

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
HALVINGS, STEPS = 8, 2  # of the logarithm between the earliest and the latest scenario, then by Newton's method
LEAST_SLOPE = 1e-300  # where scenarios lie so far apart that nothing is between them
ROOT_OF_TWO_PI = float(np.sqrt(2 * np.pi))


@dataclass(frozen=True, eq=False, slots=True)
class Scenarios:
    """The pairs that were forecast in scenarios: equally likely lognormals, one a scenario.

    Parameters
    ----------
    row, column : (m,) int
        Which incident and unit.
    log_medians, log_sds : (m, s) float64
    """

    row: Indices
    column: Indices
    log_medians: Floats
    log_sds: Floats

    def take(self, some: Indices) -> "Scenarios":
        """Some of the pairs."""
        return Scenarios(self.row[some], self.column[some], self.log_medians[some], self.log_sds[some])

    def p_within(self, seconds: Floats) -> Floats:
        """(m,) mean probability over the scenarios of arriving within ``seconds`` (m,), all above 0."""
        return np.asarray(ndtr((np.log(seconds)[:, None] - self.log_medians) / self.log_sds).mean(axis=1))

    def quantiles_s(self, shares: Floats) -> Floats:
        """(q, m) seconds within which each share (q,) arrives; they lie between those of the scenarios."""
        if len(self.row) == 0:
            return np.empty((len(shares), 0))
        each = self.log_medians + self.log_sds * ndtri(shares)[:, None, None]
        low, high = each.min(axis=2), each.max(axis=2)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = ndtr((middle[:, :, None] - self.log_medians) / self.log_sds).mean(axis=2) < shares[:, None]
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        found = (low + high) / 2
        for _ in range(STEPS):
            z = (found[:, :, None] - self.log_medians) / self.log_sds
            slope = np.maximum((np.exp(-(z**2) / 2) / self.log_sds).mean(axis=2) / ROOT_OF_TWO_PI, LEAST_SLOPE)
            found = np.clip(found - (ndtr(z).mean(axis=2) - shares[:, None]) / slope, low, high)
        return np.asarray(np.exp(found))


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Times to arrival, counted from the moment of the forecast; rows are incidents, columns units.

    Parameters
    ----------
    log_medians, log_sds : (i, u) float64
        Of the lognormal of each pair; the median is inf where no road leads.
    scenarios : Scenarios or None
        Stand in the place of the lognormal where they are known.
    shape : Shape
        What probabilities and quantiles are corrected by; means and expected lateness are those of the lognormal.
    """

    log_medians: Floats
    log_sds: Floats
    scenarios: Scenarios | None = None
    shape: Shape = PLAIN

    @cached_property
    def mean_s(self) -> Floats:
        """(i, u) expected seconds."""
        found = np.exp(self.log_medians + self.log_sds**2 / 2)
        if s := self.scenarios:
            found[s.row, s.column] = np.exp(s.log_medians + s.log_sds**2 / 2).mean(axis=1)
        return np.asarray(found)

    def p_within(self, seconds: Floats) -> Floats:
        """(i, u) probability of arriving within ``seconds`` (i,); 0 where none are left."""
        some_s = np.where(seconds > 0, seconds, 1.0)
        found = ndtr((np.log(some_s)[:, None] - self.log_medians) / self.log_sds)
        if s := self.scenarios:
            found[s.row, s.column] = s.p_within(some_s[s.row])
        return np.where((seconds > 0)[:, None], self.shape.p(found), 0.0)

    def lateness_s(self, left_s: Floats) -> Floats:
        """(i, u) expected seconds past the limit, E[(T - left)+], with ``left_s`` (i,) until it; inf where no road leads.

        Of a lognormal T with log-median m and log-sd s, and left > 0: exp(m + s²/2) N((m + s² - ln left) / s) -
        left N((m - ln left) / s), with N the normal distribution: the partial expectation that prices a call option (F.
        Black and M. Scholes, "The pricing of options and corporate liabilities", Journal of Political Economy 81, 1973).
        With nothing left it is E[T] - left.
        """
        found = _lateness_s(self.log_medians, self.log_sds, left_s[:, None], self.mean_s)
        if s := self.scenarios:
            each_s = np.exp(s.log_medians + s.log_sds**2 / 2)
            found[s.row, s.column] = _lateness_s(s.log_medians, s.log_sds, left_s[s.row, None], each_s).mean(axis=1)
        return found

    def quantiles_s(self, shares: Sequence[float], row: int, columns: Indices) -> Floats:
        """(q, k) seconds within which each share (q,) of the arrivals of some units (k,) at one incident happens."""
        p = self.shape.shares(np.array(shares))
        found = np.exp(self.log_medians[row, columns] + self.log_sds[row, columns] * ndtri(p)[:, None])
        if s := self.scenarios:
            known = np.full(self.log_medians.shape[1], -1)
            known[s.column[s.row == row]] = np.flatnonzero(s.row == row)
            at = np.flatnonzero(known[columns] >= 0)
            found[:, at] = s.take(known[columns[at]]).quantiles_s(p)
        return np.asarray(found)


def _lateness_s(log_medians: Floats, log_sds: Floats, left_s: Floats, mean_s: Floats) -> Floats:
    log_left = np.log(np.where(left_s > 0, left_s, 1.0))
    reached = np.isfinite(log_medians)
    z = (np.where(reached, log_medians, 0.0) - log_left) / log_sds
    later_s = np.where(reached, mean_s, 0.0) * ndtr(z + log_sds) - left_s * ndtr(z)
    late_s = np.where(left_s > 0, np.maximum(later_s, 0.0), mean_s - left_s)
    return np.where(reached, late_s, np.inf)


def forecast_arrivals(
    travel_s: Floats,
    model: ArrivalModel,
    *,
    uncertainty_m: Floats,
    hour_log_sd: float | None = None,
    scenario_s: Floats | None = None,
    scenario_log_sd: float | None = None,
) -> Arrivals:
    """Forecast every unit's arrival at every incident.

    Parameters
    ----------
    travel_s : (i, u) float64
        Median road seconds; inf where no road leads.
    model : ArrivalModel
    uncertainty_m : (i,) float64
        Of each scene; see `dispatch.arrival.forecast_arrival`.
    hour_log_sd, scenario_log_sd
        See `dispatch.ports.TravelTimes`.
    scenario_s : (i, u, s) float64 or None
        The same trips in scenarios; nan for pairs for which none were worked out.
    """
    reached = np.isfinite(travel_s)
    trips_s = np.maximum(np.where(reached, travel_s, 0.0), SHORTEST_TRAVEL_S)
    spread = travel_log_sds(trips_s, model, hour_log_sd)
    medians_s, log_sds = sums(trips_s, spread, model, uncertainty_m=uncertainty_m[:, None])
    log_medians = np.where(reached, np.log(medians_s), np.inf)
    if scenario_s is None or scenario_log_sd is None:
        return Arrivals(log_medians, log_sds)
    row, column = np.nonzero(~np.isnan(scenario_s).any(axis=2) & reached)
    rest = beyond_scenarios(spread[row, column], scenario_log_sd)[:, None]
    each_s = np.maximum(scenario_s[row, column], SHORTEST_TRAVEL_S)
    medians_s, within = sums(each_s, rest, model, uncertainty_m=uncertainty_m[row, None])
    return Arrivals(log_medians, log_sds, Scenarios(row, column, np.log(medians_s), within))

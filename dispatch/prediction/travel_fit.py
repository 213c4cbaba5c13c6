"""By how much longer trips take than the network tells, and how they scatter, held to the prior while trips are few.

The logarithm of true over told seconds is a sum of effects (the level; length; band of hours; kind of day; both together; wet
roads; pace), each normal about 0 before anything is known: ridge regression, the posterior mean and covariance of a linear
model (D. V. Lindley and A. F. M. Smith, "Bayes estimates for the linear model", JRSS B 34, 1972). The narrower effects of a cell are
shrunk to those of its band and kind. Trips of one day share its traffic: each counts for less, the more of them there are
(the design effect 1 + (m - 1) r of L. Kish, "Survey sampling", 1965). What is not known of the effects is added to the spread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
import numpy.typing as npt

from dispatch.arrival import RAYLEIGH_P90, travel_log_sds
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fitted import pace_ratio
from dispatch.prediction.learned import BAND_OF_HOUR, BANDS, KINDS, LENGTHS_MIN, cell_of
from dispatch.prediction.predictor import Conditions
from dispatch.prediction.trips import Trip

Floats = npt.NDArray[np.float64]
LENGTHS, N_BANDS, N_KINDS = len(LENGTHS_MIN), len(BANDS), len(KINDS)
CELLS = tuple(f"{kind}-{band}" for kind in KINDS for band in BANDS)
# Prior standard deviations of the effects, in the order of the columns. Assumptions: a network's seconds may be off by a
# sixth altogether, single hours and lengths by less.
TAU = np.array([0.15, *[0.08] * LENGTHS, *[0.08] * N_BANDS, *[0.06] * N_KINDS, *[0.05] * len(CELLS), 0.08, 0.15])
WET, PACE = len(TAU) - 2, len(TAU) - 1
PRIOR_TRIPS = 60.0  # what the prior's spread counts as
DAY_SHARE, DAY_SHARE_DAYS = (
    0.10,
    10.0,
)  # of the variance that trips of one day share: what is assumed counts as so many days
LEAST_SHARE = 0.01
LEAST_TRAVEL = 0.2  # of what was measured that is left at least when the search for the place is taken off
LEAST_LOG_SD = 0.05
ROUNDS = 3


@dataclass(frozen=True, eq=False, slots=True)
class TravelFit:
    """Effects of travel.

    Parameters
    ----------
    effects, covariance : (p,), (p, p) float64
        In the order of `TAU`.
    variance : (l,) float64
        Of the logarithm, at `LENGTHS_MIN`, the effects known.
    scale : (c,) float64
        By cell, against it.
    """

    effects: Floats
    covariance: Floats
    variance: Floats
    scale: Floats

    def of_cell(self, cell: int) -> tuple[Floats, Floats]:
        """Factors and log-sds of a cell at `LENGTHS_MIN`, on dry roads at the usual pace."""
        rows = _rows(np.arange(LENGTHS), np.full(LENGTHS, cell))
        unsure = np.einsum("ij,jk,ik->i", rows, self.covariance, rows)
        return np.exp(rows @ self.effects), np.sqrt(self.variance * self.scale[cell] + unsure)


def fit_travel(trips: Sequence[Trip], prior: ArrivalModel) -> TravelFit:
    """Learn from trips; none at all give the prior."""
    x, y, days = _table(trips, prior)
    prior_variance = _prior_variance(prior)
    lengths, cells = x[:, 1 : 1 + LENGTHS], np.array([CELLS.index(cell_of(t.conditions)) for t in trips], dtype=np.intp)
    variance: Floats = prior_variance
    scale, share = np.ones(len(CELLS)), DAY_SHARE
    for _ in range(ROUNDS):
        each = (lengths @ variance) * scale[cells]
        weight = _day_weights(days, share) / each
        covariance = np.linalg.inv(x.T @ (x * weight[:, None]) + np.diag(TAU**-2.0))
        effects = covariance @ (x.T @ (weight * y))
        rest = (y - x @ effects) ** 2
        seen_s2 = PRIOR_TRIPS * prior_variance + lengths.T @ (rest / scale[cells])
        variance = np.asarray(seen_s2 / (PRIOR_TRIPS + lengths.sum(axis=0)))
        seen = np.bincount(cells, rest / (lengths @ variance), len(CELLS))
        scale = (PRIOR_TRIPS + seen) / (PRIOR_TRIPS + np.bincount(cells, minlength=len(CELLS)))
        share = _day_share(y - x @ effects, days)
    return TravelFit(np.asarray(effects), np.asarray(covariance), variance, np.asarray(scale))


def _table(trips: Sequence[Trip], prior: ArrivalModel) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
    told_s, travel_s, straight_m, uncertainty_m = (
        np.array([getattr(t, name) for t in trips], dtype=np.float64)
        for name in ("told_s", "travel_s", "straight_m", "uncertainty_m")
    )
    search_s = mean_search_s(uncertainty_m, prior)
    y = np.log(np.maximum(travel_s - search_s, LEAST_TRAVEL * travel_s) / told_s)
    cells = np.array([CELLS.index(cell_of(t.conditions)) for t in trips], dtype=np.intp)
    x = np.zeros((len(trips), len(TAU)))
    x[:, : 1 + LENGTHS] = np.column_stack([np.ones(len(trips)), length_hats(told_s)])
    x[:, 1 + LENGTHS : WET] = _rows(np.zeros(len(trips), dtype=np.intp), cells)[:, 1 + LENGTHS : WET]
    x[:, WET] = [bool(t.conditions.wet) for t in trips]
    x[:, PACE] = np.log(pace_ratio(told_s, straight_m))
    _, days = np.unique([t.day for t in trips], return_inverse=True)
    return x, y, days


def mean_search_s(uncertainty_m: Floats, model: ArrivalModel) -> Floats:
    """Mean seconds from the stated place to the true one; see `dispatch.arrival.forecast_arrival`."""
    return np.asarray(np.minimum(uncertainty_m, model.search_most_m) / RAYLEIGH_P90 / model.search_mps * sqrt(pi / 2))


def length_hats(told_s: Floats) -> Floats:
    """(n, l) how near each length is to each of `LENGTHS_MIN`; rows add up to 1."""
    return np.column_stack([np.interp(told_s / 60, LENGTHS_MIN, one) for one in np.eye(LENGTHS)])


def _rows(length: npt.NDArray[np.intp], cell: npt.NDArray[np.intp]) -> Floats:
    """Columns of trips of exactly these lengths in these cells."""
    rows = np.zeros((len(cell), len(TAU)))
    kind, band = np.divmod(cell, N_BANDS)
    at = np.arange(len(cell))
    rows[:, 0] = 1.0
    rows[at, 1 + length] = 1.0
    rows[at, 1 + LENGTHS + band] = 1.0
    rows[at, 1 + LENGTHS + N_BANDS + kind] = 1.0
    rows[at, 1 + LENGTHS + N_BANDS + N_KINDS + cell] = 1.0
    return rows


def _prior_variance(prior: ArrivalModel) -> Floats:
    """What of the prior's variance is left when the effects are known: together they make it up."""
    whole = travel_log_sds(60 * np.array(LENGTHS_MIN), prior) ** 2
    of_effects = float((TAU[[0, 1, 1 + LENGTHS, 1 + LENGTHS + N_BANDS, 1 + LENGTHS + N_BANDS + N_KINDS]] ** 2).sum())
    return np.asarray(np.maximum(whole - of_effects, LEAST_LOG_SD**2))


def _day_weights(days: npt.NDArray[np.intp], share: float) -> Floats:
    m = np.bincount(days)[days] if len(days) else np.empty(0)
    return np.asarray(1 / (1 + (m - 1) * share))


def _day_share(rest: Floats, days: npt.NDArray[np.intp]) -> float:
    """Mean product of two trips of a day, against the mean square."""
    m = np.bincount(days)
    pairs = float((m * (m - 1)).sum())
    known_days = float((m > 1).sum())
    if pairs == 0 or known_days < 2:
        return DAY_SHARE
    squares = float((rest**2).sum())
    products = float((np.bincount(days, rest) ** 2).sum()) - squares
    seen = products / pairs / (squares / len(rest))
    found = (DAY_SHARE * DAY_SHARE_DAYS + seen * known_days) / (DAY_SHARE_DAYS + known_days)
    return max(found, LEAST_SHARE)


def band_of(conditions: Conditions) -> int:
    """Number of the band of hours."""
    return list(BANDS).index(BAND_OF_HOUR[conditions.hour])

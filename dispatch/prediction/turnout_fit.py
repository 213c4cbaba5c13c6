"""How long units take from the offer to the departure, by the band of hours, held to the prior while trips are few."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.learned import BANDS
from dispatch.prediction.travel_fit import band_of
from dispatch.prediction.trips import Trip

Floats = npt.NDArray[np.float64]
LEVEL_SD, BAND_SD = 0.3, 0.15  # before anything is known, of the logarithm
PRIOR_TRIPS = 60.0


def fit_turnout(trips: Sequence[Trip], prior: ArrivalModel) -> list[tuple[float, float]]:
    """Median seconds and log-sd of each band; none at all give the prior."""
    y = np.log([t.turnout_s for t in trips]) - np.log(prior.turnout_median_s) if trips else np.empty(0)
    band = np.array([band_of(t.conditions) for t in trips], dtype=np.intp)
    x = np.column_stack([np.ones(len(trips)), np.eye(len(BANDS))[band]])
    tau2 = np.array([LEVEL_SD**2, *[BAND_SD**2] * len(BANDS)])
    known2 = max(prior.turnout_log_sd**2 - LEVEL_SD**2 - BAND_SD**2, 0.01)
    variance = known2
    for _ in range(2):
        covariance = np.linalg.inv(x.T @ x / variance + np.diag(1 / tau2))
        effects = covariance @ (x.T @ y) / variance
        variance = (PRIOR_TRIPS * known2 + float(((y - x @ effects) ** 2).sum())) / (PRIOR_TRIPS + len(trips))
    rows = np.column_stack([np.ones(len(BANDS)), np.eye(len(BANDS))])
    medians_s = prior.turnout_median_s * np.exp(rows @ effects)
    log_sds = np.sqrt(variance + np.einsum("ij,jk,ik->i", rows, covariance, rows))
    return list(zip(medians_s.tolist(), log_sds.tolist(), strict=True))

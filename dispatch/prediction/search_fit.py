"""How far the search for the true place goes at most, learned from trips: a large radius often says which place is meant, not how far off it is.

A radius holds nine of ten scenes. Where words may mean one of two places far apart it is kilometres, and yet most scenes lie
near the first of them: a forecast that searches the whole radius is then late by as much.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dispatch.arrival import sums, travel_log_sds
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.trips import Trip

RADII_M = (300.0, 500.0, 800.0, 1200.0, 2000.0, 4000.0)
LEAST_GAIN = 3.0  # of the log-likelihood, before the policy's radius is given up
LEAST_SPREAD = 0.2  # against the prior's: few trips may fit by chance
LARGEST_SCORE = 3.0  # a trip that is farther off counts as so far off: jams teach nothing of places


def fit_search(trips: Sequence[Trip], prior: ArrivalModel) -> float:
    """Metres that a stated radius counts for at most; the policy's where trips do not clearly say otherwise.

    Parameters
    ----------
    trips : sequence of Trip
    prior : ArrivalModel
        ``search_most_m`` is what is assumed.
    """
    if not trips:
        return prior.search_most_m
    assumed_m = prior.search_most_m
    fits = {most_m: _fit_of(trips, prior, most_m) for most_m in (assumed_m, *RADII_M) if most_m <= assumed_m}
    best_m = max(fits, key=fits.__getitem__)
    return best_m if fits[best_m] - fits[assumed_m] > LEAST_GAIN else assumed_m


def _fit_of(trips: Sequence[Trip], prior: ArrivalModel, most_m: float) -> float:
    """Log-likelihood of the trips' times, by how much they are longer than told, and how widely they scatter, left open."""
    told_s, travel_s, uncertainty_m = (
        np.array([getattr(t, name) for t in trips], dtype=np.float64)
        for name in ("told_s", "travel_s", "uncertainty_m")
    )
    model, level = replace(prior, search_most_m=most_m), 0.0
    for _ in range(2):
        slow_s = told_s * np.exp(level)
        medians_s, log_sds = sums(
            slow_s, travel_log_sds(slow_s, model), model, departed=True, uncertainty_m=uncertainty_m
        )
        off = np.log(travel_s / medians_s)
        level += float(np.median(off))
    scores = np.clip((off - np.median(off)) / log_sds, -LARGEST_SCORE, LARGEST_SCORE)
    spread = max(float(np.sqrt(np.mean(scores**2))), LEAST_SPREAD)
    return float(-(np.log(log_sds) + np.log(spread) + scores**2 / spread**2 / 2).sum())

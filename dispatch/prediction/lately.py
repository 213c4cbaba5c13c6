"""What trips that have ended tell of today, and of how far days differ: their seconds beside those that a model foretold."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from dispatch.arrival import travel_log_sds
from dispatch.prediction.learned import Learned
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions
from dispatch.prediction.today import MEMORY_S, Level, Varying, level
from dispatch.prediction.travel_fit import mean_search_s
from dispatch.prediction.trips import Trip

Floats = npt.NDArray[np.float64]
STEP_S, STEPS = 1800.0, 25  # lags up to half a day
LARGEST = 1.0  # of a logarithm, where it is learned how far days differ
LEAST_DAYS = 5  # fewer say nothing of how days differ …
PRIOR_DAYS = 5.0  # … and no difference at all counts as so many
LEAST_TRAVEL = 0.2  # of what was measured, at least, when the search for the place is taken off


class Beyond(NamedTuple):
    """Trips by their end (n,): when it was, logarithm of true over foretold seconds, the variance foretold of it, day."""

    ended_s: Floats
    slow: Floats
    variance: Floats
    days: npt.NDArray[np.str_]


def level_of(trips: Sequence[Trip], model: Learned) -> Level:
    """The level as it was known after each of those trips."""
    found = beyond(trips, model)
    return level(found.ended_s, found.slow, found.variance, model.varying)


def how_varying(trips: Sequence[Trip], model: Learned) -> Varying:
    """How far days and hours differ: both parts' variances by least squares from mean products of trips so far apart."""
    found = beyond(trips, model)
    days = np.unique(found.days)
    if len(days) < LEAST_DAYS:
        return Varying()
    products, pairs = np.zeros(STEPS), np.zeros(STEPS)
    for day in days:
        own = found.days == day
        some = _products(found.ended_s[own], np.clip(found.slow[own], -LARGEST, LARGEST))
        products, pairs = products + some[0], pairs + some[1]
    weight = np.sqrt(pairs)
    shapes = np.exp(-STEP_S * np.arange(STEPS)[:, None] / MEMORY_S)
    variances, _ = nnls(shapes * weight[:, None], products / np.maximum(weight, 1e-9))
    slow_sd, quick_sd = np.sqrt(variances * len(days) / (len(days) + PRIOR_DAYS)).round(4).tolist()
    return Varying(slow_sd, quick_sd)


def beyond(trips: Sequence[Trip], model: Learned) -> Beyond:
    """Trips beside what ``model`` foretold of them, today left out."""
    told_s, straight_m, uncertainty_m, travel_s, ended_s = (
        np.array([getattr(t, name) for t in trips], dtype=np.float64)
        for name in ("told_s", "straight_m", "uncertainty_m", "travel_s", "ended_s")
    )
    groups: dict[Conditions, list[int]] = {}
    for k, trip in enumerate(trips):
        groups.setdefault(trip.conditions, []).append(k)
    foretold_s, variance = np.empty(len(trips)), np.empty(len(trips))
    for conditions, rows in groups.items():
        fitted = model.at(conditions, Moment.ASSIGNMENT)
        foretold_s[rows] = told_s[rows] * fitted.slowness(told_s[rows], straight_m[rows])
        variance[rows] = travel_log_sds(foretold_s[rows], fitted.model) ** 2
    driven_s = np.maximum(travel_s - mean_search_s(uncertainty_m, model.prior), LEAST_TRAVEL * travel_s)
    order = np.argsort(ended_s, kind="stable")
    days = np.array([t.day for t in trips], dtype=np.str_)
    return Beyond(ended_s[order], np.log(driven_s / foretold_s)[order], variance[order], days[order])


def _products(ended_s: Floats, slow: Floats) -> tuple[Floats, Floats]:
    """(l,) sums of products of two trips that ended 0, 1, … steps apart, and (l,) how many pairs."""
    step = ((ended_s - ended_s[0]) // STEP_S).astype(np.intp)
    n = np.bincount(step, minlength=step[-1] + 1 + STEPS).astype(np.float64)
    total, squares = np.bincount(step, slow, len(n)), float((slow**2).sum())
    products, pairs = (np.array([of[k:] @ of[: len(of) - k] for k in range(STEPS)]) for of in (total, n))
    return products - squares * (np.arange(STEPS) == 0), pairs - len(slow) * (np.arange(STEPS) == 0)

"""How few late arrivals there could have been, had everything been known beforehand: a lower bound, and what it leaves open.

Units answer from their posts only and are free again once back there, so how long each incident takes each unit does not depend
on what went before. The most incidents on time are then a packing of time: every unit does some, one after the other, every
incident is done once at most (C. J. Jagtenberg, P. L. van den Berg and R. D. van der Mei, "Benchmarking online dispatch
algorithms for Emergency Medical Services", European Journal of Operational Research 258, 2017, solve it as an integer
programme). Here "once at most" is relaxed with a multiplier for each incident (M. L. Fisher, "The Lagrangian relaxation method
for solving integer programming problems", Management Science 27, 1981): what is left is one longest path in time for each
unit. Any multipliers give a true bound; subgradient steps look for good ones. A plan that could have been carried out is made
from them too: the truth lies between.
"""

from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PLAN_EVERY = 10  # rounds between two plans
STALLED = 15  # rounds without a better bound after which steps are halved
SURE = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class Jobs:
    """What each unit (rows) could do for each incident (columns), in seconds of one clock.

    Parameters
    ----------
    first_s, last_s : (u, i) float64
        The unit can still be on time when it is sent between these moments, both included; NaN where it cannot.
    busy_s : (u, i) float64
        From being sent until the unit is free again, above 0.
    """

    first_s: Floats
    last_s: Floats
    busy_s: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Foresight:
    """How many incidents can be on time.

    Parameters
    ----------
    at_most : int
        No rule can have more of them on time.
    planned : int
        A plan has so many on time.
    multipliers : (i,) float64
        0 to 1: what the bound holds each incident to cost.
    """

    at_most: int
    planned: int
    multipliers: Floats


def most_on_time(jobs: Jobs, *, step_s: float = 15.0, rounds: int = 200) -> Foresight:
    """Bound the number of incidents on time from above, and plan as many as one can.

    Parameters
    ----------
    jobs : Jobs
    step_s : float
        Of the clock. For the bound starts are rounded outward and busy times down, for the plan the other way round.
    rounds : int
        Subgradient steps.
    """
    units, incidents = jobs.first_s.shape
    if not units or not incidents or np.isnan(jobs.first_s).all():
        return Foresight(0, 0, np.zeros(incidents))
    loose, tight = _on_grid(jobs, step_s, outward=True), _on_grid(jobs, step_s, outward=False)
    price, best_price = np.zeros(incidents), np.zeros(incidents)
    bound, planned, pace, since = float(incidents), 0, 1.0, 0
    for number in range(rounds):
        value, visits = _relaxed(*loose, price)
        if value < bound - SURE:
            bound, best_price, since = value, price.copy(), 0
        else:
            since += 1
        if number % PLAN_EVERY == 0:
            planned = max(planned, _plan(*tight, price))
        slope = np.where((price <= 0) & (visits <= 1), 0.0, 1.0 - visits)
        if floor(bound + SURE) <= planned or not slope.any():
            break
        if since > STALLED:
            pace, since, price = pace / 2, 0, best_price.copy()
            continue
        price = np.clip(price - pace * (value - planned) / (slope @ slope) * slope, 0.0, 1.0)
    planned = max(planned, _plan(*tight, best_price))
    return Foresight(floor(bound + SURE), planned, best_price)


def _on_grid(jobs: Jobs, step_s: float, *, outward: bool) -> tuple[Ints, Ints, Ints]:
    """First and last step of a start, and steps of work; none where the last is before the first."""
    can = ~np.isnan(jobs.first_s)
    origin_s = float(np.floor(jobs.first_s[can].min() / step_s) * step_s)
    first, last = (np.where(can, (t - origin_s) / step_s, 0.0) for t in (jobs.first_s, jobs.last_s))
    busy = np.where(can, jobs.busy_s, step_s) / step_s
    if outward:
        first, last, busy = np.floor(first), np.ceil(last), np.maximum(np.floor(busy), 1)
    else:
        first, last, busy = np.ceil(first), np.floor(last), np.ceil(busy)
    last = np.where(can & (jobs.last_s >= jobs.first_s), last, first - 1)
    return first.astype(np.int64), last.astype(np.int64), busy.astype(np.int64)


def _relaxed(first: Ints, last: Ints, busy: Ints, price: Floats) -> tuple[float, Ints]:
    """The bound at these multipliers, and how often each incident is done by it."""
    visits = np.zeros(first.shape[1], dtype=np.int64)
    value = float(price.sum())
    for unit in range(len(first)):
        value += _path(first[unit], last[unit], busy[unit], 1.0 - price, visits)
    return value, visits


def _plan(first: Ints, last: Ints, busy: Ints, price: Floats) -> int:
    """Incidents done when unit after unit takes its longest path among those that are left."""
    gain = np.maximum(1.0 - price, 0.01)
    done = np.zeros(first.shape[1], dtype=np.int64)
    for unit in np.argsort((last >= first).sum(axis=1), kind="stable"):
        _path(first[unit], np.where(done > 0, first[unit] - 1, last[unit]), busy[unit], gain, done)
    return int((done > 0).sum())


@njit(cache=True)  # type: ignore[misc, unused-ignore]
def _path(first: Ints, last: Ints, busy: Ints, gain: Floats, visits: Ints) -> float:
    """The longest path in time of one unit; adds to ``visits`` what lies on it.

    Backwards in time: what is still to be had at a step is what is to be had at the next one, or the gain of an incident that
    can be begun now and what is to be had once it is done.
    """
    n = 0
    some = np.empty(len(first), dtype=np.int64)
    steps = 0
    for i in range(len(first)):
        if last[i] >= first[i] and gain[i] > 0:
            some[n] = i
            n += 1
            steps = max(steps, last[i] + 1)
    order = some[:n][np.argsort(-last[some[:n]])]
    worth = np.zeros(steps + 1)
    taken = np.full(steps + 1, -1, dtype=np.int64)
    open_now = np.empty(n, dtype=np.int64)
    many, upcoming = 0, 0
    for t in range(steps - 1, -1, -1):
        while upcoming < n and last[order[upcoming]] >= t:
            open_now[many] = order[upcoming]
            many += 1
            upcoming += 1
        worth[t] = worth[t + 1]
        k = 0
        while k < many:
            i = open_now[k]
            if first[i] > t:
                many -= 1
                open_now[k] = open_now[many]
                continue
            value = gain[i] + worth[min(t + busy[i], steps)]
            if value > worth[t]:
                worth[t], taken[t] = value, i
            k += 1
    t = 0
    while t < steps:
        i = taken[t]
        if i >= 0:
            visits[i] += 1
            t += busy[i]
        else:
            t += 1
    return float(worth[0])

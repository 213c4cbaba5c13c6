"""How few late arrivals there could have been, had everything been known beforehand: a lower bound, and what it leaves open.

Units answer from their posts only and are free again once back there, so how long each incident takes each unit does not depend
on what went before. The most incidents on time are then a packing of time: every unit does some, one after the other, every
incident is done once at most (C. J. Jagtenberg, P. L. van den Berg and R. D. van der Mei, "Benchmarking online dispatch
algorithms for Emergency Medical Services", European Journal of Operational Research 258, 2017, solve it as an integer
programme). Here "once at most" is relaxed with a multiplier for each incident (M. L. Fisher, "The Lagrangian relaxation method
for solving integer programming problems", Management Science 27, 1981): what is left is one best path in time for each unit.
Any multipliers give a true bound; subgradient steps look for good ones. A plan that could have been carried out is made from
them too: the truth lies between.

Where trips have several ways to go, of which none is known before it is driven, the path of a unit becomes a policy: what it does
next depends on when it is free. The bound is then one on the expected number on time (D. Adelman and A. J. Mersereau,
"Relaxations of weakly coupled stochastic dynamic programs", Operations Research 56, 2008).
"""

from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PLAN_EVERY = 10  # rounds between two plans
STALLED = 10  # rounds without a better bound after which steps are halved
SURE = 1e-6
LEAST_GAIN = 0.01  # of any incident in a plan


@dataclass(frozen=True, eq=False, slots=True)
class Jobs:
    """What each unit (rows) could do for each incident (columns), in seconds of one clock, each way its trip may go.

    Parameters
    ----------
    first_s : (u, i) float64
        From when on the unit can be sent; NaN where it cannot.
    last_s : (u, i, k) float64
        Until when it can be sent and be on time, both included, in each of k ways the trip may go.
    busy_s : (u, i, k) float64
        From being sent until it is free again, above 0.
    chance : (k,) float64
        Of each way; the sum is 1.
    """

    first_s: Floats
    last_s: Floats
    busy_s: Floats
    chance: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Foresight:
    """How many incidents can be on time.

    Parameters
    ----------
    at_most : float
        No rule has more of them on time; a whole number where everything is known, else on average.
    planned : int or None
        A plan has so many on time; None where not everything is known.
    multipliers : (i,) float64
        0 to 1: what the bound holds each incident to cost.
    """

    at_most: float
    planned: int | None
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
    known = len(jobs.chance) == 1
    if not units or not incidents or np.isnan(jobs.first_s).all():
        return Foresight(0.0, 0 if known else None, np.zeros(incidents))
    loose, tight = _on_grid(jobs, step_s, outward=True), _on_grid(jobs, step_s, outward=False)
    price, best_price = np.zeros(incidents), np.zeros(incidents)
    bound, planned, pace, since = np.inf, 0, 1.0, 0
    for number in range(rounds):
        value, visits = _relaxed(*loose, jobs.chance, price)
        if value < bound - SURE:
            bound, best_price, since = value, price.copy(), 0
        else:
            since += 1
        if known and number % PLAN_EVERY == 0:
            planned = max(planned, _plan(*tight, price))
        slope = np.where((price <= 0) & (visits <= 1), 0.0, 1.0 - visits)
        if (known and floor(bound + SURE) <= planned) or not slope.any():
            break
        if since > STALLED:
            pace, since, price = pace / 2, 0, best_price.copy()
            continue
        aim = planned if known else 0.95 * min(bound, float(incidents))
        price = np.clip(price - pace * (value - aim) / (slope @ slope) * slope, 0.0, 1.0)
    bound = min(bound, float(incidents))
    if not known:
        return Foresight(bound, None, best_price)
    return Foresight(float(floor(bound + SURE)), max(planned, _plan(*tight, best_price)), best_price)


def _on_grid(jobs: Jobs, step_s: float, *, outward: bool) -> tuple[Ints, Ints, Ints]:
    """First and last step of a start, and steps of work; the last lies before the first where the unit cannot be on time."""
    can = ~np.isnan(jobs.first_s)
    origin_s = float(np.floor(jobs.first_s[can].min() / step_s) * step_s)
    first = np.where(can, (jobs.first_s - origin_s) / step_s, 0.0)
    last = np.where(can[..., None], (jobs.last_s - origin_s) / step_s, -1.0)
    busy = np.where(can[..., None], jobs.busy_s, step_s) / step_s
    if outward:
        grid = np.floor(first), np.ceil(last), np.maximum(np.floor(busy), 1)
    else:
        grid = np.ceil(first), np.floor(last), np.ceil(busy)
    missed = ~(jobs.last_s >= jobs.first_s[..., None])
    first, last, busy = (part.astype(np.int64) for part in grid)
    return first, np.where(missed, first[..., None] - 1, last), busy


def _relaxed(first: Ints, last: Ints, busy: Ints, chance: Floats, price: Floats) -> tuple[float, Floats]:
    """The bound at these multipliers, and how often each incident is done by it."""
    visits = np.zeros(first.shape[1])
    value = float(price.sum())
    for unit in range(len(first)):
        value += _path(first[unit], last[unit], busy[unit], chance, np.ones(len(price)), price, visits)
    return value, visits


def _plan(first: Ints, last: Ints, busy: Ints, price: Floats) -> int:
    """Incidents done when unit after unit takes its best path among those that are left; everything is known."""
    gain = np.maximum(1.0 - price, LEAST_GAIN)
    done, free = np.zeros(first.shape[1]), np.zeros(first.shape[1])
    for unit in np.argsort((last >= first[..., None]).sum(axis=(1, 2)), kind="stable"):
        left = np.where((done > 0)[:, None], first[unit][:, None] - 1, last[unit])
        _path(first[unit], left, busy[unit], np.ones(1), gain, free, done)
    return int((done > 0).sum())


@njit(cache=True)  # type: ignore[misc, unused-ignore]
def _path(first: Ints, last: Ints, busy: Ints, chance: Floats, gain: Floats, price: Floats, visits: Floats) -> float:
    """What one unit gains at best; adds to ``visits`` how often it does each incident."""
    worth, taken = _policy(first, last, busy, chance, gain, price)
    steps = len(taken)
    here = np.zeros(steps + 1)
    here[0] = 1.0
    for t in range(steps):
        i = taken[t]
        if i < 0:
            here[t + 1] += here[t]
        elif here[t] > 0.0:
            visits[i] += here[t]
            for k in range(len(chance)):
                here[min(t + busy[i, k], steps)] += here[t] * chance[k]
    return float(worth[0])


@njit(cache=True)  # type: ignore[misc, unused-ignore]
def _policy(first: Ints, last: Ints, busy: Ints, chance: Floats, gain: Floats, price: Floats) -> tuple[Floats, Ints]:
    """What is still to be had at each step, and the incident to be begun at it; -1 for none.

    Backwards in time: it is what is to be had at the next step, or, of an incident begun now, the chance to be on time times its
    gain less its price, and what is to be had once it is done.
    """
    order, end = _latest_first(first, last, gain > price)
    steps = end[order[0]] + 1 if len(order) else 0
    worth, taken = np.zeros(steps + 1), np.full(steps, -1, dtype=np.int64)
    open_now = np.empty(len(order), dtype=np.int64)
    many, upcoming = 0, 0
    for t in range(steps - 1, -1, -1):
        while upcoming < len(order) and end[order[upcoming]] >= t:
            open_now[many] = order[upcoming]
            many += 1
            upcoming += 1
        worth[t] = worth[t + 1]
        at = 0
        while at < many:
            i = open_now[at]
            if first[i] > t:
                many -= 1
                open_now[at] = open_now[many]
                continue
            value = -price[i]
            for k in range(len(chance)):
                value += chance[k] * (worth[min(t + busy[i, k], steps)] + (gain[i] if t <= last[i, k] else 0.0))
            if value > worth[t]:
                worth[t], taken[t] = value, i
            at += 1
    return worth, taken


@njit(cache=True)  # type: ignore[misc, unused-ignore]
def _latest_first(first: Ints, last: Ints, pays: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Incidents that pay and can be begun, those that can be begun latest first; the last step of each of all."""
    end = np.empty(len(first), dtype=np.int64)
    for i in range(len(first)):
        end[i] = last[i].max()
    some = np.flatnonzero(pays & (end >= first))
    return some[np.argsort(-end[some])], end

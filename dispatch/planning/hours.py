"""What share of an hour's reports would be reached late, with so many people at such posts.

R. C. Larson's approximation of the hypercube model with travel in the work itself (J. P. Jarvis, "Approximating the
equilibrium behavior of multi-server loss systems", Management Science 31(2), 1985): the nearest free one goes, all are
equally busy, and work = turnout + travel + on scene, whose travel part depends on how busy they are, so both are found
together by repetition. Who must wait for a free one waits an exponential time (M/M/n) and is then reached from any of the
posts alike. An hour is taken to be in equilibrium, which a rush hour only nearly is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
import numpy.typing as npt

from dispatch.planning.on_time import mean_travel_s, p_on_time
from dispatch.planning.queue import p_turn, p_wait
from dispatch.policy.policy import ArrivalModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WAITS_S = np.linspace(0.0, 5400.0, 19)  # waits for which lateness is worked out; between them the line is straight
PARTS = (np.arange(20) + 0.5) / 20  # of the distribution of waits
ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Expected:
    """An hour as expected.

    Parameters
    ----------
    late_share : float
        0 to 1; 1 where there is more work than people.
    busy_share : float
        Of the people on duty; 1 where there is more work than people.
    p_wait : float
        Share of reports that find everybody busy.
    travel_s : float
        Mean, of those that need not wait; NaN where all must.
    """

    late_share: float
    busy_share: float
    p_wait: float
    travel_s: float

    @property
    def overrun(self) -> bool:
        """Whether there is more work than people: the queue grows, no steady state tells how many are late."""
        return self.busy_share >= 1


OVERRUN = Expected(1.0, 1.0, 1.0, float("nan"))


class Hour:
    """One hour of demand seen from a set of posts.

    Parameters
    ----------
    travel_s : (s, c) float64
        Median seconds from post to place in this hour; all finite.
    limit_s : (c,) float64
        Seconds that are left at assignment.
    weight : (c,) float64
        Share of the reports; the sum is 1.
    reports_per_s : float
    on_scene_s : float
        Mean.
    model : ArrivalModel
    hour_log_sd : float, optional
    """

    def __init__(
        self,
        travel_s: Floats,
        limit_s: Floats,
        weight: Floats,
        *,
        reports_per_s: float,
        on_scene_s: float,
        model: ArrivalModel,
        hour_log_sd: float | None = None,
    ) -> None:
        self._travel_s = mean_travel_s(travel_s, model, hour_log_sd)  # in the order of the medians
        self._weight, self._rate = weight, reports_per_s
        self._besides_s = on_scene_s + model.turnout_median_s * exp(model.turnout_log_sd**2 / 2)
        self._late = 1 - p_on_time(travel_s, limit_s, model, hour_log_sd)
        after = [(1 - p_on_time(travel_s, limit_s - wait, model, hour_log_sd)) @ weight for wait in WAITS_S.tolist()]
        self._late_after = np.array(after)  # by wait and post

    def expected(self, at: Sequence[int] | Ints) -> Expected:
        """Work an hour out with one person at each of the posts ``at``, rows that may come more than once."""
        rows = np.asarray(at, dtype=np.int64)
        n = len(rows)
        if n == 0:
            return OVERRUN  # nobody is on duty
        order = np.argsort(self._travel_s[rows], axis=0, kind="stable")
        travel_s = (
            np.take_along_axis(self._travel_s[rows], order, axis=0) @ self._weight
        )  # of the first choice, the second …
        late = np.take_along_axis(self._late[rows], order, axis=0) @ self._weight
        work_s = self._work_s(travel_s)
        load = self._rate * work_s
        if load >= n:
            return OVERRUN
        turn, waiting = p_turn(n, load), p_wait(n, load)
        after = float(np.interp(self._waits_s(n, work_s), WAITS_S, self._late_after[:, rows].mean(axis=1)).mean())
        return Expected(
            late_share=float(turn @ late) + waiting * after,
            busy_share=load / n,
            p_wait=waiting,
            travel_s=float(turn @ travel_s) / (1 - waiting),
        )

    def _work_s(self, travel_s: Floats) -> float:
        """Mean seconds of work a report makes: travel depends on who is free, and that on the work."""
        n, work_s = len(travel_s), self._besides_s + float(travel_s[0])
        for _ in range(ROUNDS):
            load = self._rate * work_s
            if load >= n:
                return work_s
            before, waiting = work_s, p_wait(n, load)
            work_s = self._besides_s + float(p_turn(n, load) @ travel_s) + waiting * float(travel_s.mean())
            if abs(work_s - before) < 0.1:
                break
        return work_s

    def _waits_s(self, n: int, work_s: float) -> Floats:
        """Quantiles of the wait of those who have to wait: exponential, at the rate at which spare hands come free."""
        return np.asarray(-np.log1p(-PARTS) / (n / work_s - self._rate))


def manning_order(p_on_time: Floats, weight: Floats, most: int, busy_share: float) -> Ints:
    """Which posts to man first: each next person where the expected share in time grows most.

    Expected cover (M. S. Daskin, "A maximum expected covering location model", Transportation Science 17(1), 1983) with
    probabilities in place of yes and no: a person is taken with ``busy_share`` q, whatever the others do, and the best who
    is free goes, so the j-th best of a cell, from 0, counts with (1 - q) q^j.

    Parameters
    ----------
    p_on_time : (s, c) float64
    weight : (c,) float64
    most : int
        People to place.
    busy_share : float
        Above 0 and below 1.

    Returns
    -------
    (most,) int64
        Rows of posts; a row comes again where a second person there is worth more than a first elsewhere.
    """
    best_first = np.argsort(-p_on_time, axis=0, kind="stable")
    p = np.take_along_axis(p_on_time, best_first, axis=0)
    people, chosen = np.zeros(len(p)), np.empty(most, dtype=np.int64)
    by_post = np.empty_like(p)
    for k in range(most):
        here = people[best_first]
        all_busy = busy_share ** np.cumsum(here, axis=0)  # up to and with the post
        worth = p * all_busy * (busy_share**-here - 1)
        later = worth[::-1].cumsum(axis=0)[::-1] - worth
        np.put_along_axis(by_post, best_first, p * all_busy * (1 - busy_share) - (1 - busy_share) * later, axis=0)
        chosen[k] = int(np.argmax(by_post @ weight))
        people[chosen[k]] += 1
    return chosen

"""When callers call: a Poisson process whose rate steps at full hours, each hour drawn on its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from dispatch.location import Position
from dispatch.report import Report
from dispatch.simulation.draws import Draws

HOUR = timedelta(hours=1)
LEAST_PER_H = 0.01  # so that the next call is never infinitely far


@dataclass(frozen=True, slots=True)
class Call:
    """One caller.

    Parameters
    ----------
    report : Report
        Its ``received_at`` is when the caller calls.
    scene : Position or None
        Where the accident really is; None where it is wherever the desk locates it.
    """

    report: Report
    scene: Position | None = None


Demand = Callable[[Random, datetime], Call]
Rate = Callable[[datetime], float]


def calls_since(began: datetime, demand: Demand, rate_per_h: Rate, seed: int) -> Iterator[Call]:
    """Callers after ``began``, without end, in order of time.

    The same seed has the same callers at the same hour, whenever the simulation began: a restart loses and repeats nobody.

    Parameters
    ----------
    began : datetime
        Aware.
    demand : callable
        ``(random, at) -> Call``.
    rate_per_h : callable
        Calls an hour at a moment, 0 or more; asked once for each full hour.
    seed : int
    """
    draws = Draws(seed)
    hour = began.replace(minute=0, second=0, microsecond=0)
    while True:
        random = Random(draws.bits("calls", int(hour.timestamp())))
        rate, share = max(rate_per_h(hour), LEAST_PER_H), 0.0
        while (share := share + random.expovariate(rate)) < 1:
            at = hour + share * HOUR
            call = demand(random, at)  # drawn although it may be past: those after it are the same then
            if at > began:
                yield call
        hour += HOUR

"""What the models of posts are fed with: road time and probability of being in time, from every site to every cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from dispatch.location import Position
from dispatch.planning.on_time import p_on_time
from dispatch.policy.policy import ArrivalModel
from dispatch.unit import GUANGZHOU_TIME
from geo_data.day_kinds import DayKind, day_kind
from geo_data.planning.demand_cells import GatheredDemand
from geo_data.roads.network import Floats
from geo_data.roads.routing import Router
from geo_data.roads.speeds import RATIO_TO_FREE_FLOW, speed_log_sd

NOWHERE_S = 4 * 3600.0  # stands for "no road leads": worse than any way in the city, and finite for a mean
FIRST_DAY = date(2026, 1, 5)


def silent(done: int, of: int) -> None:
    """Progress that nobody is told."""


@dataclass(frozen=True, eq=False, slots=True)
class PostTable:
    """Sites by cells.

    Parameters
    ----------
    travel_s : (s, c) float64
        Median road seconds, `NOWHERE_S` at most.
    p_on_time : (s, c) float64
        Probability of arriving within the cell's limit when leaving from the site.
    weight : (c,) float64
        Share of demand; the sum is 1.
    """

    travel_s: Floats
    p_on_time: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Score:
    """How well a set of posts serves, with somebody free at each of them.

    Parameters
    ----------
    covered : float
        Share of demand, 0 to 1, that some post reaches in time with the probability asked for.
    p_on_time : float
        Expected share reached in time from the nearest post.
    mean_s, p90_s : float
        Travel from the nearest post: mean over demand, and what a tenth of it exceeds.
    """

    covered: float
    p_on_time: float
    mean_s: float
    p90_s: float


def post_table(
    router: Router,
    sites: Sequence[Position],
    cells: GatheredDemand,
    limit_s: Floats,
    model: ArrivalModel,
    now: datetime,
    progress: Callable[[int, int], None] = silent,
) -> PostTable:
    """Work the table out.

    Parameters
    ----------
    router : Router
    sites : sequence of Position
    cells : GatheredDemand
    limit_s : (c,) float64
        Seconds left at the moment of assignment.
    model : ArrivalModel
    now : datetime
        Aware: its hour and kind of day.
    progress : callable
        Told how many sites are done, of how many.
    """
    to = router.snap(cells.position)
    parts = []
    for first in range(0, len(sites), 50):
        parts.append(router.matrix(sites[first : first + 50], to, now))
        progress(min(first + 50, len(sites)), len(sites))
    travel_s = np.minimum(np.concatenate(parts), NOWHERE_S)
    return PostTable(travel_s, p_on_time(travel_s, limit_s, model, speed_log_sd(now)), cells.weight)


def score(table: PostTable, posts: Sequence[int], p_least: float) -> Score:
    """Judge posts, rows of the table; with none nothing is covered.

    A post is covered by the best of them, at ``p_least`` or more; travel is from the nearest.
    """
    rows = list(posts)
    best = table.p_on_time[rows].max(axis=0, initial=0.0)
    nearest_s = table.travel_s[rows].min(axis=0, initial=NOWHERE_S)
    order = np.argsort(nearest_s, kind="stable")
    reached = np.searchsorted(np.cumsum(table.weight[order]), 0.9 - 1e-12)
    return Score(
        covered=float(table.weight[covers(table, p_least)[rows].any(axis=0)].sum()),
        p_on_time=float(table.weight @ best),
        mean_s=float(table.weight @ nearest_s),
        p90_s=float(nearest_s[order][reached]),
    )


def covers(table: PostTable, p_least: float) -> np.ndarray:
    """(s, c) bool: whether a site reaches a cell in time with ``p_least`` or more."""
    return table.p_on_time >= p_least


def worst_hour(kind: DayKind) -> int:
    """Hour of the slowest roads on such a day."""
    return int(np.argmin(RATIO_TO_FREE_FLOW[kind]))


def moment(kind: DayKind, hour: int) -> datetime:
    """A moment of the calendar with this kind of day and this hour: what stands for all of them."""
    days = (FIRST_DAY + timedelta(days=n) for n in range(366))
    noons = (datetime.combine(day, time(hour), GUANGZHOU_TIME) for day in days)
    return next(at for at in noons if day_kind(at) is kind)

"""What a plan of shifts is made from, its notes, and the form it is written in; `dispatch.planning.staffing` plans."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time

import numpy as np

from api.planning.planning import Demand, limits_s
from api.wiring import Ground
from dispatch.errors import InvalidInput
from dispatch.location import Position
from dispatch.planning.hours import Hour, Ints, manning_order
from dispatch.planning.shifts import HOURS
from dispatch.planning.staffing import Staffing, staff
from dispatch.unit import Shift, Unit
from geo_data.day_kinds import DayKind
from geo_data.planning.post_table import PostTable, moment, post_table, worst_hour
from geo_data.roads.speeds import speed_log_sd

ON_SCENE_MIN = 24.0  # mean of the simulation's lognormal: median 22 min, log-sd 0.4
BUSY_SHARE = 0.5  # assumed only for the order in which posts are manned, that of the slowest hour
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: see `gzdispatch plan shifts --help`."""

    target: float
    kind: DayKind
    on_scene_min: float | None
    most: int
    handling_s: float


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """The plan, and what it rests on in words."""

    staffing: Staffing
    notes: tuple[str, ...]


def plan_shifts(
    ground: Ground,
    demand: Demand,
    units: Sequence[Unit],
    posts: Sequence[Position] | None,
    shifts: Sequence[Shift],
    wish: Wish,
    say: Progress,
) -> ShiftPlan:
    """Find the fewest people by hour, then by shift.

    Parameters
    ----------
    posts : sequence of Position, optional
        Where planned people wait; those of today's surveyors where None.
    shifts : sequence of Shift
        Empty for those of today's surveyors.

    Raises
    ------
    InvalidInput
        When even ``wish.most`` people leave more late than the target in some hour.
    """
    today_posts = list(dict.fromkeys(u.standby for u in units))
    places = [*today_posts, *(posts or ())]
    open_rows = np.arange(len(today_posts) if posts else 0, len(places))
    kinds = list(shifts) or list(dict.fromkeys(u.shift for u in units))
    on_scene_s = 60 * wish.on_scene_min if wish.on_scene_min else demand.on_scene_s or 60 * ON_SCENE_MIN
    hours, order = _day(ground, demand, places, open_rows, wish, on_scene_s, say)
    rows = [today_posts.index(u.standby) for u in units]
    staffing = staff(hours, order, demand.per_h, units, rows, kinds, target=wish.target, most=wish.most)
    return ShiftPlan(staffing, _notes(ground, demand, wish, on_scene_s))


def _day(
    ground: Ground,
    demand: Demand,
    places: Sequence[Position],
    open_rows: Ints,
    wish: Wish,
    on_scene_s: float,
    say: Progress,
) -> tuple[list[Hour], Ints]:
    """The hours of the day as seen from ``places``, and the order in which those of ``open_rows`` are manned."""
    limit_s = limits_s(ground, demand, wish.handling_s)
    hours, order, slowest = [], open_rows, worst_hour(wish.kind)
    for hour in range(HOURS):
        say(f"第 {hour} 时 hour {hour} of {HOURS} …")
        at = moment(wish.kind, hour)
        table = post_table(ground.router, places, demand.cells, limit_s, ground.policy.arrival, at)
        hours.append(_hour(ground, table, limit_s, demand.per_h[hour], on_scene_s, speed_log_sd(at)))
        if hour == slowest:
            order = open_rows[manning_order(table.p_on_time[open_rows], table.weight, wish.most, BUSY_SHARE)]
    return hours, order


def _hour(
    ground: Ground, table: PostTable, limit_s: np.ndarray, per_h: float, on_scene_s: float, log_sd: float
) -> Hour:
    return Hour(
        table.travel_s,
        limit_s,
        table.weight,
        reports_per_s=per_h / 3600,
        on_scene_s=on_scene_s,
        model=ground.policy.arrival,
        hour_log_sd=log_sd,
    )


def _notes(ground: Ground, demand: Demand, wish: Wish, on_scene_s: float) -> tuple[str, ...]:
    roads = "示意路网 schematic roads" if ground.network.schematic else "导入路网 imported roads"
    return (
        f"{demand.source};{roads};{wish.kind},现场作业均值 mean on scene {on_scene_s / 60:.1f} min,接报 handling {wish.handling_s / 60:g} min",
        "近似估计(M/M/n 与 Larson 超立方),未计拒单、休息与恶劣天气 an approximation: no declines, breaks or storms in it",
    )


def as_csv(plan: ShiftPlan) -> str:
    """One hour a line."""
    page = io.StringIO()
    lines = csv.writer(page, lineterminator="\n")
    lines.writerow(
        ("hour", "reports_per_h", "need", "planned", "late_share", "busy_share", "today", "late_share_today")
    )
    for h in plan.staffing.hours:
        shares = (round(h.given.late_share, 4), round(h.given.busy_share, 4), h.today, round(h.now.late_share, 4))
        lines.writerow((h.hour, round(h.per_h, 2), h.need, h.planned, *shares))
    return page.getvalue()


def read_shift(text: str) -> Shift:
    """Read ``07:00-15:30``; raises `InvalidInput`."""
    start, _, end = text.partition("-")
    try:
        return Shift(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        raise InvalidInput(f"--shift {text}: 写成 07:00-15:30。(Write it as 07:00-15:30.)") from None

"""Fewest people by hour and by shift."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from dispatch.errors import InvalidInput
from dispatch.planning.hours import Expected
from dispatch.unit import Shift

HOURS = 24
Ints = npt.NDArray[np.int64]


def least_staff(expected: Callable[[int], Expected], target: float, most: int) -> int | None:
    """Fewest people on duty with an expected late share of ``target`` or less; None where ``most`` are not enough.

    Parameters
    ----------
    expected : callable
        What so many people would make of the hour.
    target : float
        0 to 1.
    most : int
    """
    return next((n for n in range(1, most + 1) if expected(n).late_share <= target), None)


def cheapest_roster(need: Sequence[int], shifts: Sequence[Shift]) -> list[int]:
    """Fewest people over all shifts so that every full hour has as many as it needs: an integer programme.

    G. B. Dantzig, "A comment on Edie's traffic delays at toll booths", Operations Research 2(3), 1954; solved by HiGHS. Of
    equally small rosters one with fewer hours of duty is taken.

    Parameters
    ----------
    need : sequence of 24 int
        From 0 to 1 o'clock and so on.
    shifts : sequence of Shift

    Returns
    -------
    list of int
        People on each shift.

    Raises
    ------
    InvalidInput
        When an hour that needs somebody lies in no shift.
    """
    on = np.array([[covers_hour(shift, hour) for shift in shifts] for hour in range(HOURS)], dtype=np.float64)
    bare = [hour for hour in range(HOURS) if need[hour] > 0 and not on[hour].any()]
    if bare:
        raise InvalidInput(
            f"没有班次覆盖 {bare[0]}:00 起的整点小时。(No shift covers the whole hour from {bare[0]:02d}:00: add one with --shift.)"
        )
    cost = 1 + on.sum(axis=0) / (HOURS * (sum(need) + 1) * len(shifts) + 1)
    enough = LinearConstraint(on, np.asarray(need, dtype=np.float64), np.inf)
    found = milp(
        cost,
        integrality=np.ones(len(shifts)),
        bounds=Bounds(0, np.inf),
        constraints=enough,
        options={"mip_rel_gap": 0.0},
    )
    return [round(x) for x in found.x]


def covers_hour(shift: Shift, hour: int) -> bool:
    """Whether a shift is on from the full ``hour`` to the next."""
    start, end = (60 * t.hour + t.minute for t in (shift.start, shift.end))
    return start == end or (60 * hour - start) % 1440 + 60 <= (end - start) % 1440


def on_duty(roster: Sequence[int], shifts: Sequence[Shift]) -> list[int]:
    """People who are on for the whole of each of the 24 hours."""
    return [
        sum(n for n, shift in zip(roster, shifts, strict=True) if covers_hour(shift, hour)) for hour in range(HOURS)
    ]

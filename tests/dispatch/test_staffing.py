"""Fewest people by hour and by shift, and what today's roster is expected to give; overrun hours give no forecast."""

from datetime import time

import numpy as np
import pytest
from scene import SCENE, surveyor

from dispatch.errors import InvalidInput
from dispatch.planning.hours import Hour
from dispatch.planning.staffing import Staffing, staff
from dispatch.policy.policy import ArrivalModel
from dispatch.unit import Shift

DAY, NIGHT = Shift(time(8), time(20)), Shift(time(20), time(8))


def planned(per_h: float, today: list[Shift], *, target: float = 0.1, most: int = 20) -> Staffing:
    """Two posts, two places, the same in every hour."""
    travel_s = np.array([[300.0, 900.0], [900.0, 300.0]])
    hour = Hour(
        travel_s,
        np.array([1740.0, 1740.0]),
        np.array([0.5, 0.5]),
        reports_per_s=per_h / 3600,
        on_scene_s=1440.0,
        model=ArrivalModel(),
    )
    units = [surveyor(n, SCENE.lon, shift=shift) for n, shift in enumerate(today)]
    order = np.arange(most, dtype=np.int64) % 2
    rows = [n % 2 for n in range(len(units))]
    return staff([hour] * 24, order, [per_h] * 24, units, rows, [DAY, NIGHT], target=target, most=most)


def test_each_hour_gets_what_it_needs_and_today_is_judged_beside_it() -> None:
    found = planned(4.0, [DAY] * 6 + [NIGHT] * 6)
    assert all(hour.planned >= hour.need for hour in found.hours)
    assert all(hour.given.late_share <= 0.1 for hour in found.hours)
    assert [hour.today for hour in found.hours] == [6] * 24
    assert [(row.shift, row.today) for row in found.roster] == [(DAY, 6), (NIGHT, 6)]
    assert found.overrun_today == 0
    assert found.late_today == pytest.approx(found.late_today_elsewhere)


def test_overrun_hours_are_counted_and_left_out_of_what_is_expected_elsewhere() -> None:
    found = planned(4.0, [DAY] * 6)  # nobody by night
    assert found.overrun_today == 12
    assert found.late_today_elsewhere == pytest.approx(found.hours[12].now.late_share)
    assert found.late_today == pytest.approx((1 + found.late_today_elsewhere) / 2)


def test_a_target_that_nobody_can_keep_is_told() -> None:
    with pytest.raises(InvalidInput, match="2 people would still leave"):
        planned(12.0, [DAY], most=2)


def test_a_day_without_reports_is_late_nowhere() -> None:
    assert planned(0.0, [DAY]).late_today == 0

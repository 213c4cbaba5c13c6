"""Straight lines, stretched and driven at a stated pace."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import NOON

from dispatch.location import Position, distance_m
from dispatch.ports import STRAIGHT_LINE, is_straight_line
from geo_data.roads.straight_line import DETOUR, SPEED_KPH, StraightLineTimes

PLACES = st.lists(st.builds(Position, st.floats(113, 114), st.floats(22.6, 23.9)), max_size=5)


@given(PLACES, PLACES)
def test_every_pair_takes_the_stretched_line_at_the_stated_pace(origins: list[Position], stops: list[Position]) -> None:
    times = StraightLineTimes()
    table = times.between(origins, stops, NOON)
    assert table.seconds.shape == (len(origins), len(stops))
    for i, origin in enumerate(origins):
        for j, stop in enumerate(stops):
            assert table.seconds[i, j] == pytest.approx(distance_m(origin, stop) * DETOUR / SPEED_KPH * 3.6)
    for j, stop in enumerate(stops):
        np.testing.assert_array_equal(times(origins, stop, NOON).seconds, table.seconds[:, j])
    for i, origin in enumerate(origins):
        np.testing.assert_array_equal(times.onward(origin, stops, NOON).seconds, table.seconds[i])


def test_the_metric_says_that_no_road_is_known() -> None:
    times = StraightLineTimes()([], Position(113.3, 23.1), NOON)
    assert times.metric == STRAIGHT_LINE
    assert (times.hour_log_sd, times.scenario_s) == (None, None)
    assert [is_straight_line(one) for one in ("straight-line", "straight", "weekday-18", "")] == [
        True,
        True,
        False,
        False,
    ]

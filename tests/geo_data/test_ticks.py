"""Seconds as ticks: near enough, never too large, and the same sums in any order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_data.roads.ticks import NEVER, TICK_S, fine_ticks, in_seconds, part, whole_ticks


@given(st.floats(0, NEVER * TICK_S - 1))
def test_seconds_come_back_within_half_a_tick(seconds: float) -> None:
    assert abs(in_seconds(whole_ticks([seconds]))[0] - seconds) <= TICK_S / 2


@pytest.mark.parametrize("seconds", [np.inf, NEVER * TICK_S, 1e12])
def test_what_takes_too_long_is_never_reached(seconds: float) -> None:
    assert whole_ticks([seconds])[0] == NEVER
    assert in_seconds(whole_ticks([seconds]))[0] == np.inf


def test_two_roads_that_lead_nowhere_are_still_never_and_not_a_short_way() -> None:
    both = whole_ticks([np.inf]) + whole_ticks([np.inf])
    assert both.dtype == np.uint32
    assert in_seconds(both)[0] == np.inf


@given(st.lists(st.tuples(st.integers(0, 1 << 24), st.floats(0, 1)), min_size=2, max_size=40), st.randoms())
def test_sums_of_parts_are_the_same_in_any_order(parts: list[tuple[int, float]], order: "np.random.Generator") -> None:
    ticks = [part(float(whole), share) for whole, share in parts]
    again = ticks.copy()
    order.shuffle(again)
    assert sum(ticks) == sum(again)


@given(st.floats(0, 1e4))
def test_fine_ticks_are_right_to_a_billionth_of_a_second(seconds: float) -> None:
    assert abs(fine_ticks([seconds])[0] * TICK_S - seconds) <= 0.5e-9


def test_no_part_of_a_closed_road_takes_no_time() -> None:
    assert part(float(NEVER), 0.0) == 0.0
    assert part(float(NEVER), 1e-9) == np.inf

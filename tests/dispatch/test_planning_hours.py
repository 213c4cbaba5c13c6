"""Late shares of an hour, and rosters: oracles and what must always hold."""

from datetime import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.arrival import forecast_arrival
from dispatch.errors import InvalidInput
from dispatch.planning.hours import Hour, manning_order
from dispatch.planning.on_time import mean_travel_s, p_on_time
from dispatch.planning.shifts import cheapest_roster, covers_hour, least_staff, on_duty
from dispatch.policy.policy import ArrivalModel
from dispatch.unit import ALWAYS, Shift

MODEL = ArrivalModel()
DEMO = (Shift(time(7), time(15, 30)), Shift(time(15), time(23, 30)), Shift(time(23), time(7, 30)))
RANDOM = np.random.default_rng(3)
TRAVEL_S = RANDOM.uniform(120, 2400, (6, 9))
LIMIT_S = np.array([1740.0] * 6 + [3540.0] * 3)
WEIGHT = RANDOM.dirichlet(np.ones(9))


def hour(per_h: float, on_scene_s: float = 1500.0) -> Hour:
    return Hour(TRAVEL_S, LIMIT_S, WEIGHT, reports_per_s=per_h / 3600, on_scene_s=on_scene_s, model=MODEL)


def test_the_table_of_probabilities_is_the_forecast_itself() -> None:
    want = [
        [forecast_arrival(t, MODEL).p_within(limit) for t, limit in zip(row, LIMIT_S, strict=True)]
        for row in TRAVEL_S.tolist()
    ]
    assert p_on_time(TRAVEL_S, LIMIT_S, MODEL) == pytest.approx(np.array(want), abs=0.002)


def test_nobody_is_in_time_where_no_road_leads_or_no_time_is_left() -> None:
    assert p_on_time(np.array([[np.inf, 60.0]]), np.array([1800.0, 0.0]), MODEL).tolist() == [[0.0, 0.0]]


def test_with_hardly_any_work_the_nearest_always_goes() -> None:
    found = hour(1e-6).expected([0, 2, 4])
    nearest = TRAVEL_S[[0, 2, 4]].argmin(axis=0)
    rows = np.array([0, 2, 4])[nearest]
    late = 1 - p_on_time(TRAVEL_S, LIMIT_S, MODEL)[rows, np.arange(9)]
    assert found.late_share == pytest.approx(float(WEIGHT @ late), abs=1e-6)
    assert found.travel_s == pytest.approx(float(WEIGHT @ mean_travel_s(TRAVEL_S, MODEL)[rows, np.arange(9)]), abs=1e-3)


def test_more_work_than_people_is_told_as_such() -> None:
    found = hour(20).expected([0, 1])
    assert (found.late_share, found.busy_share, found.p_wait) == (1.0, 1.0, 1.0)


@given(per_h=st.floats(0.5, 8), more=st.floats(1.05, 2))
@settings(max_examples=25, deadline=None)
def test_more_reports_never_make_fewer_late(per_h: float, more: float) -> None:
    posts = [0, 1, 2, 3, 4, 5, 0, 1]
    assert hour(per_h * more).expected(posts).late_share >= hour(per_h).expected(posts).late_share - 1e-9


@pytest.mark.parametrize(("per_h", "off"), [(2.0, 0.01), (4.0, 0.02), (6.0, 0.045)])
def test_the_approximation_is_near_a_simulated_hour_on_the_low_side(per_h: float, off: float) -> None:
    posts = [0, 1, 2, 3, 4, 5]
    found = hour(per_h).expected(posts)
    late, busy = _simulated(per_h, posts, reports=20_000)
    assert late - off < found.late_share < late + 0.005
    assert found.busy_share == pytest.approx(busy, abs=0.02)


def _simulated(per_h: float, posts: list[int], reports: int) -> tuple[float, float]:
    """Nearest free one goes, who waits is served in turn; work on scene and travel as the model draws them."""
    random = np.random.default_rng(11)
    at = np.cumsum(random.exponential(3600 / per_h, reports))
    place = random.choice(len(WEIGHT), reports, p=WEIGHT)
    turnout_s = random.lognormal(np.log(MODEL.turnout_median_s), MODEL.turnout_log_sd, reports)
    knots = np.interp(TRAVEL_S / 60, MODEL.travel_minutes, MODEL.travel_log_sd)
    scatter, scene_s = random.normal(size=reports), random.exponential(1500.0, reports)
    free_at, late, work_s = np.zeros(len(posts)), 0, 0.0
    for k in range(reports):
        go_at = max(at[k], free_at.min())
        free = np.flatnonzero(free_at <= go_at)
        unit = free[TRAVEL_S[np.array(posts)[free], place[k]].argmin()]
        row = posts[unit], place[k]
        arrive_at = go_at + turnout_s[k] + TRAVEL_S[row] * np.exp(knots[row] * scatter[k])
        late += arrive_at - at[k] > LIMIT_S[place[k]]
        free_at[unit] = arrive_at + scene_s[k]
        work_s += free_at[unit] - go_at
    return late / reports, work_s / at[-1] / len(posts)


def test_posts_are_manned_where_most_is_gained_and_doubled_where_that_is_worth_more() -> None:
    p = np.array([[0.9, 0.0], [0.0, 0.9]])
    assert manning_order(p, np.array([0.9, 0.1]), 3, 0.5).tolist() == [0, 0, 0]
    assert manning_order(p, np.array([0.6, 0.4]), 2, 0.5).tolist() == [0, 1]


def test_each_next_person_is_the_best_that_can_be_added() -> None:
    p, q = p_on_time(TRAVEL_S, LIMIT_S, MODEL), 0.4

    def worth(rows: list[int]) -> float:
        best = -np.sort(-p[rows], axis=0)
        return float(((1 - q) * q ** np.arange(len(rows))) @ best @ WEIGHT)

    order = manning_order(p, WEIGHT, 12, q).tolist()
    for k in range(12):
        assert worth(order[: k + 1]) == pytest.approx(max(worth([*order[:k], row]) for row in range(6)))


@given(targets=st.tuples(st.floats(0.02, 0.9), st.floats(0.02, 0.9)), per_h=st.floats(0.5, 6))
@settings(max_examples=20, deadline=None)
def test_a_harder_target_never_takes_fewer_people(targets: tuple[float, float], per_h: float) -> None:
    one = hour(per_h)
    order = manning_order(p_on_time(TRAVEL_S, LIMIT_S, MODEL), WEIGHT, 30, 0.5)
    easy, hard = (least_staff(lambda n: one.expected(order[:n]), t, 30) for t in sorted(targets, reverse=True))
    assert hard is None or (easy is not None and easy <= hard)
    if hard is not None:
        assert one.expected(order[:hard]).late_share <= min(targets)


def test_a_shift_covers_the_hours_it_is_on_for_whole() -> None:
    assert [h for h in range(24) if covers_hour(DEMO[0], h)] == list(range(7, 15))
    assert [h for h in range(24) if covers_hour(DEMO[2], h)] == [0, 1, 2, 3, 4, 5, 6, 23]
    assert all(covers_hour(ALWAYS, h) for h in range(24))


@given(need=st.lists(st.integers(0, 60), min_size=24, max_size=24))
def test_every_hour_has_as_many_as_it_needs(need: list[int]) -> None:
    roster = cheapest_roster(need, DEMO)
    assert all(on >= wanted for on, wanted in zip(on_duty(roster, DEMO), need, strict=True))
    assert roster == [max(need[7:15]), max(need[15:23]), max([*need[:7], need[23]])]  # these shifts share no whole hour


@given(need=st.lists(st.integers(0, 3), min_size=4, max_size=4))
@settings(max_examples=15, deadline=None)
def test_no_smaller_roster_would_do(need: list[int]) -> None:
    shifts = [Shift(time(0), time(12)), Shift(time(6), time(18)), Shift(time(12), time(0)), Shift(time(18), time(6))]
    hourly = [n for n in need for _ in range(6)]
    least = min(
        sum(tried)
        for tried in product(range(4), repeat=4)
        if all(on >= wanted for on, wanted in zip(on_duty(tried, shifts), hourly, strict=True))
    )
    assert sum(cheapest_roster(hourly, shifts)) == least


def test_an_hour_no_shift_covers_is_named() -> None:
    with pytest.raises(InvalidInput, match="15:00"):
        cheapest_roster([1] * 24, [Shift(time(7), time(15, 30)), Shift(time(16), time(7))])

"""Today so far: trips that have ended move forecasts a little, only those that have ended, and never for want of data."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from finished_trips import BEGAN, EVENING, stated, trips
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import cho_factor, cho_solve

from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fit import fit
from dispatch.prediction.lately import how_varying, level_of
from dispatch.prediction.learned import NEARLY_THERE_S, Learned
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions, Progress
from dispatch.prediction.restate import restate
from dispatch.prediction.shape import Shape
from dispatch.prediction.today import AHEAD_S, MEMORY_S, Today, Varying, level, narrowed

PRIOR = ArrivalModel(spread_by_hour=False)
VARYING = Varying(0.09, 0.06)
MODEL: Learned = replace(fit([], [], PRIOR, source="test"), varying=VARYING)
AFTER = (BEGAN + timedelta(hours=21)).timestamp()


def now(n: int, slow: float, model: Learned = MODEL) -> tuple[float, float]:
    log_level, known = level_of(trips(n, slow=slow, a_day=240), model).at(np.array([AFTER]))
    return float(log_level[0]), float(known[0])


def test_the_filter_is_the_best_linear_guess_from_all_that_ended() -> None:
    draw = np.random.default_rng(3)
    ended_s, slow = np.sort(draw.uniform(0, 40_000, 30)), 0.1 * draw.standard_normal(30)
    variance = np.full(30, 0.07)
    at_s = np.array([*ended_s, 42_000.0 + AHEAD_S])

    def related(a_s: np.ndarray, b_s: np.ndarray) -> np.ndarray:
        apart_s = np.abs(a_s[:, None, None] - b_s[None, :, None])
        return np.asarray((VARYING.variances * np.exp(-apart_s / MEMORY_S)).sum(axis=2))

    noisy = cho_factor(related(ended_s, ended_s) + np.eye(30) * (0.07 - VARYING.variances.sum()))
    with_now = related(at_s[-1:], ended_s)[0]
    log_level, known = level(ended_s, slow, variance, VARYING).at(np.array([42_000.0]))
    assert log_level[0] == pytest.approx(with_now @ cho_solve(noisy, slow))
    assert known[0] == pytest.approx(with_now @ cho_solve(noisy, with_now))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.integers(0, 1_000), st.floats(-3600, 8 * 3600))
def test_only_what_ended_before_the_statement_counts(n: int, seed: int, after_s: float) -> None:
    some = trips(n, slow=1.3, a_day=60, seed=seed)
    at_s = (BEGAN + timedelta(hours=18)).timestamp() + after_s
    known = level_of(some, MODEL).at(np.array([at_s]))
    told = level_of([t for t in some if t.ended_s < at_s], MODEL).at(np.array([at_s]))
    other = [t if t.ended_s < at_s else replace(t, travel_s=t.travel_s * 3) for t in some]
    assert np.array_equal(known, told)
    assert np.array_equal(known, level_of(other, MODEL).at(np.array([at_s])))


def test_a_slow_day_slows_forecasts_more_the_more_trips_have_shown_it_and_never_wholly() -> None:
    levels = [now(n, 1.25)[0] for n in (0, 1, 10, 100)]
    assert levels == sorted(levels)
    assert levels[0] == 0
    assert levels[1] < 0.05 < levels[3] < np.log(1.25)
    assert now(0, 1.25)[1] == 0
    assert 0 < now(10, 1.25)[1] < now(100, 1.25)[1] < VARYING.variances.sum()


def test_one_mad_trip_does_not_mislead() -> None:
    mad = [*trips(20, slow=1.0, log_sd=0.01, a_day=240), replace(trips(1)[0], travel_s=90_000.0)]
    shown = level_of(mad, MODEL).at(np.array([mad[-1].ended_s + 60]))[0][0]
    assert 0 < shown < 0.1


def test_what_ended_is_forgotten_and_the_spread_is_whole_again() -> None:
    found = level_of(trips(100, slow=1.3, a_day=240), MODEL)
    later_s = AFTER + 3600 * np.array([0.0, 6.0, 48.0, 480.0])
    log_levels, known = found.at(later_s)
    assert (np.diff(log_levels) < 0).all()
    assert (np.diff(known) < 0).all()
    assert log_levels[-1] == pytest.approx(0, abs=1e-6)


@given(st.floats(0.05, 0.6), st.floats(0, 1))
def test_knowing_today_narrows_a_spread_and_leaves_a_good_deal(log_sd: float, known: float) -> None:
    assert 0.5 * log_sd <= narrowed(np.array([log_sd]), known)[0] <= log_sd * (1 + 1e-12)


def test_how_far_days_differ_is_learned_and_few_days_or_like_ones_say_nothing() -> None:
    draw = np.random.default_rng(5)
    days = np.exp(0.12 * draw.standard_normal(40))
    some = [
        replace(t, travel_s=t.travel_s * days[k // 20])
        for k, t in enumerate(trips(800, slow=1.0, log_sd=0.2, a_day=20))
    ]
    found = how_varying(some, MODEL)
    assert np.sqrt(found.variances.sum()) == pytest.approx(0.12, abs=0.03)
    assert how_varying(some[:60], MODEL) == Varying()
    assert np.sqrt(how_varying(trips(800, slow=1.0, a_day=20), MODEL).variances.sum()) < 0.05
    assert now(100, 1.3, replace(MODEL, varying=Varying())) == (0, 0)


def test_a_model_asked_with_today_says_what_is_restated_with_the_same_level() -> None:
    some = trips(100, slow=1.3, a_day=240)
    found = level_of(some, MODEL)
    one = replace(stated(some[0]), at=BEGAN + timedelta(hours=21))
    log_level, known = (float(x[0]) for x in found.at(np.array([one.at.timestamp()])))
    usual, slow = (
        MODEL.at(EVENING, Moment.ASSIGNMENT),
        MODEL.at(EVENING, Moment.ASSIGNMENT, None, Today(log_level, known)),
    )
    told_s = np.array([one.travel_s])
    assert slow.slowness(told_s)[0] == pytest.approx(usual.slowness(told_s)[0] * np.exp(log_level))
    assert all(a < b for a, b in zip(slow.model.travel_log_sd, usual.model.travel_log_sd, strict=True))
    assert restate([one], MODEL, found).log_medians[0] > restate([one], MODEL).log_medians[0] + 0.8 * log_level


def test_a_unit_nearly_there_is_forecast_in_a_shape_of_its_own() -> None:
    near, far = Shape((-1.0, 1.0), (-2.0, 2.0)), Shape((-1.0, 1.0), (-1.5, 1.5))
    model = replace(MODEL, shapes={Moment.ON_THE_WAY: far}, nearly_there=near)
    for left_s, shape in ((NEARLY_THERE_S - 1, near), (NEARLY_THERE_S, far)):
        assert model.at(Conditions(9, "weekday"), Moment.ON_THE_WAY, Progress(300, 200, left_s)).shape == shape

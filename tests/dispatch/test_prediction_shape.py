"""The shape of arrivals: a rising curve that never makes anything certain."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dispatch.arrival import forecast_arrival
from dispatch.errors import InvalidInput
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fit import shape_of
from dispatch.prediction.fitted import Fitted, pace_ratio, reshaped
from dispatch.prediction.shape import PLAIN, Shape

rising = st.lists(st.floats(0.05, 1.5), min_size=3, max_size=6).map(lambda steps: np.cumsum(steps) - 1.5)
inner = st.floats(0.001, 0.999)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    first = draw(rising)
    second = draw(rising.filter(lambda x: len(x) >= len(first)))[: len(first)]
    return Shape(tuple(first.tolist()), tuple(second.tolist()))


@given(shapes(), inner, inner)
def test_a_shape_keeps_the_order_of_probabilities(shape: Shape, p: float, q: float) -> None:
    low, high = shape.p(np.sort([p, q]))
    assert 0 <= low <= high <= 1


@given(shapes(), st.floats(0.05, 0.95))
def test_the_inverse_leads_back(shape: Shape, p: float) -> None:
    there = shape.shares(np.array(p))
    assume(1e-9 < float(there) < 1 - 1e-9)  # beyond, the normal scores themselves are cut off
    assert float(shape.p(there)) == pytest.approx(p, abs=1e-6)


def test_the_plain_shape_changes_nothing() -> None:
    p = np.linspace(0, 1, 11)
    assert (PLAIN.p(p) == p).all()
    assert PLAIN.is_plain


@pytest.mark.parametrize(("forecast", "real"), [((0.0,), (0.0,)), ((0.0, 0.0), (0.0, 1.0)), ((0.0, 1.0), (1.0, 0.0))])
def test_a_shape_that_does_not_rise_is_refused(forecast: tuple[float, ...], real: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput):
        Shape(forecast, real)


def test_no_scores_teach_the_plain_shape_and_many_teach_their_own() -> None:
    assert shape_of(np.empty(0)).is_plain
    wide = shape_of(2 * np.random.default_rng(1).standard_normal(200_000))
    assert float(wide.p(np.array(0.9))) == pytest.approx(0.739, abs=0.01)  # Phi(1.2816 / 2)


@given(st.integers(1, 400), st.floats(-3, 3))
def test_few_scores_move_the_shape_by_no_more_than_their_share(n: int, score: float) -> None:
    shape = shape_of(np.full(n, score))
    steps = 1e-3 * 9
    assert abs(shape.forecast[4] - score * n / (n + 300)) <= steps


@given(st.floats(60, 3000), st.floats(1, 7200), st.floats(1, 7200), shapes())
def test_a_reshaped_forecast_is_monotone_in_the_limit(travel_s: float, a: float, b: float, shape: Shape) -> None:
    forecast = reshaped(forecast_arrival(travel_s, ArrivalModel()), shape)
    low, high = (forecast.p_within(s) for s in sorted([a, b]))
    assert low <= high
    assert forecast.p_within(0) == 0


def test_a_reshaped_quantile_has_its_probability() -> None:
    forecast = reshaped(forecast_arrival(900, ArrivalModel()), Shape((-1.5, 0.2, 2.0), (-1.0, 0.0, 1.0)))
    for p in (0.05, 0.5, 0.95):
        assert forecast.p_within(forecast.quantile_s(p)) == pytest.approx(p, abs=1e-6)
    assert forecast.median_s == forecast.quantile_s(0.5)


@given(st.floats(0, 1))
def test_nothing_is_stated_as_certain(p: float) -> None:
    assert 0.005 <= float(Fitted().stated(np.array(p))) <= 0.995


def test_slowness_follows_length_and_pace_and_leaves_the_unreachable_alone() -> None:
    fitted = Fitted(factor_minutes=(5.0, 15.0), factors=(1.0, 1.2), pace_power=1.0)
    slow = fitted.slowness(np.array([600.0, np.inf]), np.array([8400.0, 1.0]))
    assert slow == pytest.approx([1.1 * 2.0, 1.0])
    assert pace_ratio(np.array([0.0, 1000.0]), np.array([5.0, 0.0])) == pytest.approx([1.0, 1.0])

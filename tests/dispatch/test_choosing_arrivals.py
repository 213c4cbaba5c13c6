"""Arrivals in arrays: the same numbers as one by one, and expected lateness as its definition says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from dispatch.arrival import Forecast, forecast_arrival, forecast_in_scenarios
from dispatch.choosing.arrivals import Arrivals, forecast_arrivals
from dispatch.policy.policy import ArrivalModel

MODEL = ArrivalModel()
travels = st.lists(st.floats(0, 7200), min_size=1, max_size=5)
metres = st.floats(0, 2000)
left = st.floats(-600, 7200)


def one_row(travel_s: list[float], uncertainty_m: float, hour_log_sd: float | None = 0.1) -> Arrivals:
    uncertainty = np.array([uncertainty_m])
    return forecast_arrivals(np.array([travel_s]), MODEL, uncertainty_m=uncertainty, hour_log_sd=hour_log_sd)


@given(travels, metres, left, st.sampled_from([None, 0.06, 0.19]))
def test_arrays_say_what_the_forecast_of_each_trip_says(
    travel_s: list[float], uncertainty_m: float, left_s: float, hour_log_sd: float | None
) -> None:
    found = one_row(travel_s, uncertainty_m, hour_log_sd)
    p, p90_s = found.p_within(np.array([left_s]))[0], found.quantiles_s([0.9], 0, np.arange(len(travel_s)))[0]
    for k, seconds in enumerate(travel_s):
        alone = forecast_arrival(seconds, MODEL, uncertainty_m=uncertainty_m, hour_log_sd=hour_log_sd)
        assert np.exp(found.log_medians[0, k]) == pytest.approx(alone.median_s, rel=1e-12)
        assert p[k] == pytest.approx(alone.p_within(left_s), abs=1e-9)
        assert p90_s[k] == pytest.approx(alone.quantile_s(0.9), rel=1e-12)


def in_scenarios(uncertainty_m: float = 50.0) -> tuple[Arrivals, list[Forecast]]:
    """Three units at two incidents; the middle one has no scenarios, the last no road to the first incident."""
    random = np.random.default_rng(5)
    travel_s = np.array([[300.0, 900.0, np.inf], [1500.0, 600.0, 1200.0]])
    scenario_s = np.where(np.isfinite(travel_s), travel_s, 1.0)[:, :, None] * random.lognormal(0, 0.2, (2, 3, 16))
    scenario_s[:, 1] = np.nan
    found = forecast_arrivals(
        travel_s,
        MODEL,
        uncertainty_m=np.full(2, uncertainty_m),
        hour_log_sd=0.12,
        scenario_s=scenario_s,
        scenario_log_sd=0.1,
    )
    options = {"uncertainty_m": uncertainty_m, "hour_log_sd": 0.12}
    alone: list[Forecast] = [
        forecast_in_scenarios(scenario_s[1, 0], 0.1, 1500.0, MODEL, **options),
        forecast_arrival(600.0, MODEL, **options),
        forecast_in_scenarios(scenario_s[1, 2], 0.1, 1200.0, MODEL, **options),
    ]
    return found, alone


@pytest.mark.parametrize("left_s", [600.0, 1500.0, 3000.0])
def test_scenarios_say_what_the_forecast_in_scenarios_says(left_s: float) -> None:
    found, alone = in_scenarios()
    p = found.p_within(np.array([1.0, left_s]))[1]
    assert p == pytest.approx([f.p_within(left_s) for f in alone], abs=1e-9)
    shares = (0.5, 0.9)
    quantiles = found.quantiles_s(shares, 1, np.array([2, 0, 1]))
    expected = [[alone[k].quantile_s(p) for k in (2, 0, 1)] for p in shares]
    assert quantiles == pytest.approx(np.array(expected), abs=2e-3)


def test_where_no_road_leads_nobody_arrives() -> None:
    found, _ = in_scenarios()
    limits = np.array([1800.0, 1800.0])
    assert found.p_within(limits)[0, 2] == 0
    assert found.lateness_s(limits)[0, 2] == np.inf
    assert found.mean_s[0, 2] == np.inf


@settings(max_examples=40, deadline=None)
@given(st.floats(30, 5000), metres, st.floats(-600, 6000))
def test_expected_lateness_is_the_integral_of_the_probability_to_be_later_still(
    travel_s: float, uncertainty_m: float, left_s: float
) -> None:
    alone = forecast_arrival(travel_s, MODEL, uncertainty_m=uncertainty_m, hour_log_sd=0.1)
    end_s, start_s = alone.quantile_s(1 - 1e-12), max(left_s, 0.0)
    integral, _ = quad(lambda t: 1 - alone.p_within(t), start_s, max(end_s, start_s), limit=500, epsabs=1e-5)
    found = one_row([travel_s], uncertainty_m).lateness_s(np.array([left_s]))[0, 0]
    assert found == pytest.approx(integral + max(-left_s, 0.0), rel=1e-6, abs=0.01)


def test_expected_lateness_in_scenarios_is_the_integral_too() -> None:
    found, alone = in_scenarios()
    late_s = found.lateness_s(np.array([1800.0, 1400.0]))[1]
    for k, forecast in enumerate(alone):
        integral, _ = quad(lambda t, f=forecast: 1 - f.p_within(t), 1400.0, 20_000.0, limit=500)
        assert late_s[k] == pytest.approx(integral, rel=1e-6, abs=1e-3)


@given(travels, metres, left, st.floats(0, 3000))
def test_more_time_never_makes_anybody_later(
    travel_s: list[float], uncertainty_m: float, left_s: float, more_s: float
) -> None:
    found = one_row(travel_s, uncertainty_m)
    sooner, later = (found.lateness_s(np.array([limit]))[0] for limit in (left_s, left_s + more_s))
    assert (later <= sooner + 1e-6).all()
    assert (later >= 0).all()

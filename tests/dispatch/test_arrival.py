"""Arrival forecasts against a simulation of the sum they stand for, and the rules any forecast obeys."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.arrival import forecast_arrival, travel_log_sd
from dispatch.policy.policy import ArrivalModel

MODEL = ArrivalModel()
travel = st.floats(0, 10_000)


@pytest.mark.parametrize("travel_s", [120, 600, 1800, 3600])
def test_the_forecast_matches_a_simulated_sum_of_turnout_and_travel(travel_s: float) -> None:
    random = np.random.default_rng(7)
    turnout = MODEL.turnout_median_s * np.exp(MODEL.turnout_log_sd * random.standard_normal(200_000))
    log_sd = np.interp(travel_s / 60, MODEL.travel_minutes, MODEL.travel_log_sd)
    total = turnout + travel_s * np.exp(log_sd * random.standard_normal(200_000))
    forecast = forecast_arrival(travel_s, MODEL)
    for limit in np.quantile(total, [0.1, 0.5, 0.8, 0.9, 0.95]):
        assert forecast.p_within(float(limit)) == pytest.approx(np.mean(total <= limit), abs=0.012)


def test_a_unit_on_its_way_has_no_turnout_left() -> None:
    assert forecast_arrival(600, MODEL, departed=True).median_s == pytest.approx(600)


@given(travel, st.floats(-100, 20_000), st.floats(0, 5_000))
def test_more_time_never_lowers_the_probability(travel_s: float, limit_s: float, more_s: float) -> None:
    forecast = forecast_arrival(travel_s, MODEL)
    assert 0 <= forecast.p_within(limit_s) <= forecast.p_within(limit_s + more_s) <= 1


@given(travel, st.floats(0.01, 0.99))
def test_quantiles_and_probabilities_are_inverse(travel_s: float, p: float) -> None:
    forecast = forecast_arrival(travel_s, MODEL)
    assert forecast.p_within(forecast.quantile_s(p)) == pytest.approx(p, abs=1e-9)


@given(travel)
def test_once_the_time_has_run_out_nothing_can_be_kept(travel_s: float) -> None:
    assert forecast_arrival(travel_s, MODEL).p_within(0) == 0


@given(travel, st.floats(0, 3_000), st.floats(1, 3_000))
def test_a_vaguer_place_never_makes_the_median_sooner(travel_s: float, radius_m: float, more_m: float) -> None:
    exact, vague = (forecast_arrival(travel_s, MODEL, uncertainty_m=r) for r in (radius_m, radius_m + more_m))
    assert vague.quantile_s(0.9) >= exact.quantile_s(0.9) - 1e-6


def test_a_vague_place_matches_a_simulated_search_for_it() -> None:
    random = np.random.default_rng(11)
    travel_s, radius_m = 900.0, 1500.0
    log_sd = np.interp(travel_s / 60, MODEL.travel_minutes, MODEL.travel_log_sd)
    drive = travel_s * np.exp(log_sd * random.standard_normal(200_000))
    away_m = random.rayleigh(radius_m / 2.146, 200_000)
    total = drive + away_m / MODEL.search_mps
    forecast = forecast_arrival(travel_s, MODEL, departed=True, uncertainty_m=radius_m)
    for limit in np.quantile(total, [0.1, 0.5, 0.9]):
        assert forecast.p_within(float(limit)) == pytest.approx(np.mean(total <= limit), abs=0.02)


@given(travel, st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_an_hour_of_more_scatter_widens_the_forecast(travel_s: float, hour: float, more: float) -> None:
    calm, wild = (forecast_arrival(travel_s, MODEL, departed=True, hour_log_sd=sd) for sd in (hour, hour + more))
    assert calm.log_sd < wild.log_sd
    assert travel_log_sd(travel_s, MODEL, hour) >= hour


@given(travel)
def test_the_usual_hour_and_an_unknown_one_forecast_alike(travel_s: float) -> None:
    usual = travel_log_sd(travel_s, MODEL, MODEL.usual_hour_log_sd)
    assert usual == pytest.approx(travel_log_sd(travel_s, MODEL, None))


@given(travel, st.floats(0.01, 0.5))
def test_the_policy_may_hold_the_spread_the_same_all_day(travel_s: float, hour: float) -> None:
    fixed = replace(MODEL, spread_by_hour=False)
    assert forecast_arrival(travel_s, fixed, hour_log_sd=hour) == forecast_arrival(travel_s, fixed)

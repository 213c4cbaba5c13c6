"""Forecasts from scenarios: against a simulation of what they stand for, and the rules any forecast obeys."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scene import Scene, straight_times

from dispatch.arrival import forecast_arrival, forecast_in_scenarios, travel_log_sd
from dispatch.choosing.rules import nearest_by_road
from dispatch.location import Position
from dispatch.policy.policy import ArrivalModel
from dispatch.ports import TravelTimes
from dispatch.vocabulary import Role

MODEL = ArrivalModel()
scenarios = st.lists(st.floats(0, 7200), min_size=1, max_size=16).map(np.array)


@pytest.mark.parametrize("usual_s", [300, 1200, 2400])
def test_the_forecast_matches_a_simulation_of_turnout_roads_and_driver(usual_s: float) -> None:
    random = np.random.default_rng(3)
    roads, rest = 0.09, np.sqrt(travel_log_sd(usual_s, MODEL) ** 2 - 0.09**2)
    scenario_s = usual_s * np.exp(roads * random.standard_normal(64))
    forecast = forecast_in_scenarios(scenario_s, roads, usual_s, MODEL)
    draws = 40_000
    turnout = MODEL.turnout_median_s * np.exp(MODEL.turnout_log_sd * random.standard_normal((64, draws)))
    total = turnout + scenario_s[:, None] * np.exp(rest * random.standard_normal((64, draws)))
    for p in (0.1, 0.5, 0.9):
        limit_s = float(np.quantile(total, p))
        assert forecast.p_within(limit_s) == pytest.approx(p, abs=0.01)
        assert forecast.quantile_s(p) == pytest.approx(limit_s, rel=0.02)


@pytest.mark.parametrize("usual_s", [300, 1200, 2400])
def test_typical_scenarios_scatter_in_all_as_much_as_no_scenarios(usual_s: float) -> None:
    even = np.array([-1.9, -1.2, -0.8, -0.5, -0.15, 0.15, 0.5, 0.8, 1.2, 1.9])
    scenario_s = usual_s * np.exp(0.09 * even / even.std())
    seen, plain = forecast_in_scenarios(scenario_s, 0.09, usual_s, MODEL), forecast_arrival(usual_s, MODEL)
    for p in (0.05, 0.5, 0.9, 0.95):
        assert seen.quantile_s(p) == pytest.approx(plain.quantile_s(p), rel=0.015)


@given(st.floats(0, 7200), st.floats(0, 2000), st.booleans())
def test_scenarios_that_say_nothing_change_nothing(travel_s: float, uncertainty_m: float, departed: bool) -> None:
    seen = forecast_in_scenarios(
        np.full(8, travel_s), 0.0, travel_s, MODEL, departed=departed, uncertainty_m=uncertainty_m
    )
    plain = forecast_arrival(travel_s, MODEL, departed=departed, uncertainty_m=uncertainty_m)
    assert seen.median_s == pytest.approx(plain.median_s, rel=1e-4)
    assert seen.p_within(1800) == pytest.approx(plain.p_within(1800), abs=1e-9)


@given(scenarios, st.floats(-10, 8000), st.floats(0, 2000))
@example(np.array([0.0]), 0.0, 5e-324)  # a share of it would round to nothing
def test_more_time_never_lowers_the_probability(scenario_s: np.ndarray, limit_s: float, more_s: float) -> None:
    forecast = forecast_in_scenarios(scenario_s, 0.1, 600, MODEL)
    assert 0 <= forecast.p_within(limit_s) <= forecast.p_within(limit_s + more_s) <= 1


@given(scenarios, st.floats(0.01, 0.99), st.floats(0, 0.6))
@settings(deadline=None)
def test_quantiles_and_probabilities_are_inverse(scenario_s: np.ndarray, p: float, log_sd: float) -> None:
    forecast = forecast_in_scenarios(scenario_s, log_sd, 600, MODEL)
    assert forecast.p_within(forecast.quantile_s(p)) == pytest.approx(p, abs=1e-3)


@given(scenarios, st.floats(1, 1000), st.floats(60, 4000))
def test_slower_roads_never_raise_the_probability(scenario_s: np.ndarray, more_s: float, limit_s: float) -> None:
    before, after = (forecast_in_scenarios(s, 0.1, 600, MODEL) for s in (scenario_s, scenario_s + more_s))
    assert (
        after.p_within(limit_s) <= before.p_within(limit_s) + 0.02
    )  # Fenton's match is not monotone to the last digit


def test_the_desk_takes_the_probability_from_scenarios_where_there_are_some() -> None:
    def in_scenarios(origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
        times = straight_times(origins, destination, now)
        scenario_s = np.repeat(times.seconds[:, None], 8, axis=1)
        scenario_s[0, :4] += 7200  # on half of the days the bridge is jammed
        scenario_s[2] = np.nan
        return replace(times, scenario_s=scenario_s, scenario_log_sd=0.1)

    scene = Scene()
    by_road = replace(scene.desk, rule=nearest_by_road)
    plain = by_road.advise(scene.report(), Role.SURVEYOR, scene.now).options
    desk = replace(by_road, travel_times=in_scenarios)
    seen = desk.advise(scene.report(), Role.SURVEYOR, scene.now).options
    assert [c.unit_id for c in seen] == [c.unit_id for c in plain]
    assert seen[0].p_kept == pytest.approx(plain[0].p_kept / 2, abs=0.02)
    assert seen[1].p_kept == pytest.approx(plain[1].p_kept, abs=0.01)
    assert seen[2] == plain[2]

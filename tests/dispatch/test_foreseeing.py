"""The three moments at which a probability is stated, each a fact that can be checked afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scene import SCENE, Scene

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding import advance, fold
from dispatch.location import Position
from dispatch.policy.policy import ArrivalModel, Policy
from dispatch.prediction.fit import fit
from dispatch.prediction.learned import cell_of
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions, Forecasting, Progress, conditions_at
from dispatch.prediction.today import Today
from dispatch.prediction.trips import statements_of, trips_of
from dispatch.vocabulary import Role
from dispatch.watch import watch


def foreseeing(**options: object) -> Scene:
    scene = Scene(**options)  # type: ignore[arg-type]
    scene.desk = replace(scene.desk, forecasting=Forecasting(foresees=True, wet=lambda _: True))
    return scene


def served(scene: Scene) -> str:
    """A report served by its nearest unit, which is seen once on its way."""
    key = scene.report()
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.accept(job.id, scene.wait(seconds=20), by="u")
    scene.desk.depart(job.id, scene.wait(seconds=60), by="u")
    scene.wait(seconds=400)
    scene.see(job.unit_id, Position(113.3345, SCENE.lat))
    watch(scene.desk, scene.now)
    scene.desk.arrive(job.id, scene.wait(seconds=100), by="u")
    scene.desk.clear(job.id, scene.wait(seconds=900), by="u")
    return key


def test_a_report_is_followed_by_a_forecast_for_the_best_unit_before_anybody_is_chosen() -> None:
    scene = foreseeing()
    incident = scene.desk.incident(scene.report())
    seen = incident.foreseen
    assert seen is not None
    assert seen.forecast is not None
    assert (seen.unit_id, seen.at) == ("S1", incident.reported.at)
    assert 0.5 < (seen.p_kept or 0) <= 0.995
    assert seen.forecast.wet
    assert list(seen.forecast.quantiles_s) == sorted(seen.forecast.quantiles_s)
    assert not incident.assignments


def test_a_slow_day_makes_the_desk_expect_later_arrivals() -> None:
    model = fit([], [], ArrivalModel(), source="test")
    expected = []
    for today in (None, Today(0.0, 0.0), Today(0.2, 0.004)):
        scene = Scene()
        forecasting = Forecasting(predictor=model, foresees=True, today=lambda _, known=today: known)  # type: ignore[misc]
        scene.desk = replace(scene.desk, forecasting=forecasting)
        seen = scene.desk.incident(scene.report()).foreseen
        assert seen is not None
        assert seen.eta_at is not None
        expected.append(seen.eta_at)
    assert expected[0] == expected[1] < expected[2]


def test_where_nobody_can_go_nothing_is_stated_and_that_is_a_fact_too() -> None:
    scene = foreseeing(units=[])
    seen = scene.desk.incident(scene.report()).foreseen
    assert seen is not None
    assert (seen.unit_id, seen.p_kept, seen.forecast) == (None, None, None)


def test_a_place_that_is_found_later_is_foreseen_then_and_only_once() -> None:
    scene = foreseeing()
    key = scene.report("说不清在哪里")
    assert scene.desk.incident(key).foreseen is None
    moved = scene.desk.relocate(key, SCENE, scene.wait(minutes=1), by="dispatcher")
    assert moved.foreseen is not None
    again = scene.desk.relocate(key, Position(113.331, SCENE.lat), scene.wait(minutes=1), by="dispatcher")
    assert again.foreseen == moved.foreseen
    with pytest.raises(IllegalTransition):
        advance(again, moved.foreseen)


def test_without_being_asked_a_desk_foresees_nothing() -> None:
    scene = Scene()
    assert scene.desk.incident(scene.report()).foreseen is None


def test_the_three_moments_are_read_back_with_what_came_of_them() -> None:
    scene = foreseeing()
    history = scene.log.history(served(scene))
    statements = statements_of(history, scene.now)
    assert [s.moment for s in statements] == list(Moment)
    report, offer, moving = statements
    assert report.arrived_s == offer.arrived_s == 580
    assert (moving.arrived_s, moving.kept, moving.zone) == (100, True, "urban")
    assert all(
        0 < (s.p_kept or 0) < 1 and len(s.quantiles_s) == len(ev.SHARES) and s.model == "prior" for s in statements
    )
    assert moving.progress is not None
    assert moving.progress.elapsed_s == 400
    assert moving.progress.covered_s == pytest.approx(offer.travel_s - moving.travel_s)


def test_a_promise_that_is_open_still_says_nothing_of_its_forecasts() -> None:
    scene = foreseeing()
    history = scene.log.history(scene.report())
    assert statements_of(history, scene.now) == []
    late = statements_of(history, scene.now + timedelta(hours=2))
    assert [(s.kept, s.arrived_s) for s in late] == [(False, float("inf"))]


def test_a_finished_trip_keeps_both_legs_and_what_the_roads_told() -> None:
    scene = foreseeing()
    (trip,) = trips_of(fold(scene.log.history(served(scene))))
    assert (trip.turnout_s, trip.travel_s) == (80, 500)
    assert trip.told_s == pytest.approx(102, abs=1)
    assert trip.straight_m == pytest.approx(1022, abs=5)
    assert trip.conditions == Conditions(12, "crow", wet=True)


def test_events_older_than_these_facts_still_teach_and_still_fold() -> None:
    scene = foreseeing()
    history = [_older(e) for e in scene.log.history(served(scene)) if not isinstance(e, ev.ArrivalForeseen)]
    (trip,) = trips_of(fold(history))
    assert (trip.straight_m, trip.uncertainty_m, trip.conditions.wet) == (0.0, 50.0, None)
    assert [s.quantiles_s for s in statements_of(history, scene.now)] == [(), ()]


def _older(event: ev.Event) -> ev.Event:
    if isinstance(event, ev.UnitOffered):
        return replace(event, chosen=replace(event.chosen, forecast=None))
    return replace(event, forecast=None) if isinstance(event, ev.ForecastRevised) else event


def test_only_whoever_is_chosen_keeps_the_whole_forecast() -> None:
    scene = foreseeing()
    offer = scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now).open_assignments[0].offer
    assert offer.chosen.forecast is not None
    assert offer.runners_up
    assert all(c.forecast is None for c in offer.runners_up)


def test_the_kind_of_day_is_read_from_the_metric_and_an_unknown_one_counts_as_a_weekday() -> None:
    scene = Scene()
    found = conditions_at(scene.now, "holiday-12+sites")
    assert found == Conditions(12, "holiday", wet=None)
    assert cell_of(found) == "holiday-midday"
    assert cell_of(Conditions(3, "crow")) == "weekday-night"


def test_the_policy_alone_does_not_look_at_progress() -> None:
    assumed = Forecasting().at(Scene().now, "weekday-12", Moment.ON_THE_WAY, Policy().arrival, Progress(900, 60))[0]
    assert assumed.rest_factor == 1

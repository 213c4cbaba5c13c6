"""How far the search for the true place is reckoned to go: by the radius that is stated, until trips say otherwise."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from finished_trips import BEGAN, stated, trips

from dispatch.arrival import sums
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fit import fit
from dispatch.prediction.held_out import held_out, is_known
from dispatch.prediction.learned_file import as_document, from_document
from dispatch.prediction.search_fit import fit_search
from dispatch.prediction.trips import Trip

PRIOR = ArrivalModel(spread_by_hour=False)


def searched(n: int, *, far: bool) -> list[Trip]:
    """Trips to places of all radii; the scene lies at about the radius, or near whatever the radius."""
    draw = np.random.default_rng(3)
    radii_m = np.exp(draw.uniform(np.log(200), np.log(9000), n))
    reach_m = (radii_m if far else np.full(n, 300.0)) / 2.146 * draw.rayleigh(size=n)
    return [
        replace(t, uncertainty_m=float(radius_m), travel_s=t.travel_s + float(m) / PRIOR.search_mps)
        for t, radius_m, m in zip(trips(n), radii_m, reach_m, strict=True)
    ]


def test_radii_that_mean_what_they_say_are_left_alone() -> None:
    assert fit_search(searched(400, far=True), PRIOR) == PRIOR.search_most_m
    assert fit_search([], PRIOR) == PRIOR.search_most_m


def test_radii_that_say_nothing_of_the_way_are_cut_and_the_forecast_with_them() -> None:
    some = searched(400, far=False)
    most_m = fit_search(some, PRIOR)
    assert most_m <= 800
    model = fit(some, [stated(t) for t in some], PRIOR, source="test")
    assert model.prior.search_most_m == most_m
    assert from_document(as_document(model), PRIOR).prior == model.prior
    alone = np.array([600.0]), np.array([0.3])
    near, far = (sums(*alone, model.prior, uncertainty_m=radius_m)[0] for radius_m in (most_m, 9000.0))
    assert near == pytest.approx(far)


def test_a_policy_that_names_a_whole_number_makes_a_model_that_can_be_read() -> None:
    whole = replace(PRIOR, search_most_m=50_000)
    assert from_document(as_document(fit([], [], whole, source="test")), whole).prior == whole


def test_a_few_trips_change_no_radius() -> None:
    assert fit_search(searched(3, far=False), PRIOR) == PRIOR.search_most_m


def test_what_is_held_out_was_stated_after_all_that_was_taught() -> None:
    some = trips(400, a_day=20)
    now = BEGAN + timedelta(days=20)
    found = held_out(some, [stated(t) for t in some], PRIOR, now)["assignment"]
    assert found.n == 100  # the last quarter of the days
    assert found.covered[0.9].n == 100
    assert found.covered[0.9].p == pytest.approx(0.9, abs=0.1)
    assert held_out([], [], PRIOR, now) == {}


def test_what_came_of_a_statement_is_known_once_somebody_is_there() -> None:
    one = replace(stated(trips(1)[0]), arrived_s=600.0)
    assert [is_known(one, one.at + timedelta(seconds=s)) for s in (599, 600)] == [False, True]
    assert not is_known(replace(one, arrived_s=np.inf), one.at + timedelta(days=9))

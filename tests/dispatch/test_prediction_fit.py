"""What trips teach: nothing where there are none, and the truth where there are many."""

import numpy as np
import pytest
from finished_trips import EVENING, stated, trips
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.arrival import travel_log_sds
from dispatch.errors import InvalidInput
from dispatch.events import SHARES
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fit import fit
from dispatch.prediction.learned import BANDS, KINDS, LENGTHS_MIN, Learned
from dispatch.prediction.learned_file import as_document, from_document, named
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Assumed, Progress
from dispatch.prediction.restate import restate, said_by
from dispatch.prediction.trips import Statement, Trip

PRIOR = ArrivalModel(spread_by_hour=False)


def learn(some: list[Trip], *, shaped: bool = False) -> Learned:
    return fit(some, [stated(t) for t in some], PRIOR, source="test", shaped=shaped)


def test_no_trips_give_the_prior() -> None:
    cell = learn([]).cells["weekday-evening"]
    assert cell.factors == pytest.approx([1.0] * len(LENGTHS_MIN))
    assert cell.log_sds == pytest.approx(travel_log_sds(60 * np.array(LENGTHS_MIN), PRIOR), rel=0.02)
    assert (cell.turnout_median_s, cell.turnout_log_sd) == pytest.approx((90.0, 0.5), rel=0.02)


@settings(deadline=None, max_examples=15)
@given(st.sampled_from([0.7, 0.8, 1.25, 1.6]), st.integers(0, 50))
def test_the_first_trips_move_the_level_only_part_of_the_way(slow: float, seed: int) -> None:
    factor = learn(trips(10, slow=slow, log_sd=0.02, a_day=10, seed=seed)).cells["weekday-evening"].factors[2]
    assert 0 < np.log(factor) / np.log(slow) < 0.9


def test_many_trips_lead_to_the_data() -> None:
    few, some, cell = (learn(trips(n)).cells["weekday-evening"] for n in (5, 100, 1500))
    off = [abs(np.log(c.factors[2] / 1.3)) for c in (few, some, cell)]
    assert off[0] > off[1] > off[2]
    assert cell.factors[2] == pytest.approx(1.3, rel=0.03)
    assert cell.log_sds[2] == pytest.approx(0.2, abs=0.02)
    assert cell.turnout_median_s == pytest.approx(60, rel=0.03)


def test_trips_of_one_day_teach_less_than_those_of_many() -> None:
    one, many = (learn(trips(60, a_day=per)).cells["weekday-evening"].factors[2] for per in (60, 3))
    assert 1 < one < many


def test_hours_without_trips_of_their_own_learn_less_and_are_less_sure() -> None:
    cells = learn(trips(500)).cells
    seen, unseen = cells["weekday-evening"], cells["holiday-night"]
    assert 1 < unseen.factors[2] < seen.factors[2]
    assert unseen.log_sds[2] > seen.log_sds[2]


def test_a_forecast_of_held_out_trips_is_right_about_as_often_as_it_says() -> None:
    model = learn(trips(1200), shaped=True)
    held_out = [stated(t) for t in trips(1200, seed=2)]
    again = restate(held_out, model)
    arrived_s = np.array([s.arrived_s for s in held_out])
    quantiles_s = again.quantiles_s(SHARES)
    inside = (quantiles_s[:, 0] <= arrived_s) & (arrived_s <= quantiles_s[:, -1])
    assert inside.mean() == pytest.approx(0.9, abs=0.025)
    p = again.p_within(np.array([s.left_s for s in held_out]))
    assert p.mean() == pytest.approx(np.mean([s.kept for s in held_out]), abs=0.03)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-100, 9000), min_size=2, max_size=8))
def test_probabilities_rise_with_the_time_left_and_are_never_certain(left_s: list[float]) -> None:
    some = [stated(t, left) for t, left in zip(trips(1) * len(left_s), sorted(left_s), strict=True)]
    for model in (Assumed(PRIOR), MODEL):
        p = restate(some, model).p_within(np.array(sorted(left_s)))
        assert (np.diff(p) >= 0).all()
        assert (p <= 0.995).all()
        assert (p[np.array(sorted(left_s)) > 0] >= 0.005).all()


MODEL = learn(trips(200), shaped=True)


def test_a_slow_beginning_slows_the_rest_where_that_was_learned() -> None:
    going = []
    for k, trip in enumerate(trips(600, log_sd=0.4)):
        half_s = trip.travel_s / 2
        going.append(
            Statement(
                incident=str(k), moment=Moment.ON_THE_WAY, at=trip.at, day=trip.day, conditions=trip.conditions, p_kept=0.5,
                left_s=900.0, arrived_s=half_s, kept=half_s <= 900, travel_s=trip.told_s / 2,
                progress=Progress(half_s, trip.told_s / 2),
            )
        )  # fmt: skip
    model = fit(trips(600, log_sd=0.4), going, PRIOR, source="test", shaped=False)
    assert 0.5 < model.rest_power <= 1
    slow, quick = (
        model.at(EVENING, Moment.ON_THE_WAY, Progress(elapsed_s, 600.0)).rest_factor for elapsed_s in (1500.0, 400.0)
    )
    assert quick < 1 < slow
    assert min(model.rest_spread) < 1
    assert abs(model.at(EVENING, Moment.ON_THE_WAY).so_far(np.array(5.0), np.array(0.0))) < 0.05


def test_a_model_survives_being_written_and_read() -> None:
    document = as_document(MODEL)
    again = from_document(document, PRIOR)
    assert again.name == named(MODEL).name == document["fingerprint"]
    assert as_document(again) == document
    assert again.about.simulated == 200
    assert set(again.cells) == {f"{kind}-{band}" for kind in KINDS for band in BANDS}


@pytest.mark.parametrize(
    "change",
    [{"form": 0}, {"wet_factor": 2.0}, {"cells": {}}, {"shapes": {"report": {}}}, {"varying": {"slow_sd": -1}}],
)
def test_a_model_that_was_changed_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match=r"gzdispatch learn|Write it anew"):
        from_document(as_document(MODEL) | change, PRIOR)
    with pytest.raises(InvalidInput):
        from_document([], PRIOR)


def test_what_another_model_would_have_said_can_be_checked_like_what_was_said() -> None:
    some = trips(40)
    model = learn(some)
    before = [stated(t) for t in some]
    after = said_by(model, before)
    assert [s.incident for s in after] == [s.incident for s in before]
    for s in after:
        again = restate([s], model)
        assert s.p_kept == pytest.approx(float(again.p_within(np.array([s.left_s]))[0]))
        assert s.quantiles_s == pytest.approx(again.quantiles_s(SHARES)[0])
        assert list(s.quantiles_s) == sorted(s.quantiles_s)

"""Beliefs: how candidates share them out, and what is read off them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_data.places.belief import Beliefs, Heard, agreement_with_town, believe, share_within

METRES = st.floats(10.0, 20_000.0)
KINDS = Beliefs({"name": 0.0, "stem": -2.0}, unknown=-1.5, unknown_in_district=-3.0)


def heard(kinds: list[str], east_m: list[float], *, anchored: bool = False) -> Heard:
    n = len(kinds)
    return Heard(
        kinds, np.array([[east, 0.0] for east in east_m]), np.ones(n), np.full(n, 600.0), anchored, drawn=False
    )


@given(METRES, METRES, METRES)
def test_the_share_within_a_disc_is_that_of_drawn_points(gap_m: float, spread_m: float, limit_m: float) -> None:
    rng = np.random.default_rng(0)
    part = rng.uniform(0, 1, 4000)
    r, way = spread_m * np.sqrt(part / (1 - part)), rng.uniform(0, 2 * np.pi, 4000)
    inside = np.hypot(gap_m + r * np.cos(way), r * np.sin(way)) < limit_m
    assert float(share_within(gap_m, spread_m, limit_m)) == pytest.approx(inside.mean(), abs=0.05)


def test_several_weak_witnesses_on_one_spot_beat_a_lone_one() -> None:
    lone = believe(heard(["stem", "stem", "stem"], [0.0, 9_000.0, 9_100.0]), KINDS)
    assert lone.points[lone.best()[0][0]][0] >= 9_000.0


def test_a_strong_witness_beats_two_weak_ones() -> None:
    belief = believe(heard(["name", "stem", "stem"], [0.0, 9_000.0, 9_100.0]), KINDS)
    assert belief.points[belief.best()[0][0]][0] == 0.0


def test_the_belief_in_places_and_in_none_of_them_is_one() -> None:
    belief = believe(heard(["name", "stem"], [0.0, 500.0]), KINDS)
    assert belief.share.sum() + belief.unknown == pytest.approx(1.0)


def test_a_district_told_leaves_less_room_for_elsewhere() -> None:
    open_, told = (believe(heard(["name"], [0.0], anchored=anchored), KINDS) for anchored in (False, True))
    assert told.unknown < open_.unknown
    assert told.radius_m(told.points[0]) < open_.radius_m(open_.points[0])


@pytest.mark.parametrize(
    ("rival", "gap_m", "least_m", "most_m"),
    [("name", 1_500.0, 1_500.0, 4_000.0), ("name", 60_000.0, 59_000.0, 65_000.0), ("stem", 60_000.0, 0.0, 5_000.0)],
)
def test_a_rival_widens_the_radius_unless_it_is_both_weak_and_far(
    rival: str, gap_m: float, least_m: float, most_m: float
) -> None:
    belief = believe(heard(["name", rival], [0.0, gap_m], anchored=True), KINDS)
    assert least_m < belief.radius_m(belief.points[0]) < most_m


def test_half_the_weight_is_half_the_belief() -> None:
    uneven = heard(["name", "name"], [0.0, 9_000.0])
    uneven.weight[0] = 0.5
    belief = believe(uneven, KINDS)
    assert belief.share[0] == pytest.approx(0.5 * belief.share[1])


def test_what_lies_far_from_the_town_told_is_believed_less() -> None:
    assert agreement_with_town(np.array([0.0, 6_000.0, 60_000.0])) == pytest.approx([1.0, 0.25, 1e-4], rel=0.03)

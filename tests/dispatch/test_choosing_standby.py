"""Expected cover, and where idle units should wait: against the definition, and what any advice obeys."""

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dispatch.choosing.cover import covers, expected_cover, last_adds, lost, missed_in
from dispatch.choosing.standby import moves
from dispatch.policy.policy import Policy
from dispatch.ports import Reach

Covered = npt.NDArray[np.float64]
CELLS = 4
busy = st.sampled_from([0.1, 0.3, 0.6])
weights = arrays(float, CELLS, elements=st.floats(0.01, 1)).map(lambda w: w / w.sum())


def covered(rows: int) -> st.SearchStrategy[Covered]:
    return arrays(float, (rows, CELLS), elements=st.sampled_from([0.0, 1.0]))


@given(covered(3), weights, busy)
def test_expected_cover_is_the_chance_that_one_of_those_near_enough_is_free(
    at: Covered, weight: Covered, q: float
) -> None:
    chance = 0.0
    for taken in product([0, 1], repeat=3):
        p = np.prod([q if t else 1 - q for t in taken])
        free = at[[k for k, t in enumerate(taken) if not t]]
        chance += p * float(weight @ (free.sum(axis=0) > 0))
    assert expected_cover(at, weight, q) == pytest.approx(chance)


@given(covered(4), weights, busy)
def test_what_is_lost_with_a_unit_is_the_difference_it_makes(at: Covered, weight: Covered, q: float) -> None:
    whole = expected_cover(at, weight, q)
    for k in range(4):
        others = np.delete(at, k, axis=0)
        difference = whole - expected_cover(others, weight, q)
        assert lost(at, weight, q)[k] == pytest.approx(difference, abs=1e-12)


def test_a_place_is_covered_within_a_share_of_its_limit_turnout_included() -> None:
    reach = Reach(
        np.array([[1349.0, 1351.0, 2789.0, np.inf]]),
        np.zeros(1, dtype=np.intp),
        np.full(4, 0.25),
        np.array([1800, 1800, 3600, 3600.0]),
        ("",) * 4,
    )
    assert covers(reach, Policy()).tolist() == [[1, 0, 1, 0]]


def test_the_area_that_would_miss_a_unit_most_is_named() -> None:
    at = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    last = last_adds(at.sum(axis=0), np.array([0.2, 0.2, 0.6]), 0.3)
    areas = missed_in(at, last, ("越秀区", "越秀区", "从化区"))
    assert areas == ["越秀区", "从化区", ""]


@given(covered(3), covered(4), weights, busy, st.floats(0.001, 0.2))
def test_every_advised_move_gains_what_it_says(
    units: Covered, posts: Covered, weight: Covered, q: float, least: float
) -> None:
    where, before = units.copy(), expected_cover(units, weight, q)
    advised = moves(units, posts, weight, q, least)
    for move in advised:
        where[move.unit] = posts[move.post]
        after = expected_cover(where, weight, q)
        assert move.gain >= least
        assert after - before == pytest.approx(move.gain, abs=1e-9)
        before = after
    assert len({m.unit for m in advised}) == len(advised)


@given(covered(3), covered(4), weights, busy)
def test_the_first_move_is_the_best_there_is(units: Covered, posts: Covered, weight: Covered, q: float) -> None:
    gains = []
    for unit, post in product(range(3), range(4)):
        where = units.copy()
        where[unit] = posts[post]
        gains.append(expected_cover(where, weight, q) - expected_cover(units, weight, q))
    first = next(iter(moves(units, posts, weight, q, 1e-6)), None)
    assert (first.gain if first else 0.0) == pytest.approx(max(0.0, *gains), abs=2e-6)


def test_nobody_moves_where_all_is_covered_or_no_post_is_known() -> None:
    everywhere = np.ones((2, 3))
    assert moves(everywhere, everywhere, np.full(3, 1 / 3), 0.3, 0.003) == []
    assert moves(everywhere, np.empty((0, 3)), np.full(3, 1 / 3), 0.3, 0.003) == []

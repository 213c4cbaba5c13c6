"""The queue behind a roster, against sums written out and against chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import factorial

from dispatch.planning.queue import p_turn, p_wait


@given(n=st.integers(1, 40), busy=st.floats(0.02, 0.98))
def test_erlang_c_is_the_sum_of_the_textbook(n: int, busy: float) -> None:
    load = n * busy
    terms = load ** np.arange(n) / factorial(np.arange(n))
    all_busy = load**n / factorial(n) / (1 - busy)
    assert p_wait(n, load) == pytest.approx(all_busy / (terms.sum() + all_busy), rel=1e-9)


@given(n=st.integers(1, 60), busy=st.floats(0.01, 0.99))
def test_somebody_goes_or_everybody_is_busy(n: int, busy: float) -> None:
    turn = p_turn(n, n * busy)
    assert turn.sum() + p_wait(n, n * busy) == pytest.approx(1)
    assert (np.diff(turn) <= 1e-12).all()


def test_turns_are_those_of_busy_sets_drawn_at_random() -> None:
    n, load, draws = 5, 3.0, 200_000
    random = np.random.default_rng(7)
    p = np.array([load**k / factorial(k) for k in range(n)])
    p *= (1 - p_wait(n, load)) / p.sum()
    busy = random.choice(n + 1, draws, p=[*p, 1 - p.sum()])
    lists = random.random((draws, n)).argsort(axis=1).argsort(axis=1)  # the busy ones are any so many of them
    first_free = np.where(busy < n, (lists >= busy[:, None]).argmax(axis=1), n)
    share = np.bincount(first_free, minlength=n + 1)[:n] / draws
    assert p_turn(n, load) == pytest.approx(share, abs=0.005)


def test_with_more_work_than_people_all_wait() -> None:
    assert p_wait(3, 3.0) == 1.0
    assert p_turn(3, 3.5).tolist() == [0, 0, 0]

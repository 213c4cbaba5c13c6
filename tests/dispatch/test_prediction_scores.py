"""Scores against what defines them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from dispatch.prediction.calibration import tenth_of
from dispatch.prediction.scores import brier, coverage, crps_lognormal, crps_of_quantiles

outcomes = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@given(outcomes)
def test_the_parts_of_a_brier_score_add_up_to_it(said: list[tuple[float, bool]]) -> None:
    p, kept = np.array([p for p, _ in said]), np.array([k for _, k in said])
    found = brier(p, kept, tenth_of(p))
    assert found is not None
    assert found.score == pytest.approx(np.mean((p - kept) ** 2))
    parts = found.reliability - found.resolution + found.uncertainty + found.within
    assert parts == pytest.approx(found.score)
    assert found.reliability >= 0
    assert found.resolution >= 0


def test_nothing_is_left_within_groups_of_the_same_probability() -> None:
    p = np.array([0.2] * 10 + [0.7] * 10)
    kept = np.array([True, *[False] * 9, *[True] * 6, *[False] * 4])
    found = brier(p, kept, tenth_of(p))
    assert found is not None
    assert found.within == pytest.approx(0, abs=1e-12)
    assert found.reliability == pytest.approx((0.1**2 + 0.1**2) / 2)
    assert brier(p[:0], kept[:0], tenth_of(p[:0])) is None


@given(st.floats(60, 4000), st.floats(0.1, 0.8), st.floats(30, 9000))
def test_the_crps_of_a_lognormal_is_the_integral_that_defines_it(median_s: float, log_sd: float, seen_s: float) -> None:
    def below(x: float) -> float:
        return float(ndtr(np.log(x / median_s) / log_sd)) if x > 0 else 0.0

    far = median_s * np.exp(9 * log_sd) + seen_s
    middle = sorted({median_s * float(np.exp(k * log_sd)) for k in (-3, -1, 0, 1, 3)} - {seen_s})
    left, _ = quad(lambda x: below(x) ** 2, 0, seen_s, limit=300, points=[m for m in middle if m < seen_s] or None)
    right, _ = quad(
        lambda x: (1 - below(x)) ** 2, seen_s, far, limit=300, points=[m for m in middle if seen_s < m < far] or None
    )
    found = float(crps_lognormal(np.array(median_s), np.array(log_sd), np.array(seen_s)))
    assert found == pytest.approx(left + right, rel=2e-3, abs=0.2)


@given(st.floats(60, 4000), st.floats(0.1, 0.6), st.floats(-1.5, 1.5))
def test_many_quantiles_have_the_same_crps(median_s: float, log_sd: float, z: float) -> None:
    shares = (np.arange(999) + 1) / 1000
    quantiles_s = median_s * np.exp(log_sd * ndtri(shares))
    seen_s = np.array([median_s * np.exp(log_sd * z)])
    exact = crps_lognormal(np.array([median_s]), np.array([log_sd]), seen_s)
    assert crps_of_quantiles(quantiles_s[None], shares.tolist(), seen_s) == pytest.approx(exact, rel=0.02)


def test_coverage_counts_both_ends() -> None:
    found = coverage(np.array([1.0, 1.0, 1.0]), np.array([2.0, 2.0, 2.0]), np.array([1.0, 2.0, np.inf]))
    assert (found.kept, found.n) == (2, 3)

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from dispatch.estimates import NOTHING, difference, order_ranks, p_so_few, percentile, rate, share_of

values = st.lists(st.floats(0, 1e5), min_size=1, max_size=80).map(sorted)


@settings(deadline=None)
@given(values, st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_numpys_and_lies_in_its_interval(ordered, p):
    found = percentile(np.array(ordered), p)
    assert found.value == pytest.approx(np.quantile(ordered, p))
    assert found.low <= found.value
    assert found.high is None or found.value <= found.high


@pytest.mark.parametrize("p", [0.5, 0.9])
@pytest.mark.parametrize("n", [1, 5, 6, 28, 29, 100, 1000])
def test_order_statistics_cover_with_95_percent_and_no_narrower_pair_of_tails_does(n, p):
    low, high = order_ranks(n, p)
    below = stats.binom(n, p)
    assert below.cdf(low - 1) <= 0.025 < below.cdf(low)
    assert below.sf(high - 1) <= 0.025 < below.sf(high - 2)


def test_few_values_set_no_upper_bound():
    assert percentile([100.0] * 5, 0.5).high is None
    assert percentile([100.0] * 6, 0.5).high == 100.0
    assert percentile([100.0] * 35, 0.9).high is None
    assert percentile([100.0] * 36, 0.9).high == 100.0
    assert percentile([], 0.5) == NOTHING


def test_the_interval_of_a_median_covers_it_in_simulation():
    rng = np.random.default_rng(5)
    drawn = np.sort(rng.lognormal(7, 0.6, (1500, 40)), axis=1)
    found = [percentile(row, 0.5) for row in drawn]
    covered = np.mean([one.low <= np.exp(7) <= one.high for one in found])
    assert 0.94 <= covered <= 0.99


@settings(deadline=None)
@given(st.integers(0, 300), st.floats(0.1, 400))
def test_a_rate_has_the_exact_poisson_interval(count, days):
    found = rate(count, days)
    low = stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0
    assert found.low == pytest.approx(low / days)
    assert found.high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2 / days)


def test_a_difference_of_shares_is_newcombes_method_10():
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 873, table II: 56/70 and 48/80.
    found = difference(share_of(56, 70), share_of(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_a_difference_without_a_bound_has_none_on_that_side():
    found = difference(percentile([100.0] * 5, 0.5), percentile([50.0] * 6, 0.5))
    assert (found.low, found.high, found.n) == (-50.0, None, 5)
    assert difference(NOTHING, found).value is None


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 40), st.integers(1, 40))
def test_a_difference_turned_round_changes_its_sign_only(a, b, more_a, more_b):
    one, other = share_of(a, a + more_a), share_of(b, b + more_b)
    there, back = difference(one, other), difference(other, one)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))


def test_so_few_by_chance_is_the_binomial_tail():
    assert p_so_few(10, 20, 0.8) == pytest.approx(stats.binom.cdf(10, 20, 0.8))
    assert p_so_few(3, 3, 1.0) == 1.0

"""Times in turn, intervals and ratios."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from api.benchmarks.timing import Ask, Plan, Samples, measure, median_interval, ratio


class Clock:
    """A clock that moves when somebody works."""

    def __init__(self) -> None:
        self.now = 0.0
        self.order: list[tuple[str, int]] = []

    def __call__(self) -> float:
        return self.now

    def worker(self, name: str, seconds: float, scale: float = 1.0) -> Ask:
        def run(query: int) -> None:
            self.now += seconds
            self.order.append((name, query))

        return Ask(run, lambda _, __: np.empty(0), scale=scale)


def test_contenders_take_turns_and_answer_the_same_queries() -> None:
    clock = Clock()
    found = measure({n: clock.worker(n, 0.5) for n in "ABC"}, Plan(rounds=2, queries=2, limit_s=100.0), clock)
    assert [name for name, _ in clock.order] == [*"AABBCC", *"AABBCC"]
    assert [query for name, query in clock.order if name == "B"] == [0, 1, 2, 3]
    assert found["C"].seconds == [0.5] * 4
    assert found["C"].rounds == [0, 0, 1, 1]


def test_a_slow_contender_answers_one_query_a_round_and_stops_at_its_limit() -> None:
    clock = Clock()
    found = measure({"slow": clock.worker("slow", 3.0), "quick": clock.worker("quick", 0.01)}, Plan(5, 10, 10.0), clock)
    assert found["slow"].rounds == [0, 1, 2, 3]  # after 12 of 10 seconds it is asked no more
    assert len(found["quick"].seconds) == 50


def test_what_is_undone_after_a_query_is_not_timed() -> None:
    clock = Clock()
    plain = clock.worker("A", 1.0)
    undone: list[int] = []

    def after(query: int) -> None:
        clock.now += 100.0
        undone.append(query)

    found = measure({"A": Ask(plain.run, plain.read, after)}, Plan(1, 3, 50.0), clock)
    assert found["A"].seconds == [1.0, 1.0, 1.0]
    assert undone == [0, 1, 2]


def test_a_part_counts_as_many_times_as_the_whole_is_longer() -> None:
    clock = Clock()
    found = measure({"A": clock.worker("A", 0.25, scale=200)}, Plan(2, 1, 10.0), clock)
    assert found["A"].seconds == [50.0, 50.0]
    assert found["A"].scale == 200


@given(st.lists(st.floats(0, 1e6), min_size=6, max_size=60))
def test_the_interval_of_a_median_is_made_of_values_and_holds_it(values: list[float]) -> None:
    interval = median_interval(values)
    assert interval is not None
    low, high = interval
    assert {low, high} <= set(values)
    assert low <= float(np.median(values)) <= high


@pytest.mark.parametrize("n", [6, 9, 20, 57, 250])
def test_the_interval_of_a_median_misses_in_at_most_one_of_twenty(n: int) -> None:
    low, high = median_interval(range(n)) or (0, 0)  # ranks from 0
    missed = binom.cdf(low, n, 0.5) + binom.sf(high, n, 0.5)
    assert missed <= 0.05
    closer = binom.cdf(low + 1, n, 0.5) + binom.sf(high - 1, n, 0.5)
    assert closer > 0.05


@pytest.mark.parametrize("n", range(6))
def test_fewer_than_six_values_have_no_interval(n: int) -> None:
    assert median_interval(range(n)) is None


def test_a_ratio_looks_only_at_rounds_that_both_took_part_in() -> None:
    ours = Samples([1.0, 1.0, 1.0, 50.0], [0, 1, 2, 3])
    found = ratio(Samples([10.0, 12.0, 14.0], [0, 1, 2]), ours)
    assert (found.value, found.rounds) == (12.0, 3)
    assert 10.0 <= found.low <= found.high <= 14.0


def test_a_ratio_of_no_common_round_is_not_a_number() -> None:
    assert np.isnan(ratio(Samples([1.0], [0]), Samples([1.0], [1])).value)


def test_a_ratio_of_few_rounds_has_no_interval() -> None:
    found = ratio(Samples([4.0, 4.0], [0, 1]), Samples([2.0, 2.0], [0, 1]))
    assert found.value == 2.0
    assert np.isnan([found.low, found.high]).all()

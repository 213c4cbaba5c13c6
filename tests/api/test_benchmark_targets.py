"""Verdicts and the exit code, on made-up figures."""

from dataclasses import replace

import pytest

from api.benchmarks.cold import Start
from api.benchmarks.contender import LOCAL, MATRIX, NEAREST_FEW, OURS, PATH, REACH, WEIGHTS
from api.benchmarks.targets import Promise, Verdict, exit_code, promises
from api.benchmarks.timing import Samples

NAN = float("nan")


def steady(seconds: float) -> Samples:
    return Samples([seconds] * 10, list(range(10)))


def fast() -> dict[str, dict[str, Samples]]:
    return {
        NEAREST_FEW: {OURS: steady(1e-4), "scipy": steady(0.02), "networkx": steady(0.4)},
        MATRIX: {OURS: steady(0.06), "scipy": steady(4.0)},
        PATH: {OURS: steady(1e-4), "scipy": steady(0.02)},
        REACH: {OURS: steady(2e-3), "scipy": steady(0.02)},
        WEIGHTS: {OURS: steady(0.06)},
        LOCAL: {OURS: steady(0.01)},
    }


START = Start(1.0, 0.1, 0.5, 0.01, 0.001, 7, (0.01,) * 7)


def test_a_run_that_keeps_every_promise_exits_with_0() -> None:
    found = promises(fast(), 9_000_000, 140_020, START)
    assert {p.verdict for p in found} == {Verdict.KEPT}
    assert exit_code(found) == 0


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [(NEAREST_FEW, 3.1e-4), (MATRIX, 0.11), (PATH, 3e-4), (REACH, 3e-3), (WEIGHTS, 0.21), (LOCAL, 0.021)],
)
def test_one_broken_promise_is_enough_for_exit_code_1(kind: str, seconds: float) -> None:
    times = fast()
    times[kind][OURS] = steady(seconds)
    found = promises(times, 9_000_000, 140_020, START)
    assert Verdict.BROKEN in {p.verdict for p in found}
    assert exit_code(found) == 1


def test_memory_is_reckoned_for_the_city_of_the_promise() -> None:
    (memory,) = promises({}, 20_000_000, 280_040, None)
    assert (memory.found, memory.verdict) == (pytest.approx(10.0), Verdict.KEPT)
    (memory,) = promises({}, 20_000_000, 140_020, None)
    assert memory.verdict is Verdict.BROKEN


def test_a_slow_first_query_breaks_its_promise() -> None:
    (first,) = promises({}, None, 1, replace(START, first_query_s=0.06, first_queries_s=(0.06,) * 7))
    assert (first.found, first.verdict) == (60.0, Verdict.BROKEN)


def test_an_absent_peer_leaves_its_promise_unmeasured_and_that_is_not_kept() -> None:
    times = {PATH: {OURS: steady(1e-4)}}
    (path,) = promises(times, None, 1, None)
    assert path.verdict is Verdict.NOT_MEASURED
    assert exit_code([path]) == 1


def test_only_promises_of_what_was_asked_count() -> None:
    times = {WEIGHTS: fast()[WEIGHTS]}
    found = promises(times, None, 1, None)
    assert [p.words for p in found] == ["new weights with turns"]
    assert exit_code(found) == 0


def test_a_run_without_any_promise_is_no_success() -> None:
    assert exit_code([]) == 1


@pytest.mark.parametrize(
    ("low", "high", "at_least", "verdict"),
    [
        (11, 13, True, Verdict.KEPT),
        (9, 13, True, Verdict.UNCLEAR),
        (7, 9, True, Verdict.BROKEN),
        (7, 9, False, Verdict.KEPT),
        (9, 13, False, Verdict.UNCLEAR),
        (11, 13, False, Verdict.BROKEN),
        (10, 10, True, Verdict.KEPT),
        (10, 10, False, Verdict.KEPT),
    ],
)
def test_an_interval_across_the_mark_is_unclear(low: float, high: float, at_least: bool, verdict: Verdict) -> None:
    promise = Promise("", 10.0, (low + high) / 2, low, high, at_least, "ms")
    assert promise.verdict is verdict
    assert (exit_code([promise]) == 0) == (verdict is Verdict.KEPT)


def test_a_time_without_an_interval_proves_nothing_but_a_count_does() -> None:
    assert Promise("", 10.0, 99.0, NAN, NAN, True, "×").verdict is Verdict.UNCLEAR
    assert Promise("", 10.0, 1.0, NAN, NAN, True, "×").verdict is Verdict.UNCLEAR
    assert Promise("", 10.0, 9.9, NAN, NAN, False, "MB", exact=True).verdict is Verdict.KEPT
    assert Promise("", 10.0, 10.1, NAN, NAN, False, "MB", exact=True).verdict is Verdict.BROKEN


def test_a_ratio_from_two_rounds_is_unclear_however_good_it_looks() -> None:
    times = {MATRIX: {OURS: steady(0.06), "scipy": Samples([9.0, 9.0], [0, 1])}}
    beside = next(p for p in promises(times, None, 1, None) if p.unit == "×")
    assert beside.found == pytest.approx(150.0)
    assert beside.verdict is Verdict.UNCLEAR

"""The bound with full foresight, against trying everything on tiny cases."""

from collections.abc import Iterator

import numpy as np
import pytest
from foresight import Jobs, most_on_time


def tiny(seed: int, ways: int = 1) -> Jobs:
    """Up to three units and six incidents, on a crowded clock."""
    random = np.random.default_rng(seed)
    units, incidents = random.integers(1, 4), random.integers(1, 7)
    first = np.tile(random.uniform(0, 150, incidents), (units, 1))
    last = first[..., None] + random.uniform(-20, 60, (units, incidents, ways))
    first[last.max(axis=2) < first] = np.nan
    return Jobs(first, last, random.uniform(20, 120, (units, incidents, ways)), np.full(ways, 1 / ways))


def sequences(jobs: Jobs, unit: int, left: frozenset[int], free_s: float) -> Iterator[frozenset[int]]:
    """Every set of incidents a unit can do on time."""
    yield frozenset()
    for i in left:
        start = max(jobs.first_s[unit, i], free_s)  # NaN where it cannot
        if start <= jobs.last_s[unit, i, 0]:
            for rest in sequences(jobs, unit, left - {i}, start + jobs.busy_s[unit, i, 0]):
                yield rest | {i}


def most_by_trying(jobs: Jobs) -> int:
    """The most incidents on time, each done once at most."""
    units, incidents = jobs.first_s.shape
    everything = frozenset(range(incidents))
    possible = [set(sequences(jobs, u, everything, -np.inf)) for u in range(units)]

    def best(unit: int, left: frozenset[int]) -> int:
        if unit == units:
            return 0
        return max(len(done) + best(unit + 1, left - done) for done in possible[unit] if done <= left)

    return best(0, everything)


@pytest.mark.parametrize("seed", range(40))
def test_the_truth_lies_between_the_plan_and_the_bound(seed: int) -> None:
    jobs = tiny(seed)
    found, most = most_on_time(jobs, step_s=1.0), most_by_trying(jobs)
    assert found.planned is not None
    assert found.planned <= most <= found.at_most


def test_the_bound_is_nearly_always_the_truth_in_tiny_cases() -> None:
    gaps = [most_on_time(jobs, step_s=1.0).at_most - most_by_trying(jobs) for jobs in map(tiny, range(40))]
    assert sum(gaps) <= 2


def test_a_coarse_clock_never_makes_the_bound_too_small() -> None:
    for jobs in map(tiny, range(40)):
        assert most_on_time(jobs, step_s=30.0).at_most >= most_by_trying(jobs)


def test_one_unit_cannot_do_two_incidents_at_once() -> None:
    jobs = Jobs(np.zeros((1, 2)), np.full((1, 2, 1), 10.0), np.full((1, 2, 1), 100.0), np.ones(1))
    found = most_on_time(jobs, step_s=1.0)
    assert (found.at_most, found.planned) == (1.0, 1)


def test_two_units_do_one_incident_once() -> None:
    jobs = Jobs(np.zeros((2, 1)), np.full((2, 1, 1), 10.0), np.full((2, 1, 1), 100.0), np.ones(1))
    found = most_on_time(jobs, step_s=1.0)
    assert (found.at_most, found.planned) == (1.0, 1)


def test_an_incident_nobody_reaches_in_time_is_late() -> None:
    jobs = Jobs(np.array([[0.0, np.nan]]), np.full((1, 2, 1), 10.0), np.full((1, 2, 1), 5.0), np.ones(1))
    assert most_on_time(jobs, step_s=1.0).at_most == 1.0
    assert most_on_time(Jobs(np.full((1, 2), np.nan), *[np.full((1, 2, 1), np.nan)] * 2, np.ones(1))).at_most == 0.0


def test_a_trip_that_may_go_two_ways_is_on_time_as_often_as_it_goes_well() -> None:
    last = np.array([[[10.0, -5.0]]])
    jobs = Jobs(np.zeros((1, 1)), last, np.full((1, 1, 2), 5.0), np.array([0.7, 0.3]))
    assert most_on_time(jobs, step_s=1.0).at_most == pytest.approx(0.7, abs=1e-3)


@pytest.mark.parametrize("seed", range(20))
def test_who_knows_how_trips_go_has_no_fewer_on_time(seed: int) -> None:
    jobs = tiny(seed, ways=2)
    unknown = most_on_time(jobs, step_s=1.0).at_most
    best = Jobs(
        jobs.first_s, jobs.last_s.max(axis=2, keepdims=True), jobs.busy_s.min(axis=2, keepdims=True), np.ones(1)
    )
    assert unknown <= most_on_time(best, step_s=1.0).at_most + 1e-6

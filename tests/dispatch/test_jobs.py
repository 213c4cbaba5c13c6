"""Jobs lately taken, against a plain count."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatch.jobs import JobCounts

BEGAN = datetime.fromisoformat("2026-03-02T08:00:00+08:00")
minutes = st.integers(0, 300).map(lambda m: BEGAN + timedelta(minutes=m))
steps = st.lists(st.one_of(minutes, st.tuples(minutes, st.sampled_from("abc"))), max_size=40)


@given(steps)
def test_jobs_are_counted_from_any_moment_on_whatever_was_asked_before(steps: list) -> None:
    counts, jobs = JobCounts(), []
    for step in steps:
        if isinstance(step, datetime):
            assert counts.since(step) == Counter(unit for at, unit in jobs if at >= step)
        else:
            jobs.append(step)
            counts.add(*step)


@given(steps, minutes, minutes)
def test_what_was_forgotten_counts_no_more_and_the_rest_as_before(
    steps: list, before: datetime, since: datetime
) -> None:
    counts, jobs = JobCounts(), [step for step in steps if not isinstance(step, datetime)]
    for job in jobs:
        counts.add(*job)
    counts.since(since)
    counts.forget(before)
    assert len(counts) == sum(at >= before for at, _ in jobs)
    assert counts.since(since) == Counter(unit for at, unit in jobs if at >= max(before, since))

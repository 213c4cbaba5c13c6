"""How often a notice is tried, and what it came to."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.notices import Delivery, Notice, NoticeOutcome, next_try, outcome

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NOBODY: frozenset[str] = frozenset()


def notice(tries: int = 0, left_s: float = 90) -> Notice:
    until = NOON + timedelta(seconds=left_s)
    return Notice(assignment_id="A-1", incident_id="A", unit_id="S1", until=until, tries=tries)


def test_waits_double_from_one_second() -> None:
    again = Delivery(NOBODY, again=True)
    waits = [next_try(notice(n), again, NOON) for n in range(5)]
    assert waits == [NOON + timedelta(seconds=s) for s in (1, 2, 4, 8, 16)]


@given(st.integers(0, 30), st.floats(-60, 600), st.booleans())
def test_nothing_is_tried_after_the_answer_limit_or_without_need(tries: int, left_s: float, again: bool) -> None:
    found = next_try(notice(tries, left_s), Delivery(NOBODY, again=again), NOON)
    assert found is None or (again and NOON < found < NOON + timedelta(seconds=left_s))


@pytest.mark.parametrize(
    ("delivery", "came_to"),
    [
        (Delivery(frozenset({"push:1"})), NoticeOutcome.SENT),
        (Delivery(frozenset({"push:1"}), again=True), NoticeOutcome.SENT),
        (Delivery(NOBODY), NoticeOutcome.NOBODY),
        (Delivery(NOBODY, again=True), NoticeOutcome.FAILED),
        (Delivery(NOBODY, refused=True), NoticeOutcome.FAILED),
    ],
)
def test_what_a_notice_came_to_is_told_apart(delivery: Delivery, came_to: NoticeOutcome) -> None:
    assert outcome(delivery) is came_to

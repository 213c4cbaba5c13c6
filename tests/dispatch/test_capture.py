"""A step captured without signal counts when it was taken, where that can be believed."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import NOON, SCENE, Scene

from dispatch.auditing.audit import audit, judge
from dispatch.capture import Capture, weighed
from dispatch.location import Position
from dispatch.policy.policy import Captures
from dispatch.vocabulary import AssignmentStatus, CaptureDoubt, Role, Verdict

RULES = Captures()
spans = st.floats(-200_000, 200_000).map(lambda s: timedelta(seconds=s))


def captured(claimed_at: datetime, received_at: datetime, **more: object) -> Capture:
    return Capture(claimed_at=claimed_at, received_at=received_at, **more)  # type: ignore[arg-type]


@given(claimed=spans, since=st.floats(0, 100_000))
def test_a_step_never_counts_before_the_step_before_it_nor_after_its_receipt(claimed: timedelta, since: float) -> None:
    before = NOON - timedelta(seconds=since)
    at, kept = weighed(captured(NOON + claimed, NOON), before, RULES)
    assert before <= at <= NOON
    assert kept.claimed_at == NOON + claimed  # what was claimed is kept whatever counts
    if kept.doubt is not None:
        assert at == NOON
    else:
        assert abs(at - kept.claimed_at) <= timedelta(seconds=RULES.slack_s)


@pytest.mark.parametrize(
    ("claimed_s", "doubt"),
    [
        (6, CaptureDoubt.FUTURE),
        (4, None),
        (-600, None),
        (-3604, None),
        (-3606, CaptureDoubt.BEFORE_LAST_STEP),
        (-12 * 3600 - 1, CaptureDoubt.TOO_OLD),
    ],
)
def test_a_claimed_time_is_doubted_for_a_reason(claimed_s: float, doubt: CaptureDoubt | None) -> None:
    told = captured(NOON + timedelta(seconds=claimed_s), NOON)
    assert weighed(told, NOON - timedelta(hours=1), RULES)[1].doubt is doubt


def on_the_way(world: Scene) -> tuple[str, str]:
    """An incident with a surveyor on the way; names it and the assignment."""
    incident = world.desk.offer(world.report(), Role.SURVEYOR, world.now)
    job = incident.open_assignments[0].id
    world.desk.accept(job, world.wait(seconds=20), by="s")
    world.desk.depart(job, world.wait(seconds=40), by="s")
    return incident.id, job


def test_an_arrival_sent_an_hour_later_keeps_the_promise_and_the_audit_says_how() -> None:
    world = Scene()
    key, job = on_the_way(world)
    there = world.wait(minutes=12)
    received = world.wait(minutes=60)
    after = world.desk.arrive(
        job, received, position=SCENE, by="s", captured=captured(there, received, offline=True, skew_s=2.0)
    )
    assert after.assignment(job).claimed_at == there
    kept = after.assignment(job).captures[AssignmentStatus.ON_SCENE]
    assert (kept.received_at, kept.offline, kept.was_sent_later) == (received, True, True)
    judged = judge(world.log.history(key), received)
    assert (judged.verdict, judged.record.kept_by_capture) == (Verdict.KEPT, True)
    account = audit(world.log.all_events(), received)
    assert (account.sent_later, account.kept_by_capture, account.doubted) == (1, 1, 0)


def test_an_arrival_claimed_before_the_departure_counts_when_it_is_received() -> None:
    world = Scene()
    key, job = on_the_way(world)
    received = world.wait(minutes=60)
    after = world.desk.arrive(job, received, by="s", captured=captured(NOON, received))
    assert after.assignment(job).claimed_at == received
    assert judge(world.log.history(key), received).verdict is Verdict.MISSED
    assert audit(world.log.all_events(), received).doubted == 1


def test_steps_that_come_together_are_confirmed_by_the_track_that_came_with_them() -> None:
    world = Scene()
    _, job = on_the_way(world)
    for _ in range(3):
        world.wait(seconds=20)
        world.see(world.desk.log.incident(job.rpartition("-")[0]).assignment(job).unit_id, SCENE)
    there, received = world.now, world.now + timedelta(minutes=40)
    world.desk.arrive(job, received, position=SCENE, by="s", captured=captured(there, received))
    done = world.desk.clear(job, received, by="s", captured=captured(there + timedelta(minutes=20), received))
    assert done.assignment(job).confirmed_at == received
    assert done.assignment(job).cleared_at == there + timedelta(minutes=20)


def test_a_track_elsewhere_confirms_nothing_when_the_unit_is_cleared() -> None:
    world = Scene()
    key, job = on_the_way(world)
    for _ in range(3):
        world.wait(seconds=20)
        world.see(world.log.incident(key).assignment(job).unit_id, Position(113.4, 23.2))
    world.desk.arrive(job, world.now, by="s")
    assert world.desk.clear(job, world.now, by="s").assignment(job).confirmed_at is None

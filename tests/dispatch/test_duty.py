"""Who is on duty: shifts and their ends, breaks, back-ups, and positions that do not count."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import NOON, SCENE, Scene, surveyor

from dispatch.backups import call_next, in_order
from dispatch.duty import duty_change
from dispatch.errors import Conflict, InvalidInput
from dispatch.events import BackupCalled
from dispatch.location import Position
from dispatch.policy.policy import DutyRules
from dispatch.unit import GUANGZHOU_TIME, DutyChange, Fix, Shift, Unit
from dispatch.vocabulary import DutyKind, Refusal, Role, UnitStatus
from dispatch.watch import watch


def reasons(scene: Scene, incident_id: str) -> dict[str, Refusal]:
    return {r.unit_id: r.reason for r in scene.desk.advise(incident_id, Role.SURVEYOR, scene.now).refused}


def change(scene: Scene, unit_id: str, kind: DutyKind, minutes: float = 60) -> None:
    until = scene.now + timedelta(minutes=minutes)
    scene.fleet.record_duty(DutyChange(unit_id=unit_id, at=scene.now, until=until, kind=kind))


def backup(number: int, lon: float, rank: int) -> Unit:
    return replace(surveyor(number, lon), backup_rank=rank, contacts=("13800000000", "微信"))


def test_a_unit_on_a_break_is_left_alone_until_the_break_ends() -> None:
    scene = Scene()
    incident_id = scene.report()
    change(scene, "S1", DutyKind.BREAK, minutes=4)
    assert reasons(scene, incident_id) == {"S1": Refusal.ON_BREAK}
    assert scene.fleet.states(scene.now)[0].status(scene.now) is UnitStatus.ON_BREAK
    scene.wait(minutes=4)
    assert reasons(scene, incident_id) == {}


def test_a_unit_that_went_off_duty_is_refused_and_one_that_came_on_outside_its_shift_may_go() -> None:
    night = Shift(time(20), time(8))  # it is noon
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.35, shift=night)])
    incident_id = scene.report()
    assert reasons(scene, incident_id) == {"S2": Refusal.OFF_SHIFT}
    change(scene, "S1", DutyKind.OFF)
    change(scene, "S2", DutyKind.ON)
    assert reasons(scene, incident_id) == {"S1": Refusal.OFF_SHIFT}


def test_nothing_is_offered_in_the_last_minutes_of_a_shift_unless_the_unit_stays_on() -> None:
    ending = Shift(time(4), time(12, 14))
    scene = Scene([surveyor(1, 113.34, shift=ending), surveyor(2, 113.36)])
    incident_id = scene.report()
    assert reasons(scene, incident_id) == {"S1": Refusal.SHIFT_ENDING}
    change(scene, "S1", DutyKind.ON)
    assert reasons(scene, incident_id) == {}


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_the_time_left_of_a_shift_ends_where_the_shift_ends(start: int, end: int, clock: int) -> None:
    shift = Shift(time(*divmod(start, 60)), time(*divmod(end, 60)))
    now = datetime(2026, 3, 4, *divmod(clock, 60), tzinfo=GUANGZHOU_TIME).astimezone(UTC)
    left_s = shift.left_s(now)
    if start == end:
        assert left_s == float("inf")
    elif shift.covers(now):
        assert shift.covers(now + timedelta(seconds=left_s - 1))
        assert not shift.covers(now + timedelta(seconds=left_s))


def test_a_mocked_position_is_refused_and_shown() -> None:
    scene = Scene()
    incident_id = scene.report()
    scene.fleet.record(Fix(unit_id="S1", position=SCENE, at=scene.wait(seconds=5), mocked=True))
    assert reasons(scene, incident_id) == {"S1": Refusal.MOCKED_POSITION}


def test_a_back_up_waits_until_called() -> None:
    scene = Scene([surveyor(1, 113.34), backup(2, 113.331, 1)])
    incident_id = scene.report()
    assert reasons(scene, incident_id) == {"S2": Refusal.BACKUP_NOT_CALLED}
    scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    second = scene.report("黄埔大道猎德,又一起")
    call_next(scene.desk, second, Role.SURVEYOR, scene.now, reason="", by="dispatcher")
    assert scene.desk.offer(second, Role.SURVEYOR, scene.now).open_assignments[0].unit_id == "S2"


def test_back_ups_are_called_in_order_past_those_who_do_not_answer() -> None:
    scene = Scene([backup(1, 113.34, 2), backup(2, 113.35, 1), backup(3, 113.36, 3)])
    incident_id = scene.report()
    for reached in (False, True):
        call_next(scene.desk, incident_id, Role.SURVEYOR, scene.now, reason="", by="dispatcher", reached=reached)
    calls = [(e.unit_id, e.reached) for e in scene.log.history(incident_id) if isinstance(e, BackupCalled)]
    assert calls == [("S2", False), ("S1", True)]
    assert [s.unit.id for s in in_order(scene.fleet.states(scene.now), Role.SURVEYOR, scene.now)] == ["S3"]


def test_calling_while_the_staff_can_keep_the_promise_needs_a_reason() -> None:
    scene = Scene([surveyor(1, 113.34), backup(2, 113.35, 1)])
    incident_id = scene.report()
    with pytest.raises(InvalidInput, match="原因"):
        call_next(scene.desk, incident_id, Role.SURVEYOR, scene.now, reason=" ", by="dispatcher")
    call_next(scene.desk, incident_id, Role.SURVEYOR, scene.now, reason="暴雨将至", by="dispatcher")


def test_with_no_back_up_left_the_call_says_so() -> None:
    scene = Scene([surveyor(1, 113.34)])
    with pytest.raises(Conflict, match="后备"):
        call_next(scene.desk, scene.report(), Role.SURVEYOR, scene.now, reason="忙", by="dispatcher")


def test_a_call_up_ends_by_itself() -> None:
    scene = Scene([backup(1, 113.34, 1)])
    incident_id = scene.report()
    call_next(scene.desk, incident_id, Role.SURVEYOR, scene.now, reason="", by="dispatcher")
    scene.wait(seconds=scene.desk.policy.duty.called_up_s)
    scene.see("S1", Position(113.34, SCENE.lat))
    assert reasons(scene, incident_id) == {"S1": Refusal.BACKUP_NOT_CALLED}


@pytest.mark.parametrize("auto", [True, False])
def test_the_desk_calls_a_back_up_by_itself_only_where_the_policy_says_so(auto: bool) -> None:
    scene = Scene([surveyor(1, 113.34), backup(2, 113.35, 1)])
    policy = scene.desk.policy
    scene.desk = replace(scene.desk, policy=replace(policy, duty=replace(policy.duty, auto_backup=auto)))
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.decline(job.id, scene.wait(seconds=5), reason="忙", by="S1")
    watch(scene.desk, scene.now)
    sent = [a.unit_id for a in scene.desk.incident(incident_id).open_assignments]
    assert sent == (["S2"] if auto else [])


def test_the_desk_calls_the_next_back_up_only_when_the_first_had_time_to_turn_up() -> None:
    scene = Scene([surveyor(1, 113.34), backup(2, 113.35, 1), backup(3, 113.36, 2)])
    policy = scene.desk.policy
    scene.desk = replace(scene.desk, policy=replace(policy, duty=replace(policy.duty, auto_backup=True)))
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.wait(minutes=6)  # the back-ups' phones are silent: their positions are stale
    scene.desk.decline(job.id, scene.now, reason="忙", by="S1")
    for _ in range(3):
        watch(scene.desk, scene.wait(seconds=30))
    called = [e.unit_id for e in scene.log.history(incident_id) if isinstance(e, BackupCalled)]
    assert called == ["S2"]
    watch(scene.desk, scene.wait(minutes=15))
    called = [e.unit_id for e in scene.log.history(incident_id) if isinstance(e, BackupCalled)]
    assert called == ["S2", "S3"]


@pytest.mark.parametrize("kind", [DutyKind.ON, DutyKind.OFF, DutyKind.BREAK])
def test_a_change_of_duty_holds_no_longer_than_the_policy_allows(kind: DutyKind) -> None:
    rules = DutyRules()

    def told(until: datetime | None) -> DutyChange:
        return duty_change("S1", kind, NOON, rules, at=NOON, until=until, reason="", by="S1")

    most = NOON + timedelta(seconds=rules.most_s(kind))
    assert told(None).until == NOON + timedelta(seconds=rules.length_s(kind))
    assert told(most).until == most
    for wrong, why in ((most + timedelta(seconds=1), "最长"), (NOON, "已过")):
        with pytest.raises(InvalidInput, match=why):
            told(wrong)

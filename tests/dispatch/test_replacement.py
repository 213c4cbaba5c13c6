"""Somebody takes an assignment over: only with a reason, a hand-over and the client's consent."""

from datetime import timedelta

import pytest
from scene import SCENE, Scene, surveyor

from dispatch import replacement
from dispatch.errors import Conflict, IllegalTransition, InvalidInput, UnknownId
from dispatch.events import ReplacementLapsed
from dispatch.location import Position
from dispatch.unit import DutyChange
from dispatch.vocabulary import AssignmentStatus, DutyKind, Role
from dispatch.watch import watch

WORDS = {"reason": "家中急事", "handover": "伤者在省医急诊,已垫付 2000 元"}


def served(scene: Scene, *, on_scene: bool = False) -> tuple[str, str]:
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.accept(job, scene.wait(seconds=10), by="S1")
    if on_scene:
        scene.desk.depart(job, scene.wait(seconds=10), by="S1")
        scene.desk.arrive(job, scene.wait(minutes=5), by="S1")
    for state in scene.fleet.states(scene.now):
        if state.assignment is None:
            scene.see(state.unit.id, SCENE)
    return incident_id, job


@pytest.mark.parametrize(("on_scene", "end"), [(False, AssignmentStatus.RELEASED), (True, AssignmentStatus.CLEARED)])
def test_with_consent_the_job_goes_over_in_one_step(on_scene: bool, end: AssignmentStatus) -> None:
    scene = Scene()
    incident_id, job = served(scene, on_scene=on_scene)
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    assert scene.desk.incident(incident_id).assignment(job).status.is_open
    after = replacement.decide(scene.desk, job, scene.now, approved=True, consent_of="环卫所张队", by="dispatcher")
    assert after.assignment(job).status is end
    assert [(a.unit_id, a.status) for a in after.open_assignments] == [("S3", AssignmentStatus.OFFERED)]
    assert after.closed_at is None


def test_without_consent_everything_stays_and_another_may_be_proposed() -> None:
    scene = Scene()
    incident_id, job = served(scene)
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    replacement.decide(scene.desk, job, scene.now, approved=False, consent_of="环卫所张队", by="dispatcher")
    after = replacement.propose(scene.desk, job, "S2", scene.now, by="dispatcher", **WORDS)
    assert after.assignment(job).replacement is not None
    assert [a.id for a in scene.desk.incident(incident_id).open_assignments] == [job]


@pytest.mark.parametrize("missing", ["reason", "handover"])
def test_a_reason_and_a_hand_over_are_needed(missing: str) -> None:
    scene = Scene()
    _, job = served(scene)
    with pytest.raises(InvalidInput, match="交接"):
        replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **{**WORDS, missing: " "})


def test_only_a_known_unit_can_be_proposed_and_only_one_at_a_time() -> None:
    scene = Scene()
    _, job = served(scene)
    with pytest.raises(UnknownId):
        replacement.propose(scene.desk, job, "S9", scene.now, by="dispatcher", **WORDS)
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    with pytest.raises(IllegalTransition):
        replacement.propose(scene.desk, job, "S2", scene.now, by="dispatcher", **WORDS)


def test_consent_names_who_gave_it_and_needs_something_proposed() -> None:
    scene = Scene()
    _, job = served(scene)
    with pytest.raises(IllegalTransition):
        replacement.decide(scene.desk, job, scene.now, approved=True, consent_of="张队", by="dispatcher")
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    with pytest.raises(InvalidInput, match="同意人"):
        replacement.decide(scene.desk, job, scene.now, approved=True, consent_of="", by="dispatcher")


def off_duty(scene: Scene, unit_id: str) -> None:
    until = scene.now + timedelta(hours=8)
    scene.fleet.record_duty(DutyChange(unit_id=unit_id, at=scene.now, until=until, kind=DutyKind.OFF))


def test_a_unit_that_cannot_go_is_refused_before_the_client_is_asked() -> None:
    scene = Scene([*(surveyor(n, 113.33 + 0.01 * n) for n in (1, 2, 3)), surveyor(4, 113.37), surveyor(5, 113.38)])
    incident_id, job = served(scene)
    before = scene.desk.incident(incident_id)
    off_duty(scene, "S2")
    scene.wait(seconds=1)
    scene.see("S3", Position(113.36, 24.5))  # nobody crosses the 24th parallel
    scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now, unit_id="S4", reason="就近")
    scene.see("S5", SCENE, accuracy_m=9000.0)
    for unit, why in (("S2", "不在班次"), ("S3", "道路不可达"), ("S4", "有未完成任务"), ("S5", "定位不准")):
        with pytest.raises(Conflict, match=f"{unit} 不能派:{why}"):
            replacement.propose(scene.desk, job, unit, scene.now, by="dispatcher", **WORDS)
    assert scene.desk.incident(incident_id) == before


def test_a_proposal_that_can_no_longer_be_carried_out_lapses_by_itself_with_the_reason() -> None:
    scene = Scene()
    incident_id, job = served(scene)
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    watch(scene.desk, scene.now)
    assert scene.desk.incident(incident_id).assignment(job).replacement is not None
    off_duty(scene, "S3")
    watch(scene.desk, scene.wait(seconds=5))
    after = scene.desk.incident(incident_id)
    assert after.assignment(job).replacement is None
    assert after.assignment(job).status.is_open
    (lapsed,) = [e for e in scene.log.history(incident_id) if isinstance(e, ReplacementLapsed)]
    assert (lapsed.new_unit_id, lapsed.reason) == ("S3", "不在班次")


def test_a_missing_position_does_not_end_a_proposal_but_lets_another_take_its_place() -> None:
    scene = Scene()
    incident_id, job = served(scene)
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    scene.wait(minutes=6)
    scene.see("S2", SCENE)
    watch(scene.desk, scene.now)
    waits = scene.desk.incident(incident_id).assignment(job).replacement
    assert waits is not None
    with pytest.raises(Conflict, match="定位过期"):
        replacement.decide(scene.desk, job, scene.now, approved=True, consent_of="张队", by="dispatcher")
    after = replacement.propose(scene.desk, job, "S2", scene.now, by="dispatcher", **WORDS)
    waits = after.assignment(job).replacement
    assert waits is not None
    assert waits.new_unit_id == "S2"
    assert [e.reason for e in scene.log.history(incident_id) if isinstance(e, ReplacementLapsed)] == ["定位过期"]


def test_when_the_new_unit_cannot_go_any_more_the_old_one_stays() -> None:
    scene = Scene()
    incident_id, job = served(scene)
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now, unit_id="S3", reason="就近")
    with pytest.raises(Conflict):
        replacement.decide(scene.desk, job, scene.now, approved=True, consent_of="张队", by="dispatcher")
    assert scene.desk.incident(incident_id).assignment(job).status.is_open


def test_an_ended_assignment_cannot_be_replaced() -> None:
    scene = Scene()
    _, job = served(scene)
    scene.desk.release(job, scene.now, reason="误派", by="dispatcher")
    with pytest.raises(IllegalTransition):
        replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)


def test_only_another_unit_of_the_same_role_can_take_over() -> None:
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.35, role=Role.TOW_UNIT)])
    _, job = served(scene)
    for unit in ("S1", "S2"):
        with pytest.raises(InvalidInput, match="不能接替"):
            replacement.propose(scene.desk, job, unit, scene.now, by="dispatcher", **WORDS)


def test_a_replacement_lapses_with_its_assignment() -> None:
    scene = Scene()
    _, job = served(scene)
    replacement.propose(scene.desk, job, "S3", scene.now, by="dispatcher", **WORDS)
    scene.desk.release(job, scene.now, reason="误派", by="dispatcher")
    with pytest.raises(IllegalTransition, match="没有待批准"):
        replacement.decide(scene.desk, job, scene.now, approved=True, consent_of="张队", by="dispatcher")

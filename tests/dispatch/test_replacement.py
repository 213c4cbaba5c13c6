"""Somebody takes an assignment over: only with a reason, a hand-over and the client's consent."""

import pytest
from scene import SCENE, Scene, surveyor

from dispatch import replacement
from dispatch.errors import Conflict, IllegalTransition, InvalidInput, UnknownId
from dispatch.vocabulary import AssignmentStatus, Role

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

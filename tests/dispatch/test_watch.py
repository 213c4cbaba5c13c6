"""What the desk does between people's actions."""

from datetime import timedelta

import pytest
from scene import SCENE, Scene, surveyor

from dispatch import events as ev
from dispatch.errors import StaleIncident
from dispatch.incident import UNANSWERED, Incident
from dispatch.location import Position
from dispatch.vocabulary import AssignmentStatus, IncidentStatus, Role
from dispatch.watch import watch


def en_route(scene: Scene) -> tuple[str, str]:
    """An incident with a unit on its way."""
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.accept(job, scene.wait(seconds=10), by="S1")
    scene.desk.depart(job, scene.wait(seconds=60), by="S1")
    return incident_id, job


def look(scene: Scene, incident_id: str) -> Incident:
    watch(scene.desk, scene.now)
    return scene.desk.incident(incident_id)


def test_an_offer_nobody_answers_goes_to_the_next_best_by_itself() -> None:
    scene = Scene()
    incident_id = scene.report()
    scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    scene.wait(seconds=91)
    after = look(scene, incident_id)
    first, second = after.assignments.values()
    assert (first.status, first.ended_reason) == (AssignmentStatus.RELEASED, UNANSWERED)
    assert (second.status, second.unit_id) == (AssignmentStatus.OFFERED, "S2")


def test_an_offer_is_left_alone_while_there_is_time_to_answer() -> None:
    scene = Scene()
    incident_id = scene.report()
    before = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    scene.wait(seconds=89)
    assert look(scene, incident_id) == before


def test_with_nobody_left_an_unanswered_incident_waits_in_sight() -> None:
    scene = Scene([surveyor(1, 113.34)])
    incident_id = scene.report()
    scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    scene.wait(seconds=91)
    assert look(scene, incident_id).status is IncidentStatus.WAITING


def test_a_unit_stuck_on_the_way_loses_probability_before_the_promise_is_broken() -> None:
    scene = Scene()
    incident_id, job = en_route(scene)
    promised = scene.desk.incident(incident_id).assignment(job).p_kept
    scene.wait(minutes=20)
    scene.see("S1", Position(113.45, SCENE.lat))
    after = look(scene, incident_id).assignment(job)
    assert after.p_kept < promised / 2
    assert after.eta_at > scene.now + timedelta(minutes=15)


def test_a_unit_that_drives_on_is_not_late_because_its_phone_is_silent_for_minutes() -> None:
    scene = Scene()
    incident_id, job = en_route(scene)
    scene.see("S1", Position(113.45, SCENE.lat))
    then = look(scene, incident_id).assignment(job).eta_at
    scene.wait(minutes=4)
    now = look(scene, incident_id).assignment(job).eta_at
    assert abs(now - then) < timedelta(seconds=60)


def test_a_forecast_that_hardly_moved_is_not_recorded_again() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    first = look(scene, incident_id)
    assert look(scene, incident_id).version == first.version


def test_the_track_confirms_an_arrival_that_was_claimed_on_scene() -> None:
    scene = Scene()
    incident_id, job = en_route(scene)
    scene.desk.arrive(job, scene.wait(minutes=5), by="S1")
    assert look(scene, incident_id).assignment(job).confirmed_at is None
    for _ in range(2):
        scene.wait(seconds=20)
        scene.see("S1", Position(113.3302, 23.1201))
    assert look(scene, incident_id).assignment(job).confirmed_at == scene.now


def test_a_button_pressed_far_from_the_scene_is_never_confirmed() -> None:
    scene = Scene()
    incident_id, job = en_route(scene)
    scene.desk.arrive(job, scene.wait(minutes=5), by="S1")
    for _ in range(5):
        scene.wait(seconds=10)
        scene.see("S1", Position(113.34, SCENE.lat))
    assert look(scene, incident_id).assignment(job).confirmed_at is None


def test_a_false_claim_is_not_made_true_by_arriving_later() -> None:
    scene = Scene()
    incident_id, job = en_route(scene)
    scene.desk.arrive(job, scene.wait(minutes=5), by="S1")
    scene.wait(minutes=20)
    for _ in range(5):
        scene.see("S1", SCENE)
        scene.wait(seconds=10)
    assert look(scene, incident_id).assignment(job).confirmed_at is None


def test_what_the_desk_noticed_too_late_is_refused_as_stale() -> None:
    scene = Scene()
    incident_id = scene.report()
    seen = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    job = seen.open_assignments[0]
    scene.desk.accept(job.id, scene.wait(seconds=91), by="S1")
    with pytest.raises(StaleIncident):
        scene.desk.note(ev.AssignmentReleased, job, seen, scene.now, reason=UNANSWERED)
    assert look(scene, incident_id).assignment(job.id).status is AssignmentStatus.ACCEPTED


def test_a_unit_that_accepted_and_never_sets_off_loses_probability() -> None:
    scene = Scene()
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.accept(job.id, scene.wait(seconds=10), by="S1")
    scene.wait(minutes=28)
    scene.see("S1", Position(113.34, SCENE.lat))
    assert look(scene, incident_id).assignment(job.id).p_kept < job.p_kept / 2


def test_a_silent_phone_is_not_forecast() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    before = look(scene, incident_id)
    scene.wait(minutes=15)
    assert look(scene, incident_id).assignments == before.assignments


def test_a_declined_job_goes_to_the_next_best_by_itself() -> None:
    scene = Scene()
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.decline(job, scene.wait(seconds=5), reason="车辆故障", by="S1")
    assert look(scene, incident_id).open_assignments[0].unit_id == "S2"


def test_a_job_nobody_could_take_is_offered_as_soon_as_somebody_can() -> None:
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.35)])
    busy = scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now).open_assignments[0]
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.decline(job.id, scene.wait(seconds=5), reason="忙", by="S2")
    assert look(scene, incident_id).status is IncidentStatus.WAITING
    scene.desk.release(busy.id, scene.now, reason="误派", by="dispatcher")
    assert look(scene, incident_id).open_assignments[0].unit_id == "S1"


def test_a_silent_tow_unit_keeps_the_incident_open_until_another_goes() -> None:
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.35, role=Role.TOW_UNIT)])
    incident_id = scene.report()
    scene.desk.offer(incident_id, Role.TOW_UNIT, scene.now)
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_in(Role.SURVEYOR)
    assert job is not None
    scene.desk.accept(job.id, scene.wait(seconds=5), by="S1")
    scene.desk.depart(job.id, scene.wait(seconds=5), by="S1")
    scene.wait(seconds=120)
    look(scene, incident_id)
    scene.desk.arrive(job.id, scene.wait(minutes=3), by="S1")
    assert scene.desk.clear(job.id, scene.wait(minutes=20), by="S1").status is IncidentStatus.ON_SCENE

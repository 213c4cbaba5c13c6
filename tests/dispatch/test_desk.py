"""The desk, from a report to an arrival, on fakes that obey the real rules."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from scene import NOON, SCENE, Scene, straight_times, surveyor

from dispatch.errors import Conflict, IllegalTransition, InvalidInput, OutsideServiceArea, UnknownId
from dispatch.events import UnitOffered
from dispatch.folding import fold
from dispatch.location import Position
from dispatch.unit import Shift, Unit
from dispatch.vocabulary import AssignmentStatus, IncidentStatus, Refusal, Role, Tier, Zone


def test_a_report_becomes_an_incident_with_its_place_and_its_promise() -> None:
    scene = Scene()
    incident = scene.desk.incident(scene.report())
    assert incident.status is IncidentStatus.WAITING
    assert incident.location is not None
    assert incident.commitment is not None
    assert incident.commitment.zone is Zone.URBAN
    assert incident.commitment.due_at == NOON + timedelta(minutes=30)


def test_the_suburbs_have_an_hour() -> None:
    scene = Scene()
    promise = scene.desk.incident(scene.report("从化街口,单车事故")).commitment
    assert promise is not None
    assert (promise.zone, promise.limit_s) == (Zone.SUBURBAN, 3600)


def test_a_report_nobody_can_place_is_taken_and_falls_under_the_stricter_limit() -> None:
    scene = Scene()
    incident = scene.desk.incident(scene.report("就在那个路口"))
    assert incident.status is IncidentStatus.UNLOCATED
    assert incident.commitment is not None
    assert incident.commitment.zone is Zone.URBAN
    with pytest.raises(InvalidInput, match="定位"):
        scene.desk.advise(incident.id, Role.SURVEYOR, scene.now)


def test_the_words_tell_the_tier() -> None:
    scene = Scene()
    assert scene.desk.incident(scene.report("猎德大道,一人受伤")).reported.tier is Tier.INJURY
    assert scene.desk.incident(scene.report("猎德大道,无人受伤")).reported.tier is Tier.STANDARD


def test_a_pin_corrects_the_place_and_leaves_the_promise_as_it_was() -> None:
    scene = Scene()
    incident_id = scene.report("就在那个路口")
    before = scene.desk.incident(incident_id).commitment
    after = scene.desk.relocate(incident_id, Position(113.34, 23.12), scene.wait(minutes=1), by="dispatcher")
    assert after.status is IncidentStatus.WAITING
    assert after.commitment == before


def test_a_pin_outside_the_city_is_refused_and_nothing_is_written() -> None:
    scene = Scene()
    incident_id = scene.report()
    with pytest.raises(OutsideServiceArea):
        scene.desk.relocate(incident_id, Position(113.9, 22.2), scene.now, by="dispatcher")
    assert scene.desk.incident(incident_id).version == 3


def test_the_nearest_by_road_is_offered_with_runners_up_and_probability() -> None:
    scene = Scene()
    after = scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now)
    offer = after.open_assignments[0].offer
    assert offer.unit_id == "S1"
    assert [c.unit_id for c in offer.runners_up] == ["S2", "S3"]
    assert 0.9 < offer.p_kept < 1
    assert offer.eta_at > scene.now


def test_each_reason_for_a_refusal_is_kept_with_the_offer() -> None:
    night = Shift(time(22), time(6))
    units = [
        surveyor(1, 113.34),
        surveyor(2, 113.34, shift=night),
        surveyor(3, 113.34),
        surveyor(4, 113.34),
        surveyor(5, 113.34),
    ]
    scene = Scene(units)
    scene.wait(minutes=10)
    scene.see("S1", SCENE)
    scene.see("S2", SCENE)
    scene.see("S4", SCENE, accuracy_m=3000)
    scene.see("S5", Position(113.33, 24.5))
    after = scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now)
    reasons = {r.unit_id: r.reason for r in after.open_assignments[0].offer.refused}
    assert reasons == {
        "S2": Refusal.OFF_SHIFT,
        "S3": Refusal.STALE_POSITION,
        "S4": Refusal.IMPRECISE_POSITION,
        "S5": Refusal.UNREACHABLE,
    }


def test_an_operator_may_choose_another_unit_but_must_say_why() -> None:
    scene = Scene()
    incident_id = scene.report()
    with pytest.raises(InvalidInput, match="原因"):
        scene.desk.offer(incident_id, Role.SURVEYOR, scene.now, unit_id="S3", by="dispatcher")
    after = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now, unit_id="S3", reason="熟悉该路段", by="dispatcher")
    offer = after.open_assignments[0].offer
    assert (offer.unit_id, offer.override_reason, offer.by) == ("S3", "熟悉该路段", "dispatcher")
    assert offer.runners_up[0].unit_id == "S1"


def test_a_unit_that_cannot_go_cannot_be_chosen_and_the_message_says_why() -> None:
    scene = Scene()
    scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now)
    with pytest.raises(Conflict, match="有未完成任务"):
        scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now, unit_id="S1", reason="近", by="dispatcher")
    with pytest.raises(UnknownId, match="不在名册"):
        scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now, unit_id="S99", reason="近", by="dispatcher")


def test_when_nobody_can_go_the_error_counts_the_reasons() -> None:
    scene = Scene([surveyor(1, 113.34)])
    scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now)
    with pytest.raises(Conflict, match="有未完成任务 1"):
        scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now)


def test_whoever_declined_is_not_asked_again() -> None:
    scene = Scene()
    incident_id = scene.report()
    first = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.decline(first.id, scene.wait(seconds=20), reason="车辆故障", by="S1")
    second = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    assert second.unit_id == "S2"


def test_the_whole_way_from_offer_to_closed() -> None:
    scene = Scene()
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0].id
    steps = (scene.desk.accept, scene.desk.depart, scene.desk.arrive, scene.desk.clear)
    statuses = [step(job, scene.wait(minutes=4), by="S1").status.value for step in steps]
    assert statuses == ["accepted", "en_route", "on_scene", "closed"]
    assert scene.log.open_incidents() == []
    assert scene.log.open_assignments() == {}


def test_a_step_out_of_order_is_refused_and_changes_nothing() -> None:
    scene = Scene()
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0].id
    for step in (scene.desk.depart, scene.desk.arrive, scene.desk.clear):
        with pytest.raises(IllegalTransition, match="已派单"):
            step(job, scene.now, by="S1")
    assert scene.desk.incident(incident_id).open_assignments[0].status is AssignmentStatus.OFFERED


def test_an_incident_with_a_tow_under_way_stays_open_when_the_surveyor_is_done() -> None:
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.35, role=Role.TOW_UNIT)])
    incident_id = scene.report()
    survey = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_in(Role.SURVEYOR)
    tow = scene.desk.offer(incident_id, Role.TOW_UNIT, scene.now).open_in(Role.TOW_UNIT)
    assert survey is not None
    assert tow is not None
    for step in (scene.desk.accept, scene.desk.depart, scene.desk.arrive, scene.desk.clear):
        after = step(survey.id, scene.wait(minutes=4), by="S1")
    assert after.status is IncidentStatus.ON_SCENE
    for step in (scene.desk.accept, scene.desk.depart, scene.desk.arrive, scene.desk.clear):
        after = step(tow.id, scene.wait(minutes=4), by="S2")
    assert after.status is IncidentStatus.CLOSED


def test_one_incident_gets_one_surveyor() -> None:
    scene = Scene()
    incident_id = scene.report()
    scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    with pytest.raises(IllegalTransition, match="先改派"):
        scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)


def test_unknown_incidents_and_assignments_are_named_as_unknown() -> None:
    scene = Scene()
    with pytest.raises(UnknownId):
        scene.desk.incident("GZ000000-00000")
    with pytest.raises(UnknownId):
        scene.desk.accept("GZ000000-00000-1", scene.now, by="S1")


def test_the_stored_decision_can_be_told_again_from_the_events_alone() -> None:
    scene = Scene()
    incident_id = scene.report()
    after = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    assert fold(scene.log.history(incident_id)) == after
    assert [type(e) for e in scene.log.history(incident_id)][-1] is UnitOffered


def test_reassigning_ends_one_and_offers_another_at_once() -> None:
    scene = Scene()
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    after = scene.desk.reassign(job.id, scene.wait(minutes=1), reason="车辆故障", by="dispatcher")
    assert after.assignment(job.id).status is AssignmentStatus.RELEASED
    assert after.open_assignments[0].unit_id == "S2"


def test_reassigning_with_nobody_else_leaves_everything_as_it_was() -> None:
    scene = Scene([surveyor(1, 113.34)])
    incident_id = scene.report()
    before = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    with pytest.raises(Conflict):
        scene.desk.reassign(before.open_assignments[0].id, scene.now, reason="车辆故障", by="dispatcher")
    assert scene.desk.incident(incident_id) == before


def test_closing_frees_every_unit_in_one_step() -> None:
    scene = Scene([surveyor(1, 113.34), surveyor(2, 113.35, role=Role.TOW_UNIT)])
    incident_id = scene.report()
    survey = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_in(Role.SURVEYOR)
    scene.desk.offer(incident_id, Role.TOW_UNIT, scene.now)
    assert survey is not None
    for step in (scene.desk.accept, scene.desk.depart, scene.desk.arrive):
        step(survey.id, scene.wait(minutes=2), by="S1")
    after = scene.desk.close(incident_id, scene.now, reason="双方自行协商", by="dispatcher")
    statuses = [a.status for a in after.assignments.values()]
    assert statuses == [AssignmentStatus.CLEARED, AssignmentStatus.RELEASED]
    assert scene.log.open_assignments() == {}


def test_a_released_unit_may_be_sent_again_and_a_refuser_only_by_name() -> None:
    scene = Scene()
    incident_id = scene.report()
    first = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.release(first.id, scene.wait(seconds=5), reason="误点", by="dispatcher")
    again = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    assert again.unit_id == "S1"
    scene.desk.decline(again.id, scene.wait(seconds=5), reason="忙", by="S1")
    named = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now, unit_id="S1", reason="已空闲", by="dispatcher")
    assert named.open_assignments[0].unit_id == "S1"


def test_an_incident_served_by_a_simulated_unit_counts_as_simulated() -> None:
    unit = surveyor(1, 113.34)
    scene = Scene([Unit(id=unit.id, name=unit.name, role=unit.role, standby=unit.standby, simulated=True)])
    incident_id = scene.report()
    assert not scene.desk.incident(incident_id).simulated
    assert scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).simulated


def test_in_an_hour_when_roads_scatter_more_the_late_tail_is_longer() -> None:
    def p90(hour_log_sd: float) -> float:
        scene = Scene()
        times = lambda *asked: replace(straight_times(*asked), hour_log_sd=hour_log_sd)  # noqa: E731
        desk = replace(scene.desk, travel_times=times)
        return desk.advise(scene.report(), Role.SURVEYOR, scene.now).options[0].eta_p90_s

    assert p90(0.06) < p90(0.19)

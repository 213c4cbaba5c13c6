"""An incident served by its plan: needs, skills, waivers, tiers changed by a person, hospitals, surveys by video."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import SCENE, Scene, surveyor

from dispatch import response
from dispatch.auditing.audit import audit, judge
from dispatch.auditing.record import Exclusion, Problem
from dispatch.decision import Advice
from dispatch.desk import Desk
from dispatch.errors import Conflict, IllegalTransition, InvalidInput
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.unit import Unit
from dispatch.vocabulary import IncidentStatus, NeedStatus, Refusal, Role, Skill, Tier, Verdict

INJURED = "猎德大道,两车追尾,一人受伤"
WHY = "现场回报"
HOSPITAL = Position(113.48, 23.12)


def unit(key: str, role: Role, *skills: Skill, lon: float = 113.34) -> Unit:
    return Unit(id=key, name=key, role=role, standby=Position(lon, SCENE.lat), skills=frozenset(skills))


FLEET = [
    surveyor(1, 113.34),
    unit("H1", Role.SURVEYOR, Skill.HEAVY_LOSS, lon=113.40),
    unit("T1", Role.TOW_UNIT),
    unit("T2", Role.TOW_UNIT, Skill.EXPRESSWAY, lon=113.40),
    unit("P1", Role.SPECIALIST),
]


def serve(scene: Scene, incident_id: str, role: Role, *, cleared: bool = True) -> Incident:
    job = scene.desk.offer(incident_id, role, scene.now).open_in(role)
    assert job is not None
    scene.desk.accept(job.id, scene.wait(seconds=30), by=job.unit_id)
    scene.desk.depart(job.id, scene.wait(seconds=60), by=job.unit_id)
    after = scene.desk.arrive(job.id, scene.wait(minutes=4), by=job.unit_id)
    for state in scene.fleet.states(scene.now):
        scene.see(state.unit.id, state.unit.standby)
    return scene.desk.clear(job.id, scene.wait(minutes=2), by=job.unit_id) if cleared else after


def statuses(desk: Desk, incident: Incident) -> dict[Role, NeedStatus]:
    return {s.need.role: s.status for s in desk.needs(incident)}


def names(advice: Advice) -> list[str]:
    return [o.unit_id for o in advice.options]


def refusals(advice: Advice) -> dict[str, Refusal]:
    return {r.unit_id: r.reason for r in advice.refused}


def test_an_injury_closes_by_itself_only_when_surveyor_and_specialist_have_been_there() -> None:
    scene = Scene(FLEET)
    key = scene.report(INJURED)
    assert scene.desk.open_roles(scene.desk.incident(key)) == [Role.SURVEYOR, Role.SPECIALIST]
    after = serve(scene, key, Role.SURVEYOR)
    assert after.status is IncidentStatus.ON_SCENE
    assert statuses(scene.desk, after) == {Role.SURVEYOR: NeedStatus.SERVED, Role.SPECIALIST: NeedStatus.OPEN}
    assert serve(scene, key, Role.SPECIALIST).status is IncidentStatus.CLOSED


def test_the_specialist_coming_first_leaves_the_status_and_the_promise_to_the_surveyor() -> None:
    scene = Scene(FLEET)
    key = scene.report(INJURED)
    after = serve(scene, key, Role.SPECIALIST)
    assert (after.status, after.arrived_at) == (IncidentStatus.WAITING, None)
    assert judge(after, scene.now).verdict is Verdict.OPEN


def test_a_waived_need_lets_the_incident_close_and_says_why() -> None:
    scene = Scene(FLEET)
    key = scene.report(INJURED)
    serve(scene, key, Role.SURVEYOR)
    with pytest.raises(InvalidInput, match="原因"):
        response.waive(scene.desk, key, Role.SPECIALIST, scene.now, reason=" ", by="dispatcher")
    with pytest.raises(Conflict, match="不缺"):
        response.waive(scene.desk, key, Role.TOW_UNIT, scene.now, reason=WHY, by="dispatcher")
    after = response.waive(scene.desk, key, Role.SPECIALIST, scene.now, reason="伤者拒绝", by="dispatcher")
    assert after.status is IncidentStatus.CLOSED
    assert scene.desk.needs(after)[1].reason == "伤者拒绝"


def test_nobody_is_waived_while_bound_and_an_incident_nobody_served_does_not_close_by_itself() -> None:
    scene = Scene(FLEET)
    key = scene.report("猎德大道,追尾")
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0]
    with pytest.raises(Conflict, match="已派出"):
        response.waive(scene.desk, key, Role.SURVEYOR, scene.now, reason=WHY, by="dispatcher")
    scene.desk.release(job.id, scene.now, reason=WHY, by="dispatcher")
    after = response.waive(scene.desk, key, Role.SURVEYOR, scene.now, reason="报案人撤案", by="dispatcher")
    assert after.status is IncidentStatus.WAITING
    closed = scene.desk.close(key, scene.now, reason="撤案", by="dispatcher")
    assert judge(closed, scene.now).record.problem is Problem.NO_ARRIVAL


def test_only_units_with_the_skill_may_go() -> None:
    scene = Scene(FLEET)
    key = scene.report("猎德大道,小车侧翻在高速公路上")
    surveyors = scene.desk.advise(key, Role.SURVEYOR, scene.now)
    assert (names(surveyors), refusals(surveyors)) == (["H1"], {"S1": Refusal.LACKS_SKILL})
    tows = scene.desk.advise(key, Role.TOW_UNIT, scene.now)
    assert (names(tows), refusals(tows)) == (["T2"], {"T1": Refusal.LACKS_SKILL})
    with pytest.raises(Conflict, match="资质不符"):
        scene.desk.offer(key, Role.TOW_UNIT, scene.now, unit_id="T1", reason="近")


def test_a_vehicle_that_cannot_drive_needs_a_tow() -> None:
    scene = Scene(FLEET)
    incident = scene.desk.incident(scene.report("猎德大道,追尾,车开不了"))
    assert scene.desk.open_roles(incident) == [Role.SURVEYOR, Role.TOW_UNIT]
    assert names(scene.desk.advise(incident.id, Role.TOW_UNIT, scene.now)) == ["T1", "T2"]


def test_a_surveyor_without_the_skill_that_a_new_tier_asks_for_does_not_serve_it() -> None:
    scene = Scene(FLEET)
    key = scene.report("猎德大道,追尾")
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0]
    assert job.unit_id == "S1"
    after = response.change_tiers(scene.desk, key, [Tier.HEAVY_LOSS], scene.now, reason=WHY, by="dispatcher")
    assert statuses(scene.desk, after) == {Role.SURVEYOR: NeedStatus.OPEN}
    after = scene.desk.reassign(job.id, scene.now, reason="资质", by="dispatcher")
    assert after.open_assignments[0].unit_id == "H1"
    assert statuses(scene.desk, after) == {Role.SURVEYOR: NeedStatus.UNDER_WAY}


@given(st.lists(st.lists(st.sampled_from(Tier), min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_change_of_tiers_changes_the_promise_or_the_group_of_the_audit(changes: list[list[Tier]]) -> None:
    scene = Scene(FLEET)
    before = scene.desk.incident(scene.report(INJURED))
    for tiers in changes:
        after = response.change_tiers(scene.desk, before.id, tiers, scene.wait(minutes=1), reason=WHY, by="dispatcher")
        assert after.commitment == before.commitment
        assert set(after.tiers) == set(tiers)
        assert after.tier is after.tiers[0]
        assert judge(after, scene.now).record.tier == "injury"
        assert fold(scene.log.history(before.id)) == after


@pytest.mark.parametrize(("tiers", "reason"), [([], WHY), ([Tier.MINOR], " ")])
def test_another_tier_needs_a_tier_and_a_reason(tiers: Sequence[Tier], reason: str) -> None:
    scene = Scene(FLEET)
    key = scene.report()
    with pytest.raises(InvalidInput):
        response.change_tiers(scene.desk, key, tiers, scene.now, reason=reason, by="dispatcher")
    assert len(scene.log.history(key)) == 3


def test_what_a_later_caller_says_is_added_to_what_a_person_decided() -> None:
    scene = Scene(FLEET)
    first, second = scene.report("猎德大道,三车追尾"), scene.report(INJURED)
    response.change_tiers(scene.desk, first, [Tier.STANDARD], scene.now, reason=WHY, by="dispatcher")
    kept = scene.desk.merge(second, first, scene.now, reason="同一事故", by="dispatcher")
    assert kept.tiers == (Tier.INJURY, Tier.STANDARD)
    kept = response.change_tiers(scene.desk, first, [Tier.STANDARD], scene.now, reason="无人受伤", by="dispatcher")
    assert kept.tiers == (Tier.STANDARD,)


def test_the_specialist_goes_to_the_hospital_once_it_is_named() -> None:
    scene = Scene(FLEET)
    key = scene.report(INJURED)
    near = scene.desk.advise(key, Role.SPECIALIST, scene.now).options[0].travel_s
    with pytest.raises(InvalidInput, match="医院"):
        response.name_hospital(scene.desk, key, "某医院", scene.now, by="dispatcher")
    after = response.name_hospital(scene.desk, key, "大观路医院", scene.now, position=HOSPITAL, by="dispatcher")
    assert after.destination(Role.SURVEYOR) == after.location
    there = scene.desk.advise(key, Role.SPECIALIST, scene.now).options[0].travel_s
    assert there > near + 1000
    assert scene.desk.advise(key, Role.SURVEYOR, scene.now).options[0].travel_s < 200


def far_scene() -> tuple[Scene, str]:
    """A minor accident whose nearest surveyor needs most of an hour."""
    scene = Scene([surveyor(1, 113.63)])
    return scene, scene.report("猎德大道,轻微刮蹭")


def video(scene: Scene, key: str, *, consent: str) -> Incident:
    response.start_remote(scene.desk, key, scene.now, surveyor="陈工", consent=consent, by="dispatcher")
    return response.end_remote(scene.desk, key, scene.wait(minutes=10), completed=True, by="dispatcher")


def test_a_survey_by_video_with_consent_serves_the_need_and_is_listed_apart_from_arrivals() -> None:
    scene, key = far_scene()
    after = video(scene, key, consent="录音 0412 同意")
    assert (after.status, after.arrived_at) == (IncidentStatus.CLOSED, None)
    result = audit([scene.log.history(key)], scene.now)
    assert (result.totals.excluded, result.totals.kept, result.totals.timed) == (1, 0, 0)
    assert (result.excluded, result.by_video) == ({Exclusion.REMOTE_CONSENT: 1}, 1)
    assert result.totals.share_with_excluded.p == 0


def test_without_consent_the_arrival_promise_is_judged_as_ever() -> None:
    scene, key = far_scene()
    after = video(scene, key, consent="")
    judged = judge(after, scene.now)
    assert (judged.verdict, judged.record.problem) == (Verdict.MISSED, Problem.NO_ARRIVAL)
    assert judged.record.by_video


def test_consent_after_the_promise_was_broken_excuses_nothing() -> None:
    scene, key = far_scene()
    scene.wait(minutes=31)
    assert judge(video(scene, key, consent="同意"), scene.now).verdict is Verdict.MISSED


def test_a_survey_by_video_that_came_to_nothing_leaves_promise_and_need_open() -> None:
    scene, key = far_scene()
    response.start_remote(scene.desk, key, scene.now, surveyor="陈工", consent="同意", by="dispatcher")
    assert statuses(scene.desk, scene.desk.incident(key)) == {Role.SURVEYOR: NeedStatus.UNDER_WAY}
    with pytest.raises(InvalidInput, match="原因"):
        response.end_remote(scene.desk, key, scene.now, completed=False, by="dispatcher")
    after = response.end_remote(scene.desk, key, scene.now, completed=False, note="信号差", by="dispatcher")
    assert statuses(scene.desk, after) == {Role.SURVEYOR: NeedStatus.OPEN}
    assert judge(after, scene.wait(minutes=31)).record.problem is Problem.OVERDUE


def test_closing_ends_a_running_survey_by_video_as_not_completed() -> None:
    scene, key = far_scene()
    response.start_remote(scene.desk, key, scene.now, surveyor="陈工", consent="同意", by="dispatcher")
    closed = scene.desk.close(key, scene.now, reason="撤案", by="dispatcher")
    assert closed.remote is not None
    assert not closed.remote.completed
    assert judge(closed, scene.now).verdict is Verdict.MISSED


def test_a_survey_by_video_is_refused_where_somebody_is_near_or_the_tier_forbids_it() -> None:
    scene = Scene(FLEET)
    near, hurt = scene.report("猎德大道,轻微刮蹭"), scene.report(INJURED)
    with pytest.raises(Conflict, match="分钟可到"):
        response.start_remote(scene.desk, near, scene.now, surveyor="陈工", by="dispatcher")
    with pytest.raises(Conflict, match="须到现场"):
        response.start_remote(scene.desk, hurt, scene.now, surveyor="陈工", by="dispatcher")
    with pytest.raises(InvalidInput, match="视频查勘员"):
        response.start_remote(scene.desk, near, scene.now, surveyor="", by="dispatcher")


def test_nobody_surveys_by_video_what_somebody_surveys_already() -> None:
    scene, key = far_scene()
    response.start_remote(scene.desk, key, scene.now, surveyor="陈工", by="dispatcher")
    with pytest.raises(IllegalTransition, match="已有人查勘"):
        response.start_remote(scene.desk, key, scene.now, surveyor="李工", by="dispatcher")
    response.end_remote(scene.desk, key, scene.now, completed=False, note="信号差", by="dispatcher")
    with pytest.raises(IllegalTransition, match="没有进行中"):
        response.end_remote(scene.desk, key, scene.now, completed=True, by="dispatcher")


def served_with_a_tow_on_call() -> tuple[Scene, str, str]:
    """The surveyor has gone again; a tow that the plan does not ask for is still offered the job."""
    scene = Scene(FLEET)
    key = scene.report("猎德大道,追尾")
    tow = scene.desk.offer(key, Role.TOW_UNIT, scene.now).open_assignments[0]
    serve(scene, key, Role.SURVEYOR)
    return scene, key, tow.id


def test_an_incident_that_was_served_closes_when_the_last_unit_is_released() -> None:
    scene, _, tow = served_with_a_tow_on_call()
    after = scene.desk.release(tow, scene.now, reason="车已开走", by="dispatcher")
    assert after.status is IncidentStatus.CLOSED


def test_an_incident_that_was_served_closes_when_its_new_tier_needs_nobody_more() -> None:
    scene = Scene(FLEET)
    key = scene.report(INJURED)
    assert serve(scene, key, Role.SURVEYOR).closed_at is None
    after = response.change_tiers(scene.desk, key, [Tier.STANDARD], scene.now, reason="无人受伤", by="dispatcher")
    assert after.status is IncidentStatus.CLOSED


def test_an_offer_that_was_refused_can_be_waived_though_the_plan_does_not_ask_for_it() -> None:
    scene, key, tow = served_with_a_tow_on_call()
    assert scene.desk.decline(tow, scene.now, reason="忙", by="T1").unanswered_roles == [Role.TOW_UNIT]
    after = response.waive(scene.desk, key, Role.TOW_UNIT, scene.now, reason="车已开走", by="dispatcher")
    assert after.status is IncidentStatus.CLOSED


def test_who_is_sent_after_all_is_needed_again() -> None:
    scene = Scene(FLEET)
    key = scene.report("猎德大道,追尾,车开不了")
    response.waive(scene.desk, key, Role.TOW_UNIT, scene.now, reason="车主自行处理", by="dispatcher")
    tow = scene.desk.offer(key, Role.TOW_UNIT, scene.now).open_assignments[0]
    after = scene.desk.decline(tow.id, scene.now, reason="忙", by=tow.unit_id)
    assert after.unanswered_roles == [Role.TOW_UNIT]
    assert statuses(scene.desk, after)[Role.TOW_UNIT] is NeedStatus.OPEN

"""Alarms before the breach: what is in danger, what should be done instead, and what that costs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scene import SCENE, Scene, surveyor

from dispatch.alarms.alarm_words import explain_risk, explain_risk_in_english
from dispatch.events import RiskCleared, RiskRaised
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.messages.causes import caused
from dispatch.response import change_tiers, waive
from dispatch.vocabulary import RiskKind, Role, Tier
from dispatch.watch import watch


def accepted(scene: Scene) -> tuple[str, str]:
    incident_id = scene.report()
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.accept(job.id, scene.wait(seconds=10), by=job.unit_id)
    return incident_id, job.id


def en_route(scene: Scene) -> tuple[str, str]:
    incident_id, job = accepted(scene)
    scene.desk.depart(job, scene.wait(seconds=60), by="S1")
    return incident_id, job


def look(scene: Scene, incident_id: str) -> Incident:
    watch(scene.desk, scene.now)
    return scene.desk.incident(incident_id)


def kinds(incident: Incident) -> list[RiskKind]:
    return [raised.risk for raised in incident.risks]


def test_a_unit_on_time_raises_no_alarm() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    assert look(scene, incident_id).risks == []


def test_a_unit_that_is_slipping_is_told_before_the_promise_is_broken_and_somebody_nearer_is_proposed() -> None:
    scene = Scene()
    incident_id, job = en_route(scene)
    scene.wait(minutes=12)
    scene.see("S1", Position(113.53, SCENE.lat))  # it went the wrong way
    scene.see("S2", Position(113.34, SCENE.lat))
    look(scene, incident_id)
    after = look(scene, incident_id)
    (alarm,) = after.risks
    assert (alarm.risk, alarm.assignment_id) == (RiskKind.LATE, job)
    assert after.commitment is not None
    assert alarm.at < after.commitment.due_at
    assert alarm.proposal is not None
    assert alarm.proposal.unit_id == "S2"
    assert alarm.driven_s == 12 * 60


def test_the_sentence_of_an_alarm_says_gain_and_cost() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    scene.wait(minutes=12)
    scene.see("S1", Position(113.53, SCENE.lat))
    scene.see("S2", Position(113.34, SCENE.lat))
    look(scene, incident_id)
    after = look(scene, incident_id)
    said = explain_risk(after.risks[0], after)
    assert all(word in said for word in ("查勘员1可能超时", "改派查勘员2", "概率升至", "已行驶 12 分钟作废"))


def test_nobody_is_proposed_who_gains_too_little() -> None:
    scene = Scene([surveyor(1, 113.34)])
    incident_id, _ = en_route(scene)
    scene.wait(minutes=12)
    scene.see("S1", Position(113.53, SCENE.lat))
    look(scene, incident_id)
    assert [raised.proposal for raised in look(scene, incident_id).risks] == [None]


def test_an_alarm_is_raised_once_and_taken_back_when_the_danger_passes() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    scene.wait(minutes=5)
    scene.see("S1", Position(113.53, SCENE.lat))
    look(scene, incident_id)
    raised = look(scene, incident_id)
    assert kinds(raised) == [RiskKind.LATE]
    assert look(scene, incident_id).version == raised.version
    scene.wait(seconds=5)
    scene.see("S1", Position(113.331, SCENE.lat))
    look(scene, incident_id)
    assert kinds(look(scene, incident_id)) == []


def test_an_alarm_states_the_chance_there_is_now() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    scene.wait(minutes=12)
    scene.see("S1", Position(113.47, SCENE.lat))
    look(scene, incident_id)
    (slipping,) = look(scene, incident_id).risks
    scene.wait(minutes=9)
    scene.see("S1", Position(113.53, SCENE.lat))  # farther still
    look(scene, incident_id)
    (hopeless,) = look(scene, incident_id).risks
    assert slipping.p_kept - hopeless.p_kept >= scene.desk.policy.alarms.gain_p
    assert hopeless.at == scene.now
    said = [e for e in scene.log.history(incident_id) if isinstance(e, RiskRaised)]
    assert said == [slipping, hopeless]
    assert [one.again for one in said] == [False, True]
    assert [len(caused([one], scene.desk.incident(incident_id), after=1)) for one in said] == [
        1,
        0,
    ]  # the duty desk is told once
    look(scene, incident_id)
    assert [e for e in scene.log.history(incident_id) if isinstance(e, RiskRaised)] == said


def test_a_unit_that_accepted_and_does_not_set_off_is_told() -> None:
    scene = Scene()
    incident_id, _ = accepted(scene)
    scene.wait(seconds=301)
    scene.see("S1", Position(113.34, SCENE.lat))
    assert kinds(look(scene, incident_id)) == [RiskKind.NOT_DEPARTED]


def test_a_unit_that_falls_silent_on_the_way_is_told_and_heard_again() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    scene.wait(seconds=181)
    assert kinds(look(scene, incident_id)) == [RiskKind.SILENT]
    scene.see("S1", Position(113.335, SCENE.lat))
    assert kinds(look(scene, incident_id)) == []


def test_an_incident_nobody_was_sent_to_is_told_with_who_could_go() -> None:
    scene = Scene()
    incident_id = scene.report()
    assert look(scene, incident_id).risks == []
    scene.wait(seconds=121)
    (alarm,) = look(scene, incident_id).risks
    assert (alarm.risk, alarm.assignment_id) == (RiskKind.UNASSIGNED, None)
    assert alarm.proposal is not None
    scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    assert scene.desk.incident(incident_id).risks == []


def test_an_incident_without_a_place_is_in_danger_too() -> None:
    scene = Scene()
    incident_id = scene.report("在刚才那里")
    scene.wait(seconds=121)
    (alarm,) = look(scene, incident_id).risks
    assert (alarm.risk, alarm.proposal) == (RiskKind.UNASSIGNED, None)


def test_what_was_in_danger_is_not_any_more_once_the_surveyor_has_arrived() -> None:
    scene = Scene()
    incident_id, job = en_route(scene)
    scene.wait(seconds=181)
    look(scene, incident_id)
    scene.desk.arrive(job, scene.now, by="S1")
    assert look(scene, incident_id).risks == []


def test_a_waiting_time_runs_from_the_last_refusal() -> None:
    scene = Scene([surveyor(1, 113.34)])
    incident_id, job = accepted(scene)
    scene.wait(minutes=3)
    scene.desk.release(job, scene.now, reason="误派", by="dispatcher")
    scene.wait(seconds=100)
    assert look(scene, incident_id).risks == []
    scene.wait(seconds=21)
    assert kinds(look(scene, incident_id)) == [RiskKind.UNASSIGNED]


def test_thresholds_come_from_the_policy() -> None:
    scene = Scene()
    policy = scene.desk.policy
    scene.desk = replace(scene.desk, policy=replace(policy, alarms=replace(policy.alarms, silent_after_s=30.0)))
    incident_id, _ = en_route(scene)
    scene.now += timedelta(seconds=31)
    assert kinds(look(scene, incident_id)) == [RiskKind.SILENT]


def test_alarms_of_one_pass_are_written_in_one_order_and_so_taken_back() -> None:
    scene = Scene()
    incident_id, _ = en_route(scene)
    scene.wait(minutes=12)
    scene.see("S1", Position(113.53, SCENE.lat))
    look(scene, incident_id)
    scene.wait(minutes=4)  # silent, and late since the last forecast
    look(scene, incident_id)
    raised = [e.risk for e in scene.log.history(incident_id) if isinstance(e, RiskRaised)]
    scene.wait(minutes=1)
    scene.see("S1", SCENE)
    look(scene, incident_id)
    look(scene, incident_id)
    cleared = [e.risk for e in scene.log.history(incident_id) if isinstance(e, RiskCleared)]
    assert cleared == raised == [RiskKind.LATE, RiskKind.SILENT]


def test_an_alarm_whose_proposed_unit_went_elsewhere_proposes_another() -> None:
    scene = Scene()
    incident_id = scene.report()
    scene.wait(seconds=121)
    (alarm,) = look(scene, incident_id).risks
    assert alarm.proposal is not None
    assert alarm.proposal.unit_id == "S1"
    scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now, unit_id="S1", reason="就近")
    (alarm,) = look(scene, incident_id).risks
    assert alarm.proposal is not None
    assert alarm.proposal.unit_id == "S2"
    version = scene.desk.incident(incident_id).version
    assert look(scene, incident_id).version == version


def test_an_incident_all_waived_that_nobody_served_asks_to_be_closed_and_is_not_missed() -> None:
    scene = Scene()
    incident_id = scene.report()
    waive(scene.desk, incident_id, Role.SURVEYOR, scene.now, reason="客户自行处理", by="dispatcher")
    scene.wait(seconds=121)
    after = look(scene, incident_id)
    assert kinds(after) == [RiskKind.NOBODY_NEEDED]
    assert all(word in explain_risk(after.risks[0], after) for word in ("全部免除", "客户自行处理", "请结案"))
    assert "close it" in explain_risk_in_english(after.risks[0], after)
    assert look(scene, incident_id).version == after.version
    scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    assert scene.desk.incident(incident_id).risks == []


def with_others(role: Role, *, units: int = 1) -> tuple[Scene, str]:
    """An injured person, a vehicle that cannot drive; the surveyor has been there and gone."""
    scene = Scene([surveyor(1, 113.34), *(surveyor(n, 113.33 + 0.01 * n, role=role) for n in range(4, 4 + units))])
    incident_id = scene.report("猎德大道,追尾" + (",车开不了" if role is Role.TOW_UNIT else ",一人受伤"))
    job = scene.desk.offer(incident_id, Role.SURVEYOR, scene.now).open_assignments[0].id
    scene.desk.accept(job, scene.wait(seconds=10), by="S1")
    scene.desk.depart(job, scene.wait(seconds=10), by="S1")
    scene.desk.arrive(job, scene.wait(seconds=10), by="S1")
    scene.desk.clear(job, scene.wait(seconds=10), by="S1")
    return scene, incident_id


OTHERS = pytest.mark.parametrize("role", [Role.TOW_UNIT, Role.SPECIALIST])


def sent(scene: Scene, incident_id: str, role: Role) -> str:
    job = scene.desk.offer(incident_id, role, scene.now).open_in(role)
    assert job is not None
    scene.desk.accept(job.id, scene.wait(seconds=10), by=job.unit_id)
    return job.id


@OTHERS
def test_a_tow_or_specialist_that_falls_silent_or_does_not_set_off_is_told(role: Role) -> None:
    scene, incident_id = with_others(role)
    job = sent(scene, incident_id, role)
    scene.wait(seconds=301)
    scene.see("S4", Position(113.37, SCENE.lat))
    (alarm,) = [r for r in look(scene, incident_id).risks if r.risk is not RiskKind.LATE]
    assert (alarm.risk, alarm.assignment_id, alarm.role) == (RiskKind.NOT_DEPARTED, job, role)
    scene.desk.depart(job, scene.now, by="S4")
    scene.wait(seconds=181)
    assert RiskKind.SILENT in kinds(look(scene, incident_id))


@OTHERS
def test_a_tow_or_specialist_is_late_against_what_was_told_and_a_nearer_one_is_proposed(role: Role) -> None:
    scene, incident_id = with_others(role, units=2)
    job = sent(scene, incident_id, role)
    scene.desk.depart(job, scene.wait(seconds=30), by="S4")
    assert kinds(look(scene, incident_id)) == []
    scene.wait(minutes=8)
    scene.see("S4", Position(113.53, SCENE.lat))  # it went the wrong way
    scene.see("S5", Position(113.331, SCENE.lat))
    look(scene, incident_id)
    after = look(scene, incident_id)
    (alarm,) = after.risks
    assert (alarm.risk, alarm.role) == (RiskKind.LATE, role)
    assert alarm.proposal is not None
    assert alarm.proposal.unit_id == "S5"
    said = explain_risk(alarm, after)
    assert "比派单时的预计晚" in said
    assert "按时到场概率" not in said  # nobody promised when it comes


@OTHERS
def test_a_tow_or_specialist_that_nobody_takes_is_told_with_who_could_go(role: Role) -> None:
    scene, incident_id = with_others(role)
    scene.wait(seconds=121)
    scene.see("S4", Position(113.37, SCENE.lat))
    after = look(scene, incident_id)
    assert [(r.risk, r.role) for r in after.risks] == [(RiskKind.UNASSIGNED, role)]
    assert after.risks[0].proposal is not None
    assert role.label in explain_risk(after.risks[0], after)
    sent(scene, incident_id, role)
    assert scene.desk.incident(incident_id).risks == []


def test_waiting_for_a_specialist_begins_when_the_tier_asks_for_one() -> None:
    scene = Scene([surveyor(1, 113.34)])
    incident_id = scene.report()
    scene.desk.offer(incident_id, Role.SURVEYOR, scene.now)
    scene.wait(minutes=1)
    change_tiers(scene.desk, incident_id, [Tier.INJURY], scene.now, reason="有人受伤", by="dispatcher")
    scene.wait(seconds=80)
    assert kinds(look(scene, incident_id)) == []

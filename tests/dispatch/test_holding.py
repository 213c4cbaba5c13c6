"""Holding an incident back and calling it off: who may be sent, what alarms, what is told."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from scene import SCENE, Scene, surveyor

from dispatch.errors import Conflict, IllegalTransition, InvalidInput
from dispatch.events import HoldEnded, IncidentClosed
from dispatch.folding import fold
from dispatch.holding import end_hold, hold
from dispatch.incident import Incident
from dispatch.policy.policy import Policy
from dispatch.vocabulary import (
    AssignmentStatus,
    CloseCode,
    HoldEnd,
    HoldEvent,
    HoldReason,
    IncidentStatus,
    RiskKind,
    Role,
)
from dispatch.watch import watch
from geo_data.stores.event_codec import decode

AUTO = Policy.from_mapping({"choosing": {"auto_offer": True}})


def held(scene: Scene, minutes: float = 20, *, ends_on: HoldEvent | None = None, text: str = "猎德大道追尾") -> str:
    key = scene.report(text)
    until = scene.now + timedelta(minutes=minutes)
    hold(scene.desk, key, scene.now, reason=HoldReason.CALLER_ASKED, until=until, ends_on=ends_on, by="李四")
    return key


def look(scene: Scene, key: str) -> Incident:
    watch(scene.desk, scene.now)
    return scene.desk.incident(key)


def test_nobody_is_sent_to_a_held_incident_neither_by_hand_nor_by_the_desk() -> None:
    scene = Scene(policy=AUTO)
    key = held(scene)
    assert scene.desk.incident(key).status is IncidentStatus.HELD
    with pytest.raises(IllegalTransition, match="暂缓中"):
        scene.desk.offer(key, Role.SURVEYOR, scene.now)
    scene.wait(minutes=10)
    assert look(scene, key).assignments == {}


def test_the_promise_runs_on_and_no_alarm_is_raised_until_the_hold_is_over_and_then_at_once() -> None:
    scene = Scene()
    key = held(scene)
    promise = scene.desk.incident(key).commitment
    scene.wait(minutes=19)
    assert look(scene, key).risks == []
    scene.wait(minutes=1)
    after = look(scene, key)
    assert (after.status, after.commitment) == (IncidentStatus.WAITING, promise)
    assert [r.risk for r in after.risks] == [RiskKind.UNASSIGNED]
    assert [e.how for e in scene.log.history(key) if isinstance(e, HoldEnded)] == [HoldEnd.DUE]


def test_a_held_incident_comes_back_and_is_offered_where_the_desk_offers_by_itself() -> None:
    scene = Scene(policy=AUTO)
    key = held(scene, minutes=3)
    scene.wait(minutes=3)
    assert look(scene, key).open_in(Role.SURVEYOR) is not None


def test_a_hold_that_waits_for_the_place_ends_when_somebody_sets_it() -> None:
    scene = Scene()
    key = held(scene, ends_on=HoldEvent.LOCATED, text="说不清在哪里")
    after = scene.desk.relocate(key, SCENE, scene.wait(minutes=2), by="李四")
    assert (after.held, after.status) == (None, IncidentStatus.WAITING)
    assert after.hold_ended is not None
    assert after.hold_ended.how is HoldEnd.LOCATED


def test_whoever_ends_a_hold_early_has_time_to_send_somebody_before_it_alarms() -> None:
    scene = Scene()
    key = held(scene)
    scene.wait(minutes=10)
    assert end_hold(scene.desk, key, scene.now, how=HoldEnd.CALLED_BACK, by="李四").held is None
    assert look(scene, key).risks == []
    scene.wait(minutes=3)
    assert [r.risk for r in look(scene, key).risks] == [RiskKind.UNASSIGNED]


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_a_hold_ends_within_a_day_from_now(minutes: float) -> None:
    scene = Scene()
    with pytest.raises(InvalidInput, match="24"):
        held(scene, minutes)


def test_a_hold_needs_a_reason_in_words_where_the_list_has_none_and_nobody_bound() -> None:
    scene = Scene()
    key, until = scene.report(), scene.now + timedelta(minutes=5)
    with pytest.raises(InvalidInput, match="原因"):
        hold(scene.desk, key, scene.now, reason=HoldReason.OTHER, until=until, by="李四")
    scene.desk.offer(key, Role.SURVEYOR, scene.now)
    with pytest.raises(Conflict, match="先释放"):
        hold(scene.desk, key, scene.now, reason=HoldReason.POLICE_FIRST, until=until, by="李四")


def test_a_cancelled_incident_frees_its_unit_which_is_told_why() -> None:
    scene = Scene()
    key = scene.report()
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0]
    after = scene.desk.close(key, scene.now, code=CloseCode.WITHDRAWN, by="李四")
    assert after.closed is not None
    assert (after.closed.code, after.closed.reason) == (CloseCode.WITHDRAWN, "报案人撤销")
    ended = after.assignment(job.id)
    assert (ended.status, ended.ended_reason) == (AssignmentStatus.RELEASED, "报案人撤销")
    assert scene.log.open_assignments() == {}


def test_a_held_incident_can_be_cancelled_and_only_another_reason_must_be_spelt_out() -> None:
    scene = Scene()
    key = held(scene)
    with pytest.raises(InvalidInput, match="结束原因"):
        scene.desk.close(key, scene.now, by="李四")
    after = scene.desk.close(key, scene.now, code=CloseCode.FALSE_REPORT, by="李四")
    assert (after.held, after.status) == (None, IncidentStatus.CLOSED)


def test_an_end_stored_before_there_were_codes_still_reads() -> None:
    scene = Scene()
    key = scene.report()
    old = {"incident_id": key, "at": "2026-11-22T05:00:00Z", "by": "desk", "reason": "误报"}
    event = decode("IncidentClosed", json.dumps(old))
    assert isinstance(event, IncidentClosed)
    after = fold([*scene.log.history(key), event])
    assert after.closed is not None
    assert (after.closed.code, after.closed.reason) == (None, "误报")


def test_nobody_is_missed_while_a_unit_soon_free_is_awaited() -> None:
    scene = Scene([surveyor(1, SCENE.lon)])
    first = scene.report()
    job = scene.desk.offer(first, Role.SURVEYOR, scene.now).open_assignments[0].id
    for step in (scene.desk.accept, scene.desk.depart, scene.desk.arrive):
        step(job, scene.wait(seconds=10), by="S1")
    second = scene.report()
    scene.wait(seconds=150)
    scene.see("S1", SCENE)
    assert look(scene, second).risks == []
    scene.desk = replace(scene.desk, policy=Policy.from_mapping({"choosing": {"soon": False}}))
    assert [r.risk for r in look(scene, second).risks] == [RiskKind.UNASSIGNED]

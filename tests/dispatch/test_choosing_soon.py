"""Units that will soon be free: how soon, and whether an incident waits for them."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import SCENE, Scene, surveyor

from dispatch import response, windows
from dispatch.choosing.soon import soon_free, work_left_s
from dispatch.location import Position
from dispatch.policy.policy import Choosing, Policy
from dispatch.vocabulary import Role, Tier


def at(lon: float) -> Position:
    return Position(lon, SCENE.lat)


def on_scene(scene: Scene, unit_id: str, minutes: float) -> str:
    """S1 surveys at the scene, and has done so for some minutes."""
    key = scene.report()
    scene.desk.offer(key, Role.SURVEYOR, scene.now, unit_id=unit_id, reason="测试")
    (assignment,) = scene.desk.incident(key).open_assignments
    for step in (scene.desk.accept, scene.desk.depart):
        step(assignment.id, scene.now, by=unit_id)
    scene.desk.arrive(assignment.id, scene.now, position=SCENE, by=unit_id)
    scene.wait(minutes=minutes)
    return key


def two_units(far_lon: float, *, soon: bool = True, minutes: float = 30.0) -> tuple[Scene, str]:
    """S1 is about to finish at the scene, S2 is free but far; a new incident happens beside S1."""
    scene = Scene([surveyor(1, 113.33), surveyor(2, far_lon)], Policy(choosing=Choosing(soon=soon)))
    on_scene(scene, "S1", minutes)
    scene.see("S1", SCENE)
    scene.see("S2", at(far_lon))
    key = scene.report()
    scene.desk.relocate(key, at(113.335), scene.now, by="dispatcher")
    return scene, key


@pytest.mark.parametrize("elapsed_s", [0.0, 300.0, 1320.0, 3000.0])
def test_the_rest_of_a_work_is_what_drawn_works_leave(elapsed_s: float) -> None:
    policy = Choosing()
    drawn = np.random.default_rng(1).lognormal(np.log(policy.on_scene_median_s), policy.on_scene_log_sd, 2_000_000)
    left = drawn[drawn > elapsed_s] - elapsed_s
    mean_s, variance_s2 = work_left_s(elapsed_s, policy)
    assert mean_s == pytest.approx(left.mean(), rel=0.02)
    assert variance_s2**0.5 == pytest.approx(left.std(), rel=0.03)


@given(elapsed_s=st.floats(0, 1e6))
def test_a_work_however_long_is_not_over_yet(elapsed_s: float) -> None:
    mean_s, variance_s2 = work_left_s(elapsed_s, Choosing())
    assert np.isfinite([mean_s, variance_s2]).all()
    assert mean_s > 0
    assert variance_s2 >= 0


def test_an_incident_waits_for_the_near_unit_that_is_nearly_done() -> None:
    scene, key = two_units(113.60)
    (proposal,) = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert proposal.incident.id == key
    assert proposal.advice is None
    assert proposal.awaited is not None
    assert proposal.awaited.state.unit.id == "S1"
    assert proposal.explanation.startswith("暂不派单:预计查勘员1约")
    assert proposal.explanation_in_english.startswith("Wait: 查勘员1 should be free in about")


def test_a_free_unit_nearby_is_not_kept_waiting() -> None:
    scene, _ = two_units(113.36)
    (proposal,) = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert proposal.advice is not None
    assert [c.unit_id for c in proposal.advice.options] == ["S2"]  # who is busy is no option


def test_with_the_switch_off_nobody_is_waited_for() -> None:
    scene, _ = two_units(113.60, soon=False)
    (proposal,) = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert proposal.advice is not None
    assert proposal.advice.options[0].unit_id == "S2"


def test_nothing_is_offered_to_a_unit_that_is_awaited() -> None:
    scene, key = two_units(113.60)
    windows.carry_out(scene.desk, windows.propose(scene.desk, Role.SURVEYOR, scene.now), scene.now)
    assert scene.desk.incident(key).open_assignments == []


def test_a_unit_whose_shift_ends_first_is_not_waited_for() -> None:
    scene, _ = two_units(113.60)
    incidents = {i.id: i for i in scene.log.open_incidents()}
    states = scene.fleet.states(scene.now)
    left = timedelta(minutes=10)
    clock = (scene.now + left + timedelta(hours=8)).time().replace(microsecond=0)
    shift = replace(states[0].unit.shift, start=clock.replace(hour=(clock.hour + 12) % 24), end=clock)
    ending = [replace(s, unit=replace(s.unit, shift=shift)) for s in states]
    assert [s.state.unit.id for s in soon_free(states, incidents, Role.SURVEYOR, scene.now, Policy())] == ["S1"]
    assert soon_free(ending, incidents, Role.SURVEYOR, scene.now, Policy()) == []


def test_nobody_is_awaited_who_lacks_a_needed_skill() -> None:
    scene, key = two_units(113.53)
    assert [
        p.awaited is not None for p in windows.propose(scene.desk, Role.SURVEYOR, scene.now) if p.incident.id == key
    ]
    response.change_tiers(scene.desk, key, [Tier.HEAVY_LOSS], scene.now, reason="大案", by="dispatcher")
    proposals = windows.propose(scene.desk, Role.SURVEYOR, scene.now)
    assert [p.awaited for p in proposals if p.incident.id == key] == [None]

"""Standby advice of the desk: who should wait where, and when nobody is told anything."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from scene import SCENE, Scene, straight_times, surveyor

from dispatch.location import Position
from dispatch.policy.policy import Choosing, Policy
from dispatch.ports import Reach
from dispatch.standby import Standby, advise_standby
from dispatch.vocabulary import Role

DEMAND = [Position(lon, SCENE.lat) for lon in (113.33, 113.43)]


def reach(positions: Sequence[Position], now: datetime) -> Reach:
    """Two places of demand, three quarters at the scene, each reached straight within ten minutes or not at all."""
    seconds = [straight_times(positions, goal, now).seconds for goal in DEMAND]
    return Reach(
        np.column_stack(seconds).reshape(-1, 2),
        np.arange(len(positions)),
        np.array([0.75, 0.25]),
        np.full(2, 700.0),
        ("西", "东"),
    )


def advised(scene: Scene, policy: Policy | None = None) -> Standby:
    desk = replace(scene.desk, reach=reach, policy=policy or Policy())
    return advise_standby(desk, Role.SURVEYOR, scene.now)


def test_two_units_in_one_place_are_spread_over_the_posts() -> None:
    scene = Scene([surveyor(1, 113.33), surveyor(2, 113.43)])
    scene.see("S2", SCENE)
    found = advised(scene)
    (advice,) = found.advice
    assert found.cover == pytest.approx(0.75 * (1 - 0.3**2))
    assert advice.gain == pytest.approx(0.25 * 0.7 - 0.75 * 0.7 * 0.3, abs=1e-9)
    assert (advice.unit.unit.id, advice.post) == ("S1", Position(113.43, SCENE.lat))
    assert advice.explanation == "建议查勘员1到天河区驻点待命(约 17 分钟):全市预期覆盖提高 1.8 个百分点。"
    assert advice.explanation_in_english.startswith(
        "查勘员1 should wait at the post in 天河区 (about 17 min): 1.8 points"
    )


def test_small_gains_are_not_worth_a_drive_and_the_policy_may_switch_advice_off() -> None:
    scene = Scene([surveyor(1, 113.33), surveyor(2, 113.43)])
    scene.see("S2", SCENE)
    for choosing in (Choosing(standby_gain=0.02), Choosing(standby=False)):
        found = advised(scene, Policy(choosing=choosing))
        assert found.advice == ()
        assert found.cover == pytest.approx(0.75 * (1 - 0.3**2))


def test_units_with_a_job_are_not_advised_and_do_not_cover() -> None:
    scene = Scene([surveyor(1, 113.33), surveyor(2, 113.43)])
    scene.desk.offer(scene.report(), Role.SURVEYOR, scene.now)
    found = advised(scene)
    assert found.cover == pytest.approx(0.25 * 0.7)
    assert [a.unit.unit.id for a in found.advice] == ["S2"]


def test_where_demand_is_not_known_nothing_is_said() -> None:
    scene = Scene()
    assert advise_standby(scene.desk, Role.SURVEYOR, scene.now) == Standby(None, ())


def test_without_idle_units_nothing_is_covered() -> None:
    assert advised(Scene([surveyor(1, 113.33, role=Role.TOW_UNIT)])) == Standby(0.0, ())

"""A forecast left out in a rush is made up for while it still says something of the report."""

from dataclasses import replace
from datetime import timedelta

from dispatch.catching_up import MOST, RECENT
from dispatch.prediction.predictor import Forecasting
from dispatch.vocabulary import Role
from dispatch.watch import watch
from tests.support.scene import Scene


def rushed(reports: int) -> tuple[Scene, list[str]]:
    """A scene whose reports came without a forecast, and whose desk foresees from now on."""
    scene = Scene()
    ids = [scene.report() for _ in range(reports)]
    scene.desk = replace(scene.desk, forecasting=Forecasting(foresees=True))
    return scene, ids


def test_a_report_without_a_forecast_gets_it_with_the_next_pass_and_only_once() -> None:
    scene, (incident_id,) = rushed(1)
    assert scene.log.incident(incident_id).foreseen is None
    watch(scene.desk, scene.wait(seconds=5))
    foreseen = scene.log.incident(incident_id).foreseen
    assert foreseen is not None
    assert foreseen.at == scene.now
    assert foreseen.unit_id == "S1"
    watch(scene.desk, scene.wait(seconds=5))
    assert scene.log.incident(incident_id).foreseen == foreseen


def test_a_pass_does_the_newest_and_no_more_than_it_has_time_for() -> None:
    scene, ids = rushed(MOST + 2)
    watch(scene.desk, scene.wait(seconds=5))
    assert [key for key in ids if scene.log.incident(key).foreseen is None] == ids[:2]


def test_what_is_old_or_has_somebody_on_the_way_is_not_foretold() -> None:
    scene, (offered, old) = rushed(2)
    scene.desk.offer(offered, Role.SURVEYOR, scene.now)
    watch(scene.desk, scene.now + RECENT + timedelta(seconds=1))
    assert [scene.log.incident(key).foreseen for key in (offered, old)] == [None, None]


def test_what_was_offered_a_moment_ago_is_not_foretold() -> None:
    scene, (offered,) = rushed(1)
    scene.desk.offer(offered, Role.SURVEYOR, scene.now)
    watch(scene.desk, scene.wait(seconds=1))
    assert scene.log.incident(offered).foreseen is None

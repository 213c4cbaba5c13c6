"""A report gets its forecast a moment after it, while that still says something of the report."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from dispatch.foretelling import RECENT, at_one_moment, awaited_until, foretell
from dispatch.ports import Fleet
from dispatch.prediction.predictor import Forecasting
from dispatch.unit import UnitState
from dispatch.vocabulary import Role
from tests.support.scene import Scene


def taken(reports: int) -> tuple[Scene, list[str]]:
    """A scene whose reports came without a forecast, and whose desk foresees from now on."""
    scene = Scene()
    ids = [scene.report() for _ in range(reports)]
    scene.desk = replace(scene.desk, forecasting=Forecasting(foresees=True))
    return scene, ids


def test_a_report_gets_its_forecast_with_the_next_pass_and_only_once() -> None:
    scene, ids = taken(2)
    for key in ids:
        foretell(at_one_moment(scene.desk), key, scene.wait(seconds=5))
    first, second = (scene.log.incident(key).foreseen for key in ids)
    assert first is not None
    assert second is not None
    assert (second.at, second.unit_id) == (scene.now, "S1")
    for key in ids:
        foretell(scene.desk, key, scene.wait(seconds=5))
    assert [scene.log.incident(key).foreseen for key in ids] == [first, second]


def test_it_is_the_forecast_that_the_report_itself_would_have_got() -> None:
    scene, (later,) = taken(1)
    foretell(scene.desk, later, scene.now)
    with_it = scene.log.incident(scene.report()).foreseen
    afterwards = scene.log.incident(later).foreseen
    assert with_it is not None
    assert afterwards is not None
    assert afterwards.forecast == with_it.forecast


def test_what_is_old_or_has_somebody_on_the_way_is_not_foretold() -> None:
    scene, (offered, old) = taken(2)
    scene.desk.offer(offered, Role.SURVEYOR, scene.now)
    foretell(scene.desk, offered, scene.wait(seconds=1))
    foretell(scene.desk, old, scene.now + RECENT + timedelta(seconds=1))
    assert [scene.log.incident(key).foreseen for key in (offered, old)] == [None, None]


def test_a_desk_that_foresees_nothing_records_nothing() -> None:
    scene = Scene()
    incident_id = scene.report()
    before = scene.log.history(incident_id)
    foretell(scene.desk, incident_id, scene.now)
    assert scene.log.history(incident_id) == before


def test_many_forecasts_of_one_moment_read_the_fleet_once() -> None:
    scene, ids = taken(3)
    read: list[datetime] = []

    class Counting:
        def states(self, now: datetime) -> list[UnitState]:
            read.append(now)
            return scene.desk.fleet.states(now)

    desk = at_one_moment(replace(scene.desk, fleet=cast(Fleet, Counting())))
    for key in ids:
        foretell(desk, key, scene.now)
    assert read == [scene.now]
    assert all(scene.log.incident(key).foreseen for key in ids)


def test_a_forecast_is_awaited_until_it_is_there_or_somebody_is_sent() -> None:
    scene, (foretold, offered) = taken(2)
    reported = scene.log.incident(foretold).reported
    assert awaited_until(scene.log.incident(foretold)) == reported.at + RECENT
    foretell(scene.desk, foretold, scene.now)
    scene.desk.offer(offered, Role.SURVEYOR, scene.now)
    assert [awaited_until(scene.log.incident(key)) for key in (foretold, offered)] == [None, None]

"""What the live desk reads of today: trips that ended, once a minute, and nothing where nothing was learned."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from scene import SCENE, Scene
from sqlalchemy import Connection

from api.today import AGAIN, LOOK_BACK, Lately, today_of
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.location import Position
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.fit import fit
from dispatch.prediction.learned import Learned
from dispatch.prediction.predictor import Assumed
from dispatch.prediction.today import Today, Varying
from dispatch.vocabulary import Role
from geo_data.stores.postgis_log import PostgisLog

PRIOR = ArrivalModel()
MODEL: Learned = replace(fit([], [], PRIOR, source="test"), varying=Varying(0.1, 0.1))


class Log:
    """A log in memory that remembers what it was asked for."""

    def __init__(self, histories: Sequence[list[Event]]) -> None:
        self.histories = list(histories)
        self.asked: list[tuple[datetime, datetime]] = []

    def arrived_since(self, first: datetime, since: datetime) -> list[list[Event]]:
        self.asked.append((first, since))
        arrived = [(h, fold(h).arrived_at) for h in self.histories]
        return [h for h, at in arrived if at is not None and at >= since]


def slow_trip(scene: Scene) -> list[Event]:
    """A drive that took four times as long as told."""
    scene.see("S1", Position(113.34, SCENE.lat))
    key = scene.report()
    job = scene.desk.offer(key, Role.SURVEYOR, scene.now).open_assignments[0]
    scene.desk.accept(job.id, scene.wait(seconds=20), by="u")
    scene.desk.depart(job.id, scene.wait(seconds=60), by="u")
    scene.desk.arrive(job.id, scene.wait(seconds=4 * job.offer.chosen.travel_s), by="u")
    scene.desk.clear(job.id, scene.wait(seconds=60), by="u")
    return list(scene.log.history(key))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_ended_trips_slow_what_is_forecast_and_are_read_once_a_minute(scene: Scene) -> None:
    log = Log([slow_trip(scene) for _ in range(3)])
    lately, now = Lately(MODEL), scene.wait(seconds=1)
    found = lately.at(now, log.arrived_since)
    assert found.log_level > 0.02
    assert found.known > 0
    for later_s in (1, 59):
        lately.at(now + timedelta(seconds=later_s), log.arrived_since)
    assert log.asked == [(now - LOOK_BACK, now - LOOK_BACK)]
    log.histories.append(slow_trip(scene))
    later = now + timedelta(minutes=30)
    assert lately.at(later, log.arrived_since).log_level > 0
    assert log.asked[1:] == [(later - LOOK_BACK, now - AGAIN)]
    assert lately.at(later + LOOK_BACK, log.arrived_since) == Today()


def test_simulated_trips_count_only_for_a_model_learned_from_such(scene: Scene) -> None:
    history = slow_trip(scene)
    reported = replace(history[0], simulated=True)  # type: ignore[call-arg]
    log, now = Log([[reported, *history[1:]]]), scene.wait(seconds=1)
    assert Lately(MODEL).at(now, log.arrived_since) == Today()
    simulated = replace(MODEL, about=replace(MODEL.about, simulated=1))
    assert Lately(simulated).at(now, log.arrived_since).log_level > 0


@pytest.mark.parametrize("model", [None, Assumed(PRIOR), replace(MODEL, varying=Varying())])
def test_nobody_looks_where_nothing_was_learned_of_how_days_differ(
    model: Learned | None, connection: Connection
) -> None:
    assert today_of(model, connection.engine, PostgisLog(connection).arrived_since)(datetime.now().astimezone()) is None


def test_the_log_is_asked_on_the_database(connection: Connection) -> None:
    assert (
        today_of(MODEL, connection.engine, PostgisLog(connection).arrived_since)(datetime.now().astimezone()) == Today()
    )

"""The simulation drives the very desk of the live service, on a virtual clock."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from scene import SCENE, Scene, surveyor

from dispatch.folding import fold
from dispatch.location import Position
from dispatch.report import Report
from dispatch.simulation import Simulation
from dispatch.unit import Unit
from dispatch.vocabulary import AssignmentStatus, Channel, IncidentStatus
from dispatch.watch import watch


def caller(random: Random, at: datetime) -> Report:
    where = random.choice(["猎德大道", "从化街口"])
    return Report(text=f"{where},追尾", received_at=at, channel=Channel.SIMULATION, simulated=True)


def simulated(unit: Unit) -> Unit:
    return Unit(id=unit.id, name=unit.name, role=unit.role, standby=unit.standby, shift=unit.shift, simulated=True)


def play(seed: int, hours: float, *, rate: Callable[[datetime], float] = lambda _: 12.0, speed: float = 1.0) -> Scene:
    """Run a world for some hours."""
    scene = Scene([simulated(surveyor(n, 113.30 + 0.01 * n)) for n in range(12)])
    simulation = Simulation(
        scene.desk,
        demand=caller,
        rate_per_h=rate,
        record_fix=scene.fleet.record,
        seed=seed,
        speed_factor=lambda _: speed,
    )
    end = scene.now + timedelta(hours=hours)
    while scene.now < end:
        simulation.step(scene.now)
        watch(scene.desk, scene.now)
        scene.wait(seconds=20)
    return scene


@pytest.fixture(scope="module")
def evening() -> Scene:
    return play(seed=3, hours=4)


def test_incidents_are_reported_reached_and_closed(evening: Scene) -> None:
    incidents = [fold(h) for h in evening.log.all_events()]
    assert len(incidents) > 30
    closed = [i for i in incidents if i.status is IncidentStatus.CLOSED]
    assert len(closed) > len(incidents) / 2
    assert all(i.arrived_at is not None and i.arrived_at > i.reported.at for i in closed)


def test_everything_it_makes_is_labelled_as_simulated(evening: Scene) -> None:
    assert all(fold(h).reported.simulated for h in evening.log.all_events())


def test_no_unit_ever_holds_two_open_assignments(evening: Scene) -> None:
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for history in evening.log.all_events():
        for a in fold(history).assignments.values():
            last = max(e.at for e in history if getattr(e, "assignment_id", "") == a.id)
            spans.setdefault(a.unit_id, []).append((a.offered_at, evening.now if a.status.is_open else last))
    for held in spans.values():
        held.sort()
        assert all(before[1] <= after[0] + timedelta(seconds=20) for before, after in itertools.pairwise(held))


def test_some_offers_are_declined_and_offered_again(evening: Scene) -> None:
    declined = [
        fold(h)
        for h in evening.log.all_events()
        if any(a.status is AssignmentStatus.DECLINED for a in fold(h).assignments.values())
    ]
    assert declined
    assert all(len(i.assignments) > 1 for i in declined)


def test_claimed_arrivals_are_confirmed_by_the_track(evening: Scene) -> None:
    surveyed = [a for h in evening.log.all_events() for a in fold(h).assignments.values() if a.cleared_at is not None]
    assert all(a.confirmed_at is not None for a in surveyed)


def test_the_same_seed_gives_the_same_events_and_another_seed_others() -> None:
    first, again, other = (play(seed, 1.0).log.all_events() for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_units_drive_from_post_to_scene_and_home_again(evening: Scene) -> None:
    tracks = [evening.fleet.track(f"S{n}", evening.now - timedelta(hours=4)) for n in range(12)]
    moved = [t for t in tracks if len({f.position for f in t}) > 20]
    assert len(moved) > 6
    assert any(f.position == SCENE for t in tracks for f in t)
    assert all(isinstance(f.position, Position) for t in tracks for f in t)


def test_reports_follow_a_rate_that_steps_from_hour_to_hour() -> None:
    def rate(at: datetime) -> float:
        return 60.0 if at.hour % 2 else 0.5

    scene = play(2, 6.0, rate=rate)
    hours = [fold(h).reported.at.hour for h in scene.log.all_events()]
    busy = sum(hour % 2 for hour in hours)
    assert 130 < busy < 230  # three hours of sixty; five standard deviations
    assert len(hours) - busy < 10


def test_slow_roads_make_the_same_drives_longer() -> None:
    def drives_s(speed: float) -> dict[str, float]:
        found = {}
        for history in play(4, 1.5, speed=speed).log.all_events():
            for a in fold(history).assignments.values():
                if a.claimed_at is not None and a.departed_at is not None:
                    key = f"{a.id} {a.unit_id} {a.departed_at}"
                    found[key] = (a.claimed_at - a.departed_at).total_seconds()
        return found

    dry, wet = drives_s(1.0), drives_s(0.5)
    both = dry.keys() & wet.keys()
    assert both
    assert all(wet[key] == pytest.approx(2 * dry[key], rel=1e-4) for key in both)

"""The engine against queueing theory: with constant or memoryless times it must do what is known of one queue."""

from datetime import datetime, timedelta
from math import exp, factorial
from random import Random

import pytest
from scene import NOON, SCENE
from worlds import Played, world

from dispatch.location import Position
from dispatch.report import Report
from dispatch.simulation.calls import Call
from dispatch.simulation.draws import Draws
from dispatch.simulation.traffic import Trip
from dispatch.unit import Unit
from dispatch.vocabulary import Channel, Role


class Servers:
    """A `World` without roads: units answer, set off and arrive at once; work is memoryless or constant."""

    def __init__(self, mean_work_s: float, seed: int | None = None) -> None:
        self._mean_work_s = mean_work_s
        self._draws = Draws(seed) if seed is not None else None

    def answer_s(self, *_: str) -> float | None:
        return 0.0

    def declines(self, *_: str) -> bool:
        return False

    def turnout_s(self, *_: object) -> float:
        return 0.0

    def trip_s(self, *_: Trip) -> float:
        return 0.0

    def search_s(self, *_: Position) -> float:
        return 0.0

    def work_s(self, *job: object) -> float:
        return self._draws.exponential(self._mean_work_s, str(job[-1])) if self._draws else self._mean_work_s

    def needs_tow(self, *_: str) -> bool:
        return False


def at_the_scene(n: int) -> list[Unit]:
    return [Unit(id=f"S{i}", name=f"查勘员{i}", role=Role.SURVEYOR, standby=SCENE, simulated=True) for i in range(n)]


def in_the_city(random: Random, at: datetime) -> Call:
    random.random()
    return Call(Report(text="猎德大道,追尾", received_at=at, channel=Channel.SIMULATION, simulated=True))


def waits_s(played: Played) -> list[float]:
    return [(i.arrived_at - i.reported.at).total_seconds() for i in played.incidents() if i.arrived_at is not None]


def test_one_unit_with_constant_work_follows_lindleys_recursion() -> None:
    work_s = 700.0
    played = world(11, units=at_the_scene(1), rate=lambda _: 4.0, demand=in_the_city, people=Servers(work_s))
    played.until(NOON + timedelta(hours=40))
    times = [i.reported.at for i in played.incidents()]
    expected, wait = [], 0.0
    for k, at in enumerate(times):
        if k:
            wait = max(0.0, wait + work_s - (at - times[k - 1]).total_seconds())  # D. V. Lindley, 1952
        expected.append(wait)
    found = waits_s(played)
    assert len(found) > 100
    assert max(found) > work_s
    assert found == pytest.approx(expected[: len(found)], abs=1e-3)


def erlang_c(servers: int, load: float) -> float:
    """Probability that a caller waits in M/M/c."""
    top = load**servers / factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / factorial(k) for k in range(servers)) + top)


def test_several_units_with_memoryless_work_are_late_as_often_as_erlang_says() -> None:
    servers, mean_work_s, per_h, limit_s = 4, 1800.0, 6.0, 600.0
    shares = []
    for seed in range(12):
        played = world(
            seed,
            units=at_the_scene(servers),
            rate=lambda _: per_h,
            demand=in_the_city,
            people=Servers(mean_work_s, seed),
        ).until(NOON + timedelta(hours=60))
        waits = waits_s(played)[30:]  # it begins empty
        shares.append(sum(wait > limit_s for wait in waits) / len(waits))
    load = per_h * mean_work_s / 3600
    expected = erlang_c(servers, load) * exp(-(servers - load) * limit_s / mean_work_s)
    mean = sum(shares) / len(shares)
    error = (sum((s - mean) ** 2 for s in shares) / (len(shares) - 1) / len(shares)) ** 0.5
    assert error < 0.05
    assert abs(mean - expected) < 3 * error


def test_a_queue_with_too_few_units_grows_and_loses_nobody() -> None:
    played = world(2, units=at_the_scene(1), rate=lambda _: 12.0, demand=in_the_city, people=Servers(1800.0))
    played.until(NOON + timedelta(hours=10))
    ended = sum(i.closed_at is not None for i in played.incidents())
    assert ended == pytest.approx(20, abs=1)
    assert len(played.incidents()) - ended == len(played.log.open_incidents()) > 80
    arrived = [i.arrived_at for i in played.incidents() if i.arrived_at is not None]
    assert arrived == sorted(arrived)  # first come, first served

"""How long the desk takes to decide: one incident over 500 units, and a window of 50 incidents and 500 units.

Processor time of one thread, network search included; reading fleet and log from their store is not. Units lie where
accidents do. A unit is looked up on the network when its position comes in; in "all units moved" none has been, and
every one is looked up within the decision. The plain way beside it is what the desk did before: each unit forecast by itself, in a loop, and sorted.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from api import wiring
from api.benchmarks.timing import median_interval
from api.benchmarks.work import NOW
from dispatch.arrival import Forecast, forecast_arrival, forecast_in_scenarios
from dispatch.candidates import eligible
from dispatch.choosing.matching import match
from dispatch.choosing.rules import ranked
from dispatch.choosing.scenes import scene_of
from dispatch.choosing.situation import Scene, situation
from dispatch.decision import advice_of
from dispatch.desk import Desk
from dispatch.location import Location, Position
from dispatch.log import MemoryLog
from dispatch.policy.policy import Policy
from dispatch.ports import MemoryFleet, TravelTimes
from dispatch.report import Report
from dispatch.unit import Fix, Unit, UnitState
from dispatch.vocabulary import Channel, Confidence, MatchCode, Role
from dispatch.windows import propose
from geo_data.builtin.places import builtin_places
from geo_data.demand.spots import Spots, find_spots

UNITS, INCIDENTS = 500, 50
SPREAD_DEG = 1e-4  # by which units move between decisions: some ten metres
Clock = Callable[[], float]


@dataclass
class Timed:
    """Processor milliseconds of something done again and again; its stages by name, in order."""

    name: str
    limit_ms: float | None = None
    ms: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=dict)

    @property
    def median(self) -> float:
        """Milliseconds."""
        return float(np.median(self.ms))

    @property
    def p99(self) -> float:
        """Milliseconds that 99 of 100 stay below."""
        return float(np.quantile(self.ms, 0.99))

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the median, 95 %."""
        return median_interval(self.ms)


class SeenFleet(MemoryFleet):
    """A fleet whose states were read a moment ago."""

    seen: list[UnitState]

    def states(self, now: datetime) -> list[UnitState]:  # noqa: ARG002
        """As last read."""
        return self.seen


class World:
    """A desk in memory on the roads in use.

    Parameters
    ----------
    ground : wiring.Ground
    """

    def __init__(self, ground: wiring.Ground) -> None:
        self.random = np.random.default_rng(8)
        self.spots: Spots = find_spots(ground.network, builtin_places(), 8)
        self.log = MemoryLog()
        self._units = [
            Unit(id=f"S{n:03d}", name=f"查勘员{n:03d}", role=Role.SURVEYOR, standby=post)
            for n, post in enumerate(self._drawn(UNITS))
        ]
        self.fleet = SeenFleet(self._units, open_assignments=self.log.open_assignments)
        self.now = NOW
        self.see(moved=False)
        times = ground.trip_times()
        self.desk: Desk = replace(ground.desk(self.log, self.fleet, times, times.between), policy=Policy())
        self.incidents = [self._incident(at) for at in self._drawn(INCIDENTS)]

    def see(self, *, moved: bool) -> None:
        """Observe every unit where it was or, ``moved``, a few metres away."""
        self.now += timedelta(seconds=1)
        off = self.random.normal(0, SPREAD_DEG, (UNITS, 2)) if moved else np.zeros((UNITS, 2))
        self.fleet.seen = [
            UnitState(unit=unit, fix=Fix(unit_id=unit.id, position=_moved(unit.standby, *by), at=self.now))
            for unit, by in zip(self._units, off.tolist(), strict=True)
        ]

    def _drawn(self, n: int) -> list[Position]:
        at = self.random.choice(len(self.spots.lon), n, p=self.spots.weight)
        return [Position(x, y) for x, y in zip(self.spots.lon[at].tolist(), self.spots.lat[at].tolist(), strict=True)]

    def _incident(self, at: Position) -> str:
        place = Location(at, MatchCode.GOOD, Confidence.HIGH, 50.0, "", "天河区")
        desk = replace(self.desk, geocode=lambda *_, **__: place)
        return desk.take_report(Report(text="追尾", received_at=self.now, channel=Channel.TELEPHONE)).id


def _moved(post: Position, east: float, north: float) -> Position:
    return Position(post.lon + east, post.lat + north)


def measure(decisions: int, windows: int, clock: Clock = time.process_time) -> list[Timed]:
    """Time both questions, in our way and the plain way.

    Parameters
    ----------
    decisions, windows : int
        How often each is asked; the plain way a tenth as often.
    clock : callable
    """
    world = World(wiring.ground())
    gc.collect()
    gc.freeze()  # looking through all that was ever loaded is no part of a decision
    one, moved, plain = Timed("decision", 5.0), Timed("decision, all units moved"), Timed("decision, plain loop")
    for turn in range(-3, decisions):  # the first three only warm up
        incident = world.incidents[turn % INCIDENTS]
        decide = partial(world.desk.advise, incident, Role.SURVEYOR)
        _turn(world, turn, clock, decide, (one, moved, plain), [incident])
    many, many_moved = Timed("window", 50.0), Timed("window, all units moved")
    many_plain = Timed("window, plain loop")
    for turn in range(-2, windows):
        match_all = partial(propose, world.desk, Role.SURVEYOR)
        _turn(world, turn, clock, match_all, (many, many_moved, many_plain), world.incidents)
    return [one, moved, plain, many, many_moved, many_plain]


def _turn(
    world: World,
    turn: int,
    clock: Clock,
    decide: Callable[[datetime], object],
    into: tuple[Timed, Timed, Timed],
    incidents: list[str],
) -> None:
    known, moved, plain = into
    world.see(moved=True)
    _take(moved, turn, clock, partial(decide, world.now))
    _take(known, turn, clock, partial(decide, world.now))
    _stages(known, turn, world, incidents, clock)
    if turn % 10 == 0:
        _take(plain, turn, clock, partial(_plainly, world, incidents))


def _take(into: Timed, turn: int, clock: Clock, do: Callable[[], object]) -> None:
    since = clock()
    do()
    if turn >= 0:
        into.ms.append(1e3 * (clock() - since))


def _scene(desk: Desk, incident_id: str, now: datetime) -> Scene:
    incident = desk.incident(incident_id)
    return scene_of(incident, Role.SURVEYOR, now, priority=desk.plan(incident).priority)


def _stages(into: Timed, turn: int, world: World, incident_ids: list[str], clock: Clock) -> None:
    """The same steps as the desk takes, with a look at the clock in between."""
    desk, policy, now = world.desk, world.desk.policy, world.now
    marks = [clock()]
    scenes = [_scene(desk, key, now) for key in incident_ids]
    units, refused = eligible(desk.fleet.states(now), Role.SURVEYOR, now, policy)
    origins = [s.fix.position for s in units if s.fix]
    marks.append(clock())
    if len(scenes) == 1:
        times = desk.travel_times(origins, scenes[0].position, now)
    else:
        assert desk.travel_between is not None  # noqa: S101  (the world is made with it)
        times = desk.travel_between(origins, [s.position for s in scenes], now)  # type: ignore[assignment]
    marks.append(clock())
    reach = desk.reach(origins, now) if desk.reach else None
    marks.append(clock())
    seen = situation(scenes, units, times, policy=policy, jobs=desk.log.jobs_since(now), reach=reach)
    marks.append(clock())
    cost = desk.priced_by(seen)
    first = [m.column for m in match(seen, cost, policy.choosing)] if len(scenes) > 1 else [ranked(seen, cost, 0)[0]]
    marks.append(clock())
    shown = policy.choosing.shown if len(scenes) == 1 else policy.offers.runners_up + 1
    for row, column in enumerate(first):
        advice_of(seen, cost, row, role=Role.SURVEYOR, refused=refused, rule=desk.priced_by, shown=shown, first=column)
    marks.append(clock())
    if turn >= 0:
        for name, seconds in zip(
            ("units", "search", "cover", "forecast", "choosing", "objects"), np.diff(marks), strict=True
        ):
            into.stages.setdefault(name, []).append(1e3 * float(seconds))


def _plainly(world: World, incident_ids: list[str]) -> list[list[tuple[float, float, float, str]]]:
    """Each unit forecast by itself and sorted by road time, one incident after the other."""
    desk, now, found = world.desk, world.now, []
    for key in incident_ids:
        scene = _scene(desk, key, now)
        units, _ = eligible(desk.fleet.states(now), Role.SURVEYOR, now, desk.policy)
        times = desk.travel_times([s.fix.position for s in units if s.fix], scene.position, now)
        rows = []
        for k, unit in enumerate(units):
            forecast = _forecast(times, k, desk.policy, scene.uncertainty_m)
            rows.append(
                (float(times.seconds[k]), forecast.p_within(scene.time_left_s), forecast.quantile_s(0.9), unit.unit.id)
            )
        found.append(sorted(rows))
    return found


def _forecast(times: TravelTimes, k: int, policy: Policy, uncertainty_m: float) -> Forecast:
    options = {"uncertainty_m": uncertainty_m, "hour_log_sd": times.hour_log_sd}
    travel_s = float(times.seconds[k])
    if times.scenario_s is None or times.scenario_log_sd is None or np.isnan(times.scenario_s[k]).any():
        return forecast_arrival(travel_s, policy.arrival, **options)  # type: ignore[arg-type]
    return forecast_in_scenarios(times.scenario_s[k], times.scenario_log_sd, travel_s, policy.arrival, **options)  # type: ignore[arg-type]

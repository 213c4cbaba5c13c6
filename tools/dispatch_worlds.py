"""Simulated days (模拟) on which rules of dispatch are compared: the same callers, people and roads for every rule.

Surveyors only, on the built-in schematic network (示意路网), with the desk, the engine and the hidden traffic of
``gzdispatch simulate``. Which unit declines, how long it takes to set off, how a trip goes and how long the work lasts is drawn by
seed, incident and unit, so rules that send the same unit see the same (common random numbers).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile

from dispatchers import Dispatchers, Variant

from api import wiring
from api.simulating.stage import road_times, scenes, spots
from dispatch.desk import Desk
from dispatch.incident import Incident
from dispatch.log import MemoryLog
from dispatch.policy.policy import Policy
from dispatch.simulation.calls import Call, calls_since
from dispatch.simulation.closures import DailyClosures
from dispatch.simulation.draws import Draws
from dispatch.simulation.engine import Simulation, simulated_posts
from dispatch.simulation.fleet import RovingFleet
from dispatch.simulation.logs import BriefLog
from dispatch.simulation.outcomes import Outcomes, Tally
from dispatch.simulation.traffic import Traffic
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.simulation.world import Behaviour, HiddenWorld
from dispatch.unit import GUANGZHOU_TIME, Fix, Unit, UnitState
from dispatch.vocabulary import AssignmentStatus, Role
from dispatch.windows import SWAPPED
from geo_data.builtin.places import builtin_places
from geo_data.demand.times import shape
from geo_data.demand.told import ToldPlaces, told_place
from geo_data.demand.weather import SPEED_FACTOR, Weather
from geo_data.demo_fleet import demo_units
from geo_data.districts import district_of

FIRST_DAY = datetime(2026, 3, 2, tzinfo=GUANGZHOU_TIME)  # a Monday; day k of a load is so many days later
AFTER = timedelta(hours=12)  # until the last caller of the day has been served
CLOSURES = 3.0


@dataclass(frozen=True, slots=True)
class Load:
    """How much happens on a day.

    Parameters
    ----------
    name : str
    per_day : float
        Mean reports.
    surge : float
        Times the reports between ``surge_h``, with the speeds of a typhoon all day; 1 for none.
    surge_h : (int, int)
        Full hours.
    """

    name: str
    per_day: float
    surge: float = 1.0
    surge_h: tuple[int, int] = (0, 0)

    def rate_per_h(self, at: datetime) -> float:
        """Reports an hour."""
        hour = at.astimezone(GUANGZHOU_TIME).hour
        return self.per_day / 24 * shape(at) * (self.surge if self.surge_h[0] <= hour < self.surge_h[1] else 1.0)


@dataclass(frozen=True, eq=False, slots=True)
class Day:
    """What a rule made of a day."""

    outcomes: Outcomes
    declined: int
    unanswered: int
    exchanged: int


@dataclass(frozen=True, eq=False, slots=True)
class Truth:
    """A day as it really is: known to the simulation and to the bound, to no rule."""

    began: datetime
    calls: tuple[Call, ...]
    world: HiddenWorld
    traffic: Traffic
    open_roads: Traffic  # the same without closures


@lru_cache(maxsize=1)
def surveyors() -> tuple[Unit, ...]:
    """The surveyors of the demonstration fleet."""
    return tuple(
        u for u in demo_units(builtin_places()) if u.simulated and u.role is Role.SURVEYOR and not u.backup_rank
    )


@lru_cache(maxsize=2)
def truth(load: Load, seed: int) -> Truth:
    """Draw a day; the seed chooses the weekday too."""
    began = FIRST_DAY + timedelta(days=seed % 28)
    until = began + timedelta(days=1)
    speed = SPEED_FACTOR[Weather.TYPHOON if load.surge > 1 else Weather.DRY]
    traffic = Traffic(seed, lambda _: speed, DailyClosures(seed, scenes(), CLOSURES))
    open_roads = Traffic(seed, lambda _: speed)
    calls = calls_since(began, ToldPlaces(spots()), load.rate_per_h, seed)
    kept = tuple(takewhile(lambda call: call.report.received_at < until, calls))
    return Truth(began, kept, HiddenWorld(traffic, Draws(seed), Behaviour(p_tow=0.0)), traffic, open_roads)


def play(load: Load, seed: int, variant: Variant, *, posted: bool = False) -> Day:
    """Play a day under one rule.

    Parameters
    ----------
    load : Load
    seed : int
    variant : Variant
    posted : bool
        Units answer from their posts only.
    """
    day, units = truth(load, seed), surveyors()
    tally = Tally([(u.id, u.role) for u in units])
    ends = Endings(tally)
    log, whereabouts = BriefLog(ends.add), Whereabouts(simulated_posts(units))
    kind = PostedFleet if posted else RovingFleet
    fleet = kind(units, whereabouts=whereabouts, open_assignments=log.open_assignments)
    desk = _desk(day, fleet, log, variant.policy(usual_policy()))
    simulation = Simulation(
        desk, day.world, iter(day.calls), whereabouts,
        began=day.began, record=fleet.record, window_s=variant.window_s,
    )  # fmt: skip
    simulation.dispatcher = Dispatchers(simulation, variant, posted=posted)
    end = day.began + timedelta(days=1) + AFTER
    simulation.run_until(end)
    for incident in log.open_incidents():
        ends.count(incident)
    return Day(tally.outcomes(log.open_incidents(), end), **ends.counts)


def incidents(load: Load, seed: int) -> list[Incident]:
    """The incidents of a day as the desk takes them down, in the order of ``truth(load, seed).calls``."""
    day, log = truth(load, seed), MemoryLog()
    fleet = RovingFleet((), whereabouts=Whereabouts({}), open_assignments=log.open_assignments)
    desk = _desk(day, fleet, log, usual_policy())
    return [desk.take_report(call.report) for call in day.calls]


@lru_cache(maxsize=1)
def usual_policy() -> Policy:
    """That of the settings."""
    return wiring.load_policy(wiring.settings().policy)


def _desk(day: Truth, fleet: RovingFleet, log: MemoryLog, policy: Policy) -> Desk:
    return Desk(
        geocode=told_place,
        travel_times=day.traffic.told(road_times(surveyors())),
        district_of=district_of,
        fleet=fleet,
        log=log,
        policy=policy,
        reach=wiring.demand_reach(),
    )


class Endings:
    """Counts how offers ended, beside the tally."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.counts = {"declined": 0, "unanswered": 0, "exchanged": 0}

    def add(self, incident: Incident) -> None:
        """Take an incident that is over."""
        self._tally.add(incident)
        self.count(incident)

    def count(self, incident: Incident) -> None:
        """Take its offers."""
        for a in incident.assignments.values():
            declined, exchanged = a.status is AssignmentStatus.DECLINED, a.ended_reason == SWAPPED
            self.counts["declined"] += declined
            self.counts["exchanged"] += exchanged
            self.counts["unanswered"] += a.was_refused and not declined


class PostedFleet(RovingFleet):
    """Hides units that are on their way home: the world for which the bound with full foresight holds."""

    def states(self, now: datetime) -> list[UnitState]:
        """Free units are told with the position of their post, or none when they are not there."""
        return [s if s.assignment else replace(s, fix=self._at_post(s.unit, now)) for s in super().states(now)]

    def _at_post(self, unit: Unit, now: datetime) -> Fix | None:
        at, post = self._whereabouts.position(unit.id, now), unit.standby
        there = abs(at.lon - post.lon) < 1e-9 and abs(at.lat - post.lat) < 1e-9
        return Fix(unit_id=unit.id, position=post, at=now) if there else None

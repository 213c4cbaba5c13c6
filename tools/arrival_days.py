"""Simulated days (模拟) from which arrivals are learned and on which forecasts are checked: facts only, one list a day.

Surveyors of the demonstration fleet on the built-in schematic network (示意路网), with the desk and the engine of ``gzdispatch
simulate``. Days are spread over the year, each with a weather of its own. The hidden traffic is the usual one or that of
`dispatch.simulation.regimes`, which has another form.
"""

import pickle
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from api import wiring
from api.simulating.stage import road_times, scenes, spots
from dispatch.audit import judge
from dispatch.desk import Desk
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.log import MemoryLog
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Assumed, Forecasting, Progress, conditions_at
from dispatch.prediction.restate import restate
from dispatch.prediction.trips import Statement, Trip, statements_of, trips_of
from dispatch.simulation.calls import calls_since
from dispatch.simulation.closures import DailyClosures
from dispatch.simulation.draws import Draws
from dispatch.simulation.engine import Simulation, simulated_posts
from dispatch.simulation.fleet import RovingFleet
from dispatch.simulation.pace import share_done
from dispatch.simulation.regimes import RegimeTraffic
from dispatch.simulation.traffic import Traffic
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.simulation.world import Behaviour, HiddenWorld
from dispatch.unit import GUANGZHOU_TIME, Unit
from dispatch.vocabulary import Role, Verdict
from geo_data.builtin.places import builtin_places
from geo_data.demand.times import shape
from geo_data.demand.told import ToldPlaces, told_place
from geo_data.demand.weather import DEMAND_FACTOR, SPEED_FACTOR, Weather, weather_of
from geo_data.demo_fleet import demo_units
from geo_data.districts import district_of

YEAR = date(2026, 1, 1)
STRIDE = 37  # days between two seeds, so that a few of them see all seasons
PER_DAY = 480.0
AFTER = timedelta(hours=12)
CLOSURES = 3.0
LOOK_EVERY_S = 240.0
TRAFFICS = {"usual": Traffic, "regimes": RegimeTraffic}


class Day(NamedTuple):
    """Which day is played under which hidden traffic."""

    traffic: str
    seed: int

    @property
    def date(self) -> date:
        """On the calendar."""
        return YEAR + timedelta(days=self.seed * STRIDE % 365)

    @property
    def weather(self) -> Weather:
        """All day long."""
        return weather_of(self.date, self.seed)


def play(day: Day) -> list[list[Event]]:
    """The histories of all incidents of a day, when the last caller has been served."""
    began = datetime.combine(day.date, time(), GUANGZHOU_TIME)
    until = began + timedelta(days=1)
    speed = SPEED_FACTOR[day.weather]
    traffic = TRAFFICS[day.traffic](day.seed, lambda _: speed, DailyClosures(day.seed, scenes(), CLOSURES))
    per_h = PER_DAY / 24 * DEMAND_FACTOR[day.weather]
    calls = calls_since(began, ToldPlaces(spots()), lambda at: per_h * shape(at), day.seed)
    log, units = MemoryLog(), surveyors()
    whereabouts = Whereabouts(simulated_posts(units))
    fleet = RovingFleet(units, whereabouts=whereabouts, open_assignments=log.open_assignments)
    wet = day.weather is not Weather.DRY
    desk = Desk(
        geocode=told_place, travel_times=traffic.told(road_times(units)), district_of=district_of, fleet=fleet, log=log,
        policy=wiring.load_policy(wiring.settings().policy), forecasting=Forecasting(wet=lambda _: wet, foresees=True),
    )  # fmt: skip
    world = HiddenWorld(traffic, Draws(day.seed), Behaviour(p_tow=0.0))
    kept = takewhile(lambda call: call.report.received_at < until, calls)
    Simulation(desk, world, kept, whereabouts, began=began, record=fleet.record).run_until(until + AFTER)
    return [list(history) for history in log.all_events()]


@lru_cache(maxsize=1)
def surveyors() -> tuple[Unit, ...]:
    """The surveyors of the demonstration fleet."""
    return tuple(
        u for u in demo_units(builtin_places()) if u.simulated and u.role is Role.SURVEYOR and not u.backup_rank
    )


class Facts(NamedTuple):
    """What a day teaches, and what was stated on it."""

    trips: list[Trip]
    statements: list[Statement]


def facts_of(day: Day) -> Facts:
    """Play a day and keep what is needed of it."""
    histories = play(day)
    now = datetime.combine(day.date, time(), GUANGZHOU_TIME) + timedelta(days=3)
    trips = [t for history in histories for t in trips_of(fold(history))]
    stated = [s for history in histories for s in statements_of(history, now)]
    on_the_way = [s for history in histories for s in looks(fold(history), Draws(day.seed), now)]
    again = restate(on_the_way, Assumed(wiring.load_policy(wiring.settings().policy).arrival))
    p_kept = again.p_within(np.array([s.left_s for s in on_the_way])).tolist()
    return Facts(trips, [*stated, *(replace(s, p_kept=p) for s, p in zip(on_the_way, p_kept, strict=True))])


def looks(incident: Incident, draws: Draws, now: datetime) -> list[Statement]:
    """What is seen of a surveyor's drive every `LOOK_EVERY_S` until it ends: road seconds still to go, by the hidden pace."""
    promise, verdict, found = incident.commitment, judge(incident, now).record.verdict, []
    for a in incident.assignments.values():
        stated = a.offer.chosen.forecast
        if promise is None or a.departed_at is None or a.claimed_at is None or stated is None:
            continue
        whole_s = (a.claimed_at - a.departed_at).total_seconds()
        for k in range(1, int(whole_s // LOOK_EVERY_S) + 1):
            elapsed_s = k * LOOK_EVERY_S
            at = a.departed_at + timedelta(seconds=elapsed_s)
            left = 1 - share_done(draws, incident.id, a.unit_id, elapsed_s / whole_s)
            if left <= 0 or incident.arrived_at is None or at >= incident.arrived_at:
                continue
            found.append(
                Statement(
                    incident=incident.id,
                    moment=Moment.ON_THE_WAY,
                    at=at,
                    day=incident.reported.at.astimezone(GUANGZHOU_TIME).date().isoformat(),
                    conditions=conditions_at(at, stated.day_kind, stated.wet),
                    p_kept=None,
                    left_s=(promise.due_at - at).total_seconds(),
                    arrived_s=(incident.arrived_at - at).total_seconds(),
                    kept=verdict is Verdict.KEPT,
                    travel_s=stated.travel_s * left,
                    straight_m=stated.straight_m * left,
                    uncertainty_m=stated.uncertainty_m,
                    progress=Progress(elapsed_s, stated.travel_s * (1 - left), stated.travel_s * left),
                    zone=promise.zone.value,
                    simulated=True,
                )
            )
    return found


def played(days: Sequence[Day], kept: Path, workers: int) -> list[Facts]:
    """The facts of the days; those not in the folder are played now and kept there."""
    kept.mkdir(parents=True, exist_ok=True)
    missing = [d for d in days if not _file(kept, d).exists()]
    if missing:
        facts_of(missing[0])  # so that the table of road times is there before several processes want it
    with ProcessPoolExecutor(workers) as executor:
        for day, facts in zip(missing, executor.map(facts_of, missing), strict=True):
            part = _file(kept, day).with_suffix(".part")
            part.write_bytes(pickle.dumps(facts))
            part.replace(_file(kept, day))
            print(f"\r{day.traffic} {day.seed}", end="", flush=True)
    return [pickle.loads(_file(kept, d).read_bytes()) for d in days]  # noqa: S301  (our own files)


def _file(kept: Path, day: Day) -> Path:
    return kept / f"{day.traffic}-{day.seed}.facts"

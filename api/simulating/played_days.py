"""Simulated days (模拟) with all their events, of one hidden traffic or another: what studies are made from.

Surveyors of the demonstration fleet on the network of this process (by default the schematic one, 示意路网), with the desk and the
engine of ``gzdispatch simulate``. Days are spread over the year, each with a weather of its own. The hidden traffic is the
usual one or that of `dispatch.simulation.regimes`, which has another form.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from api import wiring
from api.settings import settings
from api.simulating.stage import few_collections, road_times, scenes, spots
from dispatch.days import midnight
from dispatch.desk import Desk
from dispatch.events import Event
from dispatch.log import MemoryLog
from dispatch.prediction.predictor import Forecasting
from dispatch.simulation.calls import calls_since
from dispatch.simulation.closures import DailyClosures
from dispatch.simulation.draws import Draws
from dispatch.simulation.engine import Simulation, simulated_posts
from dispatch.simulation.fleet import RovingFleet
from dispatch.simulation.regimes import RegimeTraffic
from dispatch.simulation.traffic import Traffic
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.simulation.world import Behaviour, HiddenWorld
from dispatch.unit import Unit
from dispatch.vocabulary import Role
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
TRAFFICS = {"usual": Traffic, "regimes": RegimeTraffic}
NO_TOWS = Behaviour(p_tow=0.0)


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


def play(day: Day, units: Sequence[Unit] = (), behaviour: Behaviour = NO_TOWS) -> list[list[Event]]:
    """The histories of all incidents of a day, when the last caller has been served.

    Parameters
    ----------
    day : Day
    units : sequence of Unit
        Who serves it; without any the `surveyors`.
    behaviour : Behaviour
        Of people. Callers, roads and luck are the day's own, whoever serves: days played twice differ by what was changed.
    """
    began = midnight(day.date)
    until = began + timedelta(days=1)
    speed = SPEED_FACTOR[day.weather]
    traffic = TRAFFICS[day.traffic](day.seed, lambda _: speed, DailyClosures(day.seed, scenes(), CLOSURES))
    per_h = PER_DAY / 24 * DEMAND_FACTOR[day.weather]
    calls = calls_since(began, ToldPlaces(spots()), lambda at: per_h * shape(at), day.seed)
    log, whereabouts = MemoryLog(), Whereabouts(simulated_posts(units or surveyors()))
    fleet = RovingFleet(units or surveyors(), whereabouts=whereabouts, open_assignments=log.open_assignments)
    wet = day.weather is not Weather.DRY
    desk = Desk(
        geocode=told_place, travel_times=traffic.told(road_times(surveyors())), district_of=district_of, fleet=fleet, log=log,
        policy=wiring.load_policy(settings().policy), forecasting=Forecasting(wet=lambda _: wet, foresees=True),
    )  # fmt: skip
    world = HiddenWorld(traffic, Draws(day.seed), behaviour)
    kept = takewhile(lambda call: call.report.received_at < until, calls)
    with few_collections():
        Simulation(desk, world, kept, whereabouts, began=began, record=fleet.record).run_until(until + AFTER)
    return [list(history) for history in log.all_events()]


@lru_cache(maxsize=1)
def surveyors() -> tuple[Unit, ...]:
    """The surveyors of the demonstration fleet."""
    return tuple(
        u for u in demo_units(builtin_places()) if u.simulated and u.role is Role.SURVEYOR and not u.backup_rank
    )

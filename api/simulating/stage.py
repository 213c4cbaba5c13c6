"""The stage of a bulk simulation (模拟): a desk in memory, its fleet, and the table of road times they share."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from api import wiring
from api.settings import settings
from dispatch.desk import Desk
from dispatch.location import Position
from dispatch.log import MemoryLog
from dispatch.policy.policy import Policy
from dispatch.simulation.calls import Call
from dispatch.simulation.dispatcher import Dispatcher, FollowWindows
from dispatch.simulation.draws import Draws
from dispatch.simulation.engine import Simulation, simulated_posts
from dispatch.simulation.fleet import RovingFleet
from dispatch.simulation.logs import BriefLog
from dispatch.simulation.outcomes import Outcomes, Tally
from dispatch.simulation.traffic import Traffic
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.simulation.world import HiddenWorld
from dispatch.unit import Unit
from geo_data.builtin.places import builtin_places
from geo_data.demand.spots import Spots, find_spots
from geo_data.demand.told import told_place
from geo_data.demo_fleet import ON_SHIFT, SEED, demo_shops, demo_units
from geo_data.districts import district_of
from geo_data.fleet_file import read_units
from geo_data.site_times import SiteTimes, site_times

REPORTS_A_DAY = 6.0  # for each surveyor: as the live simulation has it
DispatcherFor = Callable[[Simulation], Dispatcher]


@dataclass(frozen=True, slots=True)
class Stage:
    """A simulation ready to run, and what is added up of it."""

    simulation: Simulation
    log: MemoryLog
    tally: Tally

    def play_until(self, end: datetime) -> None:
        """Run on to ``end``."""
        with few_collections():
            self.simulation.run_until(end)

    def outcomes(self, end: datetime) -> Outcomes:
        """What came of it by ``end``."""
        return self.tally.outcomes(self.log.open_incidents(), end)


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for cycles of garbage less often, and not in what is there already: a simulated day makes hardly any."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def stage(
    units: Sequence[Unit],
    calls: Iterator[Call],
    began: datetime,
    *,
    seed: int,
    traffic: Traffic,
    policy: Policy,
    window_s: float = 0.0,
    dispatcher_for: DispatcherFor | None = None,
    counted: tuple[datetime, datetime] | None = None,
) -> Stage:
    """Set the stage: every unit at its post at ``began``.

    Parameters
    ----------
    units : sequence of Unit
        All are simulated.
    calls : iterator of Call
    began : datetime
    seed : int
        Of what people do; that of the roads is the traffic's.
    traffic : Traffic
    policy : Policy
    window_s, dispatcher_for
        See `Simulation`; the latter makes a dispatcher that may send idle units of the simulation. Without one a policy with
        ``choosing.auto_offer`` matches in windows of its own length, any other follows the desk's advice.
    counted
        See `Tally`.
    """
    shops = demo_shops(builtin_places())
    tally = Tally([(u.id, u.role) for u in units], counted)
    log, whereabouts = BriefLog(tally.add), Whereabouts(simulated_posts(units))
    fleet = RovingFleet(units, shops, whereabouts=whereabouts, open_assignments=log.open_assignments)
    roads = road_times(units)
    desk = Desk(
        geocode=told_place,
        travel_times=traffic.told(roads),
        onward=traffic.told_onward(roads.onward),
        district_of=district_of,
        fleet=fleet,
        log=log,
        policy=policy,
    )
    simulation = Simulation(
        desk,
        HiddenWorld(traffic, Draws(seed)),
        calls,
        whereabouts,
        began=began,
        record=fleet.record,
        window_s=window_s or (policy.choosing.window_s if policy.choosing.auto_offer else 0.0),
    )
    if dispatcher_for is not None:
        simulation.dispatcher = dispatcher_for(simulation)
    elif policy.choosing.auto_offer:
        simulation.dispatcher = FollowWindows(simulation.waiting, simulation.agenda.add)
    return Stage(simulation, log, tally)


@lru_cache(maxsize=1)
def spots() -> Spots:
    """Where simulated accidents happen on the network of this process."""
    return find_spots(wiring.ground().network, builtin_places(), SEED)


@lru_cache(maxsize=1)
def scenes() -> tuple[Position, ...]:
    """The spots as positions."""
    return tuple(Position(lon, lat) for lon, lat in zip(spots().lon.tolist(), spots().lat.tolist(), strict=True))


def fleet_of(path: Path | None, per_day: float) -> list[Unit]:
    """The units of a file, else the demonstration fleet as many times over as it takes for so many reports a day."""
    if path is not None:
        return read_units(path)
    times = max(1, round(per_day / (REPORTS_A_DAY * sum(ON_SHIFT))))
    units = [u for u in demo_units(builtin_places()) if u.simulated]
    return [*units, *(replace(u, id=f"{u.id}-{n}", name=f"{u.name}-{n}") for n in range(2, times + 1) for u in units)]


def road_times(units: Sequence[Unit]) -> SiteTimes:
    """The table between all scenes, posts and shops; worked out once and then mapped from the state folder."""
    return _table((*scenes(), *(u.standby for u in units), *(s.position for s in demo_shops(builtin_places()))))


@lru_cache(maxsize=4)
def _table(sites: tuple[Position, ...]) -> SiteTimes:
    return site_times(wiring.ground().router, sites, settings().state)

"""The simulation (模拟) as this program runs it: demand on the roads of the ground, weather and luck by one seed."""

from collections.abc import Callable, Mapping
from datetime import datetime

from api.settings import settings
from api.wiring import Ground
from dispatch.desk import Desk
from dispatch.journey import Journey, RouteTo, journey, straight_route
from dispatch.location import Position
from dispatch.simulation.calls import calls_since
from dispatch.simulation.colleague import Colleague, nobody
from dispatch.simulation.draws import Draws
from dispatch.simulation.engine import Simulation
from dispatch.simulation.traffic import Traffic
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.simulation.world import HiddenWorld
from dispatch.unit import Fix, UnitState
from geo_data.builtin.places import builtin_places
from geo_data.demand.times import Rate, speed_factor
from geo_data.demand.words import CallerWords
from geo_data.demo_fleet import SEED

FIX_EVERY_S = 60.0  # of a unit that stands


def simulation(
    desk: Desk,
    ground: Ground,
    whereabouts: Whereabouts,
    began: datetime,
    record: Callable[[Fix], None],
    *,
    watch_every_s: float | None = None,
    colleague: bool = True,
) -> Simulation:
    """Callers and units for ``desk``; the past that set-up writes and the live service have the same demand.

    Without the simulated ``colleague`` nobody is sent unless a person, or the policy's ``choosing.auto_offer``, does it.
    """
    words = CallerWords(ground.network, builtin_places(), SEED)
    played = Simulation(
        desk,
        HiddenWorld(Traffic(SEED, lambda at: speed_factor(at, SEED)), Draws(SEED)),
        calls_since(began, words.call, Rate(settings().simulated_reports_per_h, SEED), SEED),
        whereabouts,
        began=began,
        record=record,
        watch_every_s=watch_every_s,
    )
    played.dispatcher = Colleague(played.waiting, played.agenda.add, began) if colleague else nobody
    return played


def by_road(ground_at: Callable[[datetime], Ground]) -> RouteTo:
    """The way of a unit over the roads as they are when it sets off; straight where there is none."""

    def route(start: Position, stop: Position, now: datetime, aim: str, ends_at: datetime | None) -> Journey:
        way = ground_at(now).router.route(start, stop, now)
        if way is None or len(way.points) < 2:
            return straight_route(start, stop, now, aim, ends_at)
        return journey([Position(lon, lat) for lon, lat in way.points.tolist()], now, aim, ends_at, way.seconds)

    return route


def last_seen(states: list[UnitState]) -> Mapping[str, Position]:
    """Where simulated units were seen last, at their posts where never."""
    return {s.unit.id: s.fix.position if s.fix else s.unit.standby for s in states if s.unit.simulated}


class LiveFeed:
    """The simulation on the wall clock, beside people who act on the same database.

    Parameters
    ----------
    simulation : Simulation
    record : callable
        Takes each simulated position.
    """

    def __init__(self, simulation: Simulation, record: Callable[[Fix], None]) -> None:
        self._simulation = simulation
        self._record = record
        self._told_at: dict[str, datetime] = {}

    def step(self, now: datetime) -> None:
        """Do everything that is due by ``now``, and tell where units are."""
        self._simulation.look(now)
        self._simulation.run_until(now)

    def tell(self, now: datetime) -> None:
        """Record where moving units are, and standing ones every minute."""
        for unit_id in self._simulation.whereabouts.units:
            told_at = self._told_at.get(unit_id)
            moved = self._simulation.whereabouts.moved(unit_id, now)
            if moved or told_at is None or (now - told_at).total_seconds() >= FIX_EVERY_S:
                self._told_at[unit_id] = now
                self._record(self._simulation.whereabouts.drawn_fix(unit_id, now))

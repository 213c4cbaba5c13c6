"""Small simulated worlds on the scene of `scene`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from scene import NOON, SCENE, district_of, place, straight_times

from dispatch.desk import Desk
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.log import MemoryLog
from dispatch.policy.policy import Policy
from dispatch.report import Report
from dispatch.simulation.calls import Call, calls_since
from dispatch.simulation.draws import Draws
from dispatch.simulation.engine import Simulation, simulated_posts
from dispatch.simulation.fleet import RovingFleet
from dispatch.simulation.traffic import Traffic
from dispatch.simulation.whereabouts import Whereabouts
from dispatch.simulation.world import Behaviour, HiddenWorld, World
from dispatch.unit import PartnerRepairShop, Unit
from dispatch.vocabulary import Channel, Role


def simulated(number: int, lon: float, role: Role = Role.SURVEYOR) -> Unit:
    return Unit(id=f"S{number}", name=f"查勘员{number}", role=role, standby=Position(lon, SCENE.lat), simulated=True)


def caller(random: Random, at: datetime) -> Call:
    where = random.choice(["猎德大道", "从化街口"])
    return Call(Report(text=f"{where},追尾", received_at=at, channel=Channel.SIMULATION, simulated=True))


TWELVE = [simulated(n, 113.30 + 0.01 * n) for n in range(12)]
TOWS = [simulated(20 + n, 113.30 + 0.05 * n, Role.TOW_UNIT) for n in range(3)]
SHOP = PartnerRepairShop(id="R1", name="维修厂1", position=Position(113.36, 23.14))


@dataclass
class Played:
    """What a played world leaves behind."""

    simulation: Simulation
    log: MemoryLog
    fleet: RovingFleet
    now: datetime

    def incidents(self) -> list[Incident]:
        return [self.log.incident(history[0].incident_id) for history in self.log.all_events()]

    def until(self, now: datetime) -> "Played":
        self.simulation.run_until(now)
        self.now = now
        return self


def world(
    seed: int,
    *,
    units: Sequence[Unit] = (*TWELVE, *TOWS),
    rate: Callable[[datetime], float] = lambda _: 7.0,
    demand: Callable[[Random, datetime], Call] = caller,
    speed: float = 1.0,
    people: World | None = None,
    log: MemoryLog | None = None,
    policy: Policy | None = None,
    began: datetime = NOON,
    **options: object,
) -> Played:
    """A world that stands ready at noon."""
    log = log or MemoryLog()
    whereabouts = Whereabouts(simulated_posts(units))
    fleet = RovingFleet(units, [SHOP], whereabouts=whereabouts, open_assignments=log.open_assignments)
    desk = Desk(
        geocode=place,
        travel_times=straight_times,
        district_of=district_of,
        fleet=fleet,
        log=log,
        policy=policy or Policy(),
    )
    simulation = Simulation(
        desk,
        people or HiddenWorld(Traffic(seed, lambda _: speed), Draws(seed), Behaviour()),
        calls_since(began, demand, rate, seed),
        whereabouts,
        began=began,
        record=fleet.record,
        **options,
    )
    return Played(simulation, log, fleet, began)


def play(seed: int, hours: float, **options: object) -> Played:
    """A world after some hours."""
    return world(seed, **options).until(NOON + timedelta(hours=hours))

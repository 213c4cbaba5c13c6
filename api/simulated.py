"""The simulation (模拟) as this program runs it: demand on the roads of the ground, weather and luck by one seed."""

from collections.abc import Callable

from api.settings import settings
from api.wiring import Ground
from dispatch.desk import Desk
from dispatch.journey import RouteTo, straight_route
from dispatch.simulation import Simulation
from dispatch.unit import Fix
from geo_data.builtin.places import builtin_places
from geo_data.demand.times import Rate, speed_factor
from geo_data.demand.words import CallerWords
from geo_data.demo_fleet import SEED


def simulation(
    desk: Desk, ground: Ground, record_fix: Callable[[Fix], None], *, route: RouteTo = straight_route
) -> Simulation:
    """Callers and units for ``desk``; the past that set-up writes and the live service have the same demand."""
    return Simulation(
        desk,
        demand=CallerWords(ground.network, builtin_places(), SEED),
        rate_per_h=Rate(settings().simulated_reports_per_h, SEED),
        speed_factor=lambda at: speed_factor(at, SEED),
        record_fix=record_fix,
        seed=SEED,
        route=route,
    )

"""What a plan is made from: demand, limits, candidates and today's posts and people, as this process knows them."""

from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from api import wiring
from api.wiring import Ground
from dispatch.auditing.audit import judge
from dispatch.errors import DispatchError, InvalidInput
from dispatch.events import Event
from dispatch.folding import fold
from dispatch.incident import Incident
from dispatch.log import EventLog
from dispatch.unit import GUANGZHOU_TIME, Unit
from dispatch.vocabulary import INTERVALS, Role
from geo_data.builtin.places import builtin_places
from geo_data.day_kinds import DayKind, day_kind
from geo_data.demand.spots import find_spots
from geo_data.demand.times import shape
from geo_data.demo_fleet import SEED, YOU, demo_units
from geo_data.districts import districts_of
from geo_data.planning.demand_cells import GatheredDemand, demand_cells
from geo_data.planning.post_table import moment
from geo_data.roads.network import Floats
from geo_data.service_area import known_places

if TYPE_CHECKING:
    from collections.abc import Iterator

ON_SCENE = next(i for i, interval in enumerate(INTERVALS) if interval.name == "on_scene")
PLANNED_PER_H = 30.0  # mean over a year: six reports a day for each of the demonstration's 120 surveyors
LEAST_JOBS = 30  # fewer measured jobs tell too little of how long one takes


@dataclass(frozen=True, slots=True)
class Demand:
    """Where and how often help is needed.

    Parameters
    ----------
    cells : GatheredDemand
    district : list of str
        Of each cell; empty where unknown.
    source : str
        In words, for whoever reads the plan.
    per_h : tuple of 24 float
        Reports in each hour of such a day.
    on_scene_s : float or None
        Mean measured seconds on scene; None where too few were measured.
    """

    cells: GatheredDemand
    district: list[str]
    source: str
    per_h: tuple[float, ...]
    on_scene_s: float | None


def simulated_demand(ground: Ground, kind: DayKind, per_h: float | None = None) -> Demand:
    """The demand of the simulation (模拟): its spots, its shape of the day; ``per_h`` is the mean over a year."""
    spots = find_spots(ground.network, known_places(ground.network), SEED)
    cells = demand_cells(spots.lon, spots.lat, spots.weight)
    mean = PLANNED_PER_H if per_h is None else per_h
    hours = tuple(mean * shape(moment(kind, hour)) for hour in range(24))
    source = (
        f"模拟需求 simulated demand ({len(spots.weight):,} spots, {len(cells.at)} cells, {cells.kept_share:.1%} of it)"
    )
    return Demand(cells, [str(d) for d in spots.district[cells.at]], source, hours, None)


def measured_demand(log: EventLog, kind: DayKind, since: datetime, until: datetime, now: datetime) -> Demand:
    """The incidents of the event log in a period; hours are those of its days of that kind.

    Raises
    ------
    InvalidInput
        When the period holds no located incident, or no day of that kind.
    """
    incidents = [i for i in map(_folded, log.all_events(since, until)) if i is not None and i.merged_into is None]
    placed = [i.location.position for i in incidents if i.location is not None]
    lon, lat = np.array([p.lon for p in placed]), np.array([p.lat for p in placed])
    cells = demand_cells(lon, lat, np.ones(len(placed)), share=1.0)
    days = [since + timedelta(days=n) for n in range((until - since).days)]
    of_kind = sum(day_kind(day + timedelta(hours=12)) is kind for day in days)
    if of_kind == 0:
        raise InvalidInput(f"该时段没有 {kind} 日。(No {kind} in this period: choose a longer one or another --day.)")
    reported = (i.reported.at.astimezone(GUANGZHOU_TIME) for i in incidents)
    count = Counter(at.hour for at in reported if day_kind(at) is kind)
    simulated = sum(i.simulated for i in incidents)
    source = f"事件记录 event log ({len(placed):,} incidents, {simulated:,} 模拟 simulated, {len(cells.at)} cells)"
    districts = [d or "" for d in districts_of(lon[cells.at], lat[cells.at])]
    hours = tuple(count[hour] / of_kind for hour in range(24))
    return Demand(cells, districts, source, hours, _on_scene_s(incidents, now))


def _folded(history: Sequence[Event]) -> Incident | None:
    try:
        return fold(history)
    except DispatchError:
        return None


def _on_scene_s(incidents: Sequence[Incident], now: datetime) -> float | None:
    times = [t for i in incidents if (t := judge(i, now).record.legs_s[ON_SCENE]) is not None and t > 0]
    return sum(times) / len(times) if len(times) >= LEAST_JOBS else None


def limits_s(ground: Ground, demand: Demand, handling_s: float) -> Floats:
    """Seconds that are left at assignment in each cell: its zone's limit without what call handling takes."""
    limits, zones = ground.policy.arrival_commitment, ground.policy.zones
    places = zip(demand.district, demand.cells.position, strict=True)
    return np.array([limits.limit_s(zones.of(d or None, at)) for d, at in places]) - handling_s


def surveyors(units: Sequence[Unit]) -> list[Unit]:
    """The regular surveyors; raises `InvalidInput` where there is none."""
    found = [u for u in units if u.role is Role.SURVEYOR and u.backup_rank is None and u.id != YOU]
    if not found:
        raise InvalidInput("机队中没有查勘员。(No surveyors in the fleet: run `make setup`, or use --demo.)")
    return found


def demo_surveyors() -> list[Unit]:
    """Those of the demonstration fleet (模拟)."""
    return surveyors(demo_units(builtin_places()))


@contextmanager
def stored() -> "Iterator[tuple[EventLog, list[Unit]]]":
    """The event log and the surveyors of the database of the settings."""
    from geo_data.database import engine, migrate, transaction  # noqa: PLC0415  (needs the database's libraries)
    from geo_data.stores.fleet_store import PostgisFleet  # noqa: PLC0415
    from geo_data.stores.postgis_log import PostgisLog  # noqa: PLC0415

    with wiring.database_running() as url:
        migrate(url)
        database = engine(url, pool_size=1)
        try:
            with transaction(database) as connection:
                units = [state.unit for state in PostgisFleet(connection).states(datetime.now(UTC))]
                yield PostgisLog(connection), surveyors(units)
        finally:
            database.dispose()

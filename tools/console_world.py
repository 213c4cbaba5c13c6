"""A city in motion for a console that is measured (模拟): units on circular drives, open incidents, and what changes of them.

All of it is made up: it loads the console as a large fleet would, and says nothing of dispatching.
"""

import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from math import cos, degrees, radians, sin
from multiprocessing.synchronize import Event as Stop
from random import Random

from sqlalchemy import Connection, Engine

from dispatch import events as ev
from dispatch.location import Position
from dispatch.unit import Fix, Unit
from dispatch.vocabulary import Channel, Confidence, MatchCode, Role, Tier, Zone
from geo_data.builtin.places import Place, builtin_places
from geo_data.database import engine, transaction
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog

SEED = 7
TICK_S = 0.25
ROUND_S = 5.0  # each unit tells its place once in it
RADIUS_M, SPEED_MPS = 600.0, 10.0
M_PER_DEG = 111_195.0
CHANGES_EACH_TICK = 2  # forecasts revised: each of some 300 units on the way about every 40 s
RENEW_EVERY = 8  # ticks: one incident closes, another is reported
ON_THE_WAY = 0.6  # share of the incidents
TIERS = list(Tier)


@dataclass(frozen=True)
class World:
    """How much there is of everything."""

    units: int = 5000
    incidents: int = 500


class City:
    """The units and the incidents, written to a database as the service itself would."""

    def __init__(self, world: World, database: Engine) -> None:
        self.random = Random(SEED)  # noqa: S311
        self.places = builtin_places()
        self.world, self.database = world, database
        self.home = [self._near(self.random.choice(self.places).position) for _ in range(world.units)]
        self.phase = [self.random.uniform(0, 6.28) for _ in range(world.units)]
        self.moving: deque[tuple[str, str, int]] = deque()  # incident, unit, version
        self.waiting: deque[tuple[str, int]] = deque()

    def _near(self, at: Position) -> Position:
        return Position(at.lon + self.random.uniform(-0.02, 0.02), at.lat + self.random.uniform(-0.02, 0.02))

    def found(self, now: datetime) -> None:
        """Write the roster, everybody's first place, and the open incidents."""
        roles = (Role.SURVEYOR,) * 8 + (Role.TOW_UNIT, Role.SPECIALIST)
        units = [
            Unit(id=unit_id_of(n), name=f"单元{n:04d}", role=roles[n % 10], standby=home, simulated=True)
            for n, home in enumerate(self.home)
        ]
        with transaction(self.database) as connection:
            PostgisFleet(connection).save_units(units)
        self.move(range(self.world.units), now)
        surveyors = iter(u.id for u in units if u.role is Role.SURVEYOR)
        with transaction(self.database) as connection:
            for n in range(self.world.incidents):
                self._open(connection, now, next(surveyors) if n < ON_THE_WAY * self.world.incidents else None)

    def move(self, numbers: range, now: datetime) -> None:
        """Tell where some units are."""
        fixes = [self.fix(n, now) for n in numbers]
        with transaction(self.database) as connection:
            PostgisFleet(connection).record_fixes(fixes, now)

    def fix(self, n: int, now: datetime) -> Fix:
        """Where a unit is."""
        angle = self.phase[n] + now.timestamp() % 86_400 * SPEED_MPS / RADIUS_M
        home = self.home[n]
        north, east = RADIUS_M * sin(angle) / M_PER_DEG, RADIUS_M * cos(angle) / M_PER_DEG
        return Fix(
            unit_id=unit_id_of(n),
            position=Position(home.lon + east / cos(radians(home.lat)), home.lat + north),
            at=now,
            heading_deg=-degrees(angle) % 360,
            speed_mps=SPEED_MPS,
        )

    def _open(self, connection: Connection, now: datetime, unit_id: str | None) -> None:
        log, place = PostgisLog(connection), self.random.choice(self.places)
        key = log.new_incident_id(now)
        at = now - timedelta(seconds=self.random.uniform(0, 1500))
        facts = [*self.intake(key, at, place), *(sent(key, at, unit_id) if unit_id else [])]
        log.append(facts, after=0)
        if unit_id:
            self.moving.append((key, unit_id, len(facts)))
        else:
            self.waiting.append((key, len(facts)))

    def intake(self, key: str, at: datetime, place: Place) -> list[ev.Event]:
        """A report taken, located, with its promise."""
        tier, limit_s = self.random.choice(TIERS), 1800.0
        said = f"{place.name}附近两车追尾(模拟)"
        return [
            ev.IncidentReported(
                incident_id=key, at=at, text=said, channel=Channel.TELEPHONE, tier=tier, simulated=True
            ),
            ev.IncidentLocated(
                incident_id=key,
                at=at,
                position=self._near(place.position),
                uncertainty_m=80.0,
                match_code=MatchCode.GOOD,
                confidence=Confidence.HIGH,
                matched_text=place.name,
                district=place.district,
            ),
            ev.CommitmentMade(
                incident_id=key,
                at=at,
                kind="arrival",
                zone=Zone.URBAN,
                tier=tier,
                starts_at=at,
                due_at=at + timedelta(seconds=limit_s),
                limit_s=limit_s,
                policy_version="measured",
            ),
        ]

    def change(self, now: datetime) -> None:
        """Revise the forecast of whoever has waited longest for it."""
        key, unit_id, version = self.moving.popleft()
        revised = ev.ForecastRevised(
            incident_id=key,
            at=now,
            assignment_id=f"{key}-1",
            unit_id=unit_id,
            eta_at=now + timedelta(seconds=self.random.uniform(60, 1500)),
            p_kept=self.random.uniform(0.2, 0.99),
        )
        with transaction(self.database) as connection:
            PostgisLog(connection).append([revised], after=version)
        self.moving.append((key, unit_id, version + 1))

    def renew(self, now: datetime) -> None:
        """Close the oldest incident nobody was sent to; another is reported."""
        key, version = self.waiting.popleft()
        with transaction(self.database) as connection:
            closed = ev.IncidentClosed(incident_id=key, at=now, reason="误报")
            PostgisLog(connection).append([closed], after=version)
            self._open(connection, now, None)


def unit_id_of(n: int) -> str:
    """The name of a unit by its number."""
    return f"M{n:04d}"


def sent(key: str, at: datetime, unit_id: str) -> list[ev.Event]:
    """A unit offered the job, accepting and setting off."""
    weighed = [
        ev.Candidate(unit_id=name, unit_name=name, travel_s=600.0, eta_s=700.0, eta_p90_s=1000.0, p_kept=0.9)
        for name in (unit_id, "M4001", "M4002", "M4003")
    ]
    offered = ev.UnitOffered(
        incident_id=key,
        at=at,
        assignment_id=f"{key}-1",
        unit_id=unit_id,
        role=Role.SURVEYOR,
        eta_at=at + timedelta(minutes=25),
        p_kept=0.9,
        chosen=weighed[0],
        runners_up=tuple(weighed[1:]),
        refused=(),
        rule="measured",
    )
    bound = {"incident_id": key, "at": at, "assignment_id": f"{key}-1", "unit_id": unit_id}
    return [offered, ev.AssignmentAccepted(**bound), ev.UnitDeparted(**bound)]


def keep_moving(url: str, world: World, stop: Stop, ready: Stop) -> None:
    """Found a city and move it until told to stop: what a process of its own does."""
    database = engine(url)
    city = City(world, database)
    city.found(datetime.now(UTC))
    ready.set()
    share = max(1, round(world.units * TICK_S / ROUND_S))
    for tick in count():
        began = time.monotonic()
        first = tick * share % world.units
        now = datetime.now(UTC)
        city.move(range(first, min(first + share, world.units)), now)
        for _ in range(min(CHANGES_EACH_TICK, len(city.moving))):
            city.change(now)
        if tick % RENEW_EVERY == 0 and city.waiting:
            city.renew(now)
        if stop.wait(max(0.0, TICK_S - (time.monotonic() - began))):
            break
    database.dispose()

"""A small world for the desk's tests: two roads, three surveyors, a clock."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import numpy as np

from dispatch.desk import Desk
from dispatch.location import Location, NotLocated, Position, distance_m
from dispatch.log import MemoryLog
from dispatch.policy.policy import Policy
from dispatch.ports import MemoryFleet, TravelTimes
from dispatch.report import Report
from dispatch.unit import Fix, Shift, Unit
from dispatch.vocabulary import Channel, Confidence, MatchCode, Role

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Guangzhou
SCENE = Position(113.3300, 23.1200)
MPS = 10.0


def place(text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None) -> Location | NotLocated:
    """Know one place in the city, one in the suburbs, and nothing else."""
    if "猎德" in text:
        return Location(SCENE, MatchCode.GOOD, Confidence.HIGH, 50.0, "黄埔大道西 / 猎德大道", "天河区")
    if "从化" in text:
        return Location(Position(113.58, 23.55), MatchCode.GOOD, Confidence.HIGH, 50.0, "从化街口", "从化区")
    return NotLocated("没有听出道路或地标。")


def straight_times(origins: Sequence[Position], destination: Position, now: datetime) -> TravelTimes:
    """Drive straight at 10 m/s; nobody crosses the 24th parallel."""
    seconds = [np.inf if p.lat > 24 else distance_m(p, destination) / MPS for p in origins]
    return TravelTimes(np.array(seconds, dtype=float), "crow")


def district_of(position: Position) -> str | None:
    """Everything near the scene is 天河区, the rest lies outside."""
    return "天河区" if distance_m(position, SCENE) < 20_000 else None


def surveyor(number: int, lon: float, *, shift: Shift | None = None, role: Role = Role.SURVEYOR) -> Unit:
    """A unit on the scene's parallel."""
    always = Shift(time(0), time(0))
    return Unit(
        id=f"S{number}", name=f"查勘员{number}", role=role, standby=Position(lon, SCENE.lat), shift=shift or always
    )


class Scene:
    """A desk in memory with its log, fleet and clock."""

    def __init__(self, units: Sequence[Unit] | None = None, policy: Policy | None = None) -> None:
        self.now = NOON
        self.log = MemoryLog()
        units = units if units is not None else [surveyor(n, 113.33 + 0.01 * n) for n in (1, 2, 3)]
        self.fleet = MemoryFleet(units, open_assignments=self.log.open_assignments)
        seen_at = self.now - timedelta(seconds=1)  # a unit is seen once a moment: a test may see it elsewhere now
        for unit in units:
            self.fleet.record(Fix(unit_id=unit.id, position=unit.standby, at=seen_at, accuracy_m=10.0))
        self.desk = Desk(
            geocode=place,
            travel_times=straight_times,
            district_of=district_of,
            fleet=self.fleet,
            log=self.log,
            policy=policy or Policy(),
        )

    def see(self, unit_id: str, position: Position, *, accuracy_m: float = 10.0) -> None:
        """Observe a unit somewhere now."""
        self.fleet.record(Fix(unit_id=unit_id, position=position, at=self.now, accuracy_m=accuracy_m))

    def wait(self, **span: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**span)
        return self.now

    def report(self, text: str = "黄埔大道西与猎德大道交叉口,两车追尾") -> str:
        """Take a report and name its incident."""
        report = Report(text=text, received_at=self.now, channel=Channel.TELEPHONE)
        return self.desk.take_report(report).id

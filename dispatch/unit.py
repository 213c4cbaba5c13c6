"""Who can be sent, and where the vehicle can be taken."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from math import inf

from dispatch.location import Position
from dispatch.vocabulary import AssignmentStatus, DutyKind, Role, Skill, UnitStatus

GUANGZHOU_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Shift:
    """Daily hours on duty in Guangzhou time; an end before the start runs past midnight, equal ends mean always."""

    start: time
    end: time

    def covers(self, now: datetime) -> bool:
        """Whether the shift is on at ``now`` (aware)."""
        if self.start == self.end:
            return True
        clock = now.astimezone(GUANGZHOU_TIME).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def left_s(self, now: datetime) -> float:
        """Seconds until the shift that is on at ``now`` ends; infinite for one that never does."""
        if self.start == self.end:
            return inf
        clock = now.astimezone(GUANGZHOU_TIME)
        end = clock.replace(hour=self.end.hour, minute=self.end.minute, second=self.end.second, microsecond=0)
        return ((end - clock) % timedelta(days=1)).total_seconds()


ALWAYS = Shift(time(0), time(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A surveyor, a tow unit or an injury specialist.

    ``standby`` is the post where it waits when idle; ``simulated`` units are moved by the demonstration feed.
    ``backup_rank`` is None for regular staff; back-up people are called up in its order, 1 first, and each names
    ``contacts``, ways to reach them that do not depend on one another.
    """

    id: str
    name: str
    role: Role
    standby: Position
    shift: Shift = ALWAYS
    plate: str = ""
    simulated: bool = False
    skills: frozenset[Skill] = frozenset()
    backup_rank: int | None = None
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """An observed position of a unit; ``accuracy_m`` is the radius the device states, NaN-free.

    ``mocked`` is set where the device says that the position came from an app and not from its receiver.
    """

    unit_id: str
    position: Position
    at: datetime
    accuracy_m: float = 10.0
    heading_deg: float | None = None
    speed_mps: float | None = None
    mocked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    """A unit goes on or off duty against its shift, takes a break, or is called up as back-up.

    It holds from ``at`` until ``until``, or until the next change of the same unit.
    """

    unit_id: str
    at: datetime
    until: datetime
    kind: DutyKind
    reason: str = ""
    by: str = "desk"

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at ``now``."""
        return self.at <= now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAssignment:
    """What a unit is bound to now."""

    assignment_id: str
    incident_id: str
    status: AssignmentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState:
    """A unit with its latest fix, its open assignment and its latest duty change, None where there is none."""

    unit: Unit
    fix: Fix | None = None
    assignment: OpenAssignment | None = None
    duty: DutyChange | None = None

    def told(self, now: datetime) -> DutyKind | None:
        """What the duty change in force at ``now`` says; None where the shift alone counts."""
        return self.duty.kind if self.duty is not None and self.duty.holds(now) else None

    def on_duty(self, now: datetime) -> bool:
        """Whether the unit works at ``now``, a break included."""
        told = self.told(now)
        if told is None:
            return self.unit.backup_rank is None and self.unit.shift.covers(now)
        return told in (DutyKind.ON, DutyKind.CALLED_UP, DutyKind.BREAK)

    def status(self, now: datetime) -> UnitStatus:
        """What the unit is doing at ``now``."""
        if self.assignment is not None:
            return UnitStatus(self.assignment.status.value)
        if not self.on_duty(now):
            return UnitStatus.OFF_DUTY
        return UnitStatus.ON_BREAK if self.told(now) is DutyKind.BREAK else UnitStatus.IDLE


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRepairShop:
    """A destination, not a unit: travel runs from the incident to the shop.

    ``hours`` are its daily opening hours; ``makes`` the makes of vehicle it takes, all where empty; ``capacity`` how many
    vehicles it takes in a day, None without a limit.
    """

    id: str
    name: str
    position: Position
    designated: bool = True
    simulated: bool = False
    hours: Shift = ALWAYS
    makes: frozenset[str] = frozenset()
    capacity: int | None = None

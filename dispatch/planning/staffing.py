"""How many people each hour needs, the fewest over the shifts that give it, and what today's roster is expected to give."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.errors import InvalidInput
from dispatch.planning.hours import Expected, Hour, Ints
from dispatch.planning.shifts import HOURS, cheapest_roster, covers_hour, least_staff, on_duty
from dispatch.unit import Shift, Unit


@dataclass(frozen=True, slots=True)
class PlannedHour:
    """One hour: reports, people needed, planned and of today, and what is expected of both."""

    hour: int
    per_h: float
    need: int
    planned: int
    given: Expected
    today: int
    now: Expected


@dataclass(frozen=True, slots=True)
class RosterRow:
    """People on one shift."""

    shift: Shift
    planned: int
    today: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """Hours and shifts, as planned and as they are today."""

    hours: list[PlannedHour]
    roster: list[RosterRow]

    @property
    def late(self) -> float:
        """Expected late share over the reports of the whole day, as planned."""
        return _late_share([(hour.per_h, hour.given) for hour in self.hours])

    @property
    def overrun_today(self) -> int:
        """In how many hours of today's roster there is more work than people: no forecast is made for those."""
        return sum(hour.now.overrun for hour in self.hours)

    @property
    def late_today(self) -> float:
        """As `late`, of today's roster; overrun hours count as all late, so with any of them it is no forecast."""
        return _late_share([(hour.per_h, hour.now) for hour in self.hours])

    @property
    def late_today_elsewhere(self) -> float:
        """As `late_today`, over the reports of those hours that are not overrun."""
        return _late_share([(hour.per_h, hour.now) for hour in self.hours if not hour.now.overrun])


def staff(
    hours: Sequence[Hour],
    order: Ints,
    per_h: Sequence[float],
    today: Sequence[Unit],
    rows: Sequence[int],
    kinds: Sequence[Shift],
    *,
    target: float,
    most: int,
) -> Staffing:
    """Find the fewest people by hour, then by shift.

    Parameters
    ----------
    hours : sequence of 24 Hour
    order : (most,) int64
        Posts in the order in which they are manned.
    per_h : sequence of 24 float
        Reports.
    today : sequence of Unit
    rows : sequence of int
        The post each unit of today waits at.
    kinds : sequence of Shift
    target : float
        Most expected late share of an hour, 0 to 1.
    most : int
        People in one hour.

    Raises
    ------
    InvalidInput
        When even ``most`` people leave more late than the target in some hour.
    """
    need = [_need(hour, order, target, most, h) for h, hour in enumerate(hours)]
    people = cheapest_roster(need, kinds)
    working = on_duty(people, kinds)
    at = [[row for unit, row in zip(today, rows, strict=True) if covers_hour(unit.shift, h)] for h in range(HOURS)]
    planned = [
        PlannedHour(h, per_h[h], need[h], n, hour.expected(order[:n]), len(at[h]), hour.expected(at[h]))
        for h, (hour, n) in enumerate(zip(hours, working, strict=True))
    ]
    return Staffing(planned, _roster(kinds, people, today))


def _need(hour: Hour, order: Ints, target: float, most: int, at: int) -> int:
    found = least_staff(lambda n: hour.expected(order[:n]), target, most)
    if found is None:
        least = hour.expected(order).late_share
        raise InvalidInput(
            f"--target {target:g}: {at}:00 起即使 {most} 人仍预计迟到 {least:.1%}。"
            f"({most} people would still leave {least:.1%} late from {at:02d}:00: more posts nearer to demand, or another target.)"
        )
    return found


def _roster(kinds: Sequence[Shift], people: Sequence[int], units: Sequence[Unit]) -> list[RosterRow]:
    today = Counter(u.shift for u in units)
    rows = [RosterRow(shift, n, today[shift]) for shift, n in zip(kinds, people, strict=True)]
    return rows + [RosterRow(shift, 0, n) for shift, n in today.items() if shift not in kinds]


def _late_share(hours: Sequence[tuple[float, Expected]]) -> float:
    reports = sum(n for n, _ in hours)
    return sum(n * one.late_share for n, one in hours) / reports if reports else 0.0

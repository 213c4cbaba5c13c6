"""A simulated drive: where a unit is, part-way along its route."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from math import atan2, cos, degrees, radians

from dispatch.location import Position, distance_m

CRUISE_MPS = 9.0  # of a unit driving home when nothing else is known


@dataclass(frozen=True, slots=True)
class Journey:
    """A polyline driven at an even pace.

    Parameters
    ----------
    aim : str
        What the drive is for: an assignment's id, or ``home``.
    points : sequence of Position
        At least one.
    along_m : sequence of float
        Metres from the start to each point, rising.
    starts_at, ends_at : datetime
    """

    aim: str
    points: Sequence[Position]
    along_m: Sequence[float]
    starts_at: datetime
    ends_at: datetime

    def over(self, now: datetime) -> bool:
        """Whether the unit has got there."""
        return now >= self.ends_at

    def position_at(self, now: datetime) -> Position:
        """Where the unit is at ``now``."""
        index, share = self._leg(now)
        a, b = self.points[index], self.points[min(index + 1, len(self.points) - 1)]
        return Position(a.lon + share * (b.lon - a.lon), a.lat + share * (b.lat - a.lat))

    def heading_deg(self, now: datetime) -> float | None:
        """Compass heading of the present leg; None on a drive of one point."""
        index, _ = self._leg(now)
        if index + 1 >= len(self.points):
            return None
        a, b = self.points[index], self.points[index + 1]
        return degrees(atan2((b.lon - a.lon) * cos(radians(a.lat)), b.lat - a.lat)) % 360

    def _leg(self, now: datetime) -> tuple[int, float]:
        whole_s = (self.ends_at - self.starts_at).total_seconds()
        done = min(1.0, max(0.0, (now - self.starts_at).total_seconds() / whole_s)) if whole_s > 0 else 1.0
        metres = done * self.along_m[-1]
        index = min(bisect_right(self.along_m, metres), len(self.points) - 1) - 1
        index = max(index, 0)
        length_m = self.along_m[min(index + 1, len(self.points) - 1)] - self.along_m[index]
        return index, min(1.0, (metres - self.along_m[index]) / length_m) if length_m > 0 else 0.0


RouteTo = Callable[[Position, Position, datetime, str, datetime | None], Journey]


def journey(
    points: Sequence[Position], now: datetime, aim: str, ends_at: datetime | None, seconds: float | None = None
) -> Journey:
    """Drive along ``points`` from ``now`` until ``ends_at``, else for ``seconds``, else at a cruising pace."""
    along_m = list(accumulate((distance_m(a, b) for a, b in pairwise(points)), initial=0.0))
    if ends_at is None:
        ends_at = now + timedelta(seconds=seconds if seconds is not None else along_m[-1] / CRUISE_MPS)
    return Journey(aim=aim, points=points, along_m=along_m, starts_at=now, ends_at=ends_at)


def straight_route(start: Position, stop: Position, now: datetime, aim: str, ends_at: datetime | None) -> Journey:
    """Drive in a straight line: good enough where nobody looks."""
    return journey([start, stop], now, aim, ends_at)

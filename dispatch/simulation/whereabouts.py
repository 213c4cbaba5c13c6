"""Where simulated units are: standing, or on a drive."""

from collections.abc import Mapping
from datetime import datetime

from dispatch.journey import Journey, RouteTo, straight_route
from dispatch.location import Position
from dispatch.unit import Fix

HOME = "home"


class Whereabouts:
    """The drives of simulated units and the places where they stand.

    Parameters
    ----------
    at : mapping
        Where each unit stands at first, by id.
    route : RouteTo
        The way a unit drives.
    """

    def __init__(self, at: Mapping[str, Position], *, route: RouteTo = straight_route) -> None:
        self._standing = dict(at)
        self._journeys: dict[str, Journey] = {}
        self._stopped: dict[str, None] = {}  # in order, so that every process goes through them alike
        self._route = route

    @property
    def units(self) -> list[str]:
        """Ids of all units."""
        return list(self._standing)

    def position(self, unit_id: str, now: datetime) -> Position:
        """Where a unit is at ``now``."""
        journey = self._journeys.get(unit_id)
        return self._standing[unit_id] if journey is None else journey.position_at(now)

    def restless(self) -> list[str]:
        """Units that are driving, or have stopped since `moved` was asked of them."""
        return [*self._journeys, *self._stopped]

    def moved(self, unit_id: str, now: datetime) -> bool:
        """Whether a unit is driving, or has been since this was last asked."""
        journey = self._journeys.get(unit_id)
        if journey is not None and journey.over(now):
            self.stop(unit_id, now)
        if unit_id in self._stopped:
            del self._stopped[unit_id]
            return True
        return journey is not None

    def fix(self, unit_id: str, now: datetime) -> Fix:
        """What its phone says at ``now``."""
        return Fix(unit_id=unit_id, position=self.position(unit_id, now), at=now)

    def drawn_fix(self, unit_id: str, now: datetime) -> Fix:
        """The same with a heading, for screens."""
        journey = self._journeys.get(unit_id)
        heading = journey.heading_deg(now) if journey and not journey.over(now) else None
        return Fix(unit_id=unit_id, position=self.position(unit_id, now), at=now, heading_deg=heading)

    def stop(self, unit_id: str, now: datetime) -> None:
        """Let a unit stand where it is."""
        self.stand(unit_id, self.position(unit_id, now))

    def stand(self, unit_id: str, position: Position) -> None:
        """Let a unit stand at a place it has come to."""
        self._standing[unit_id] = position
        if self._journeys.pop(unit_id, None) is not None:
            self._stopped[unit_id] = None

    def drive(self, unit_id: str, to: Position, now: datetime, aim: str, ends_at: datetime | None = None) -> None:
        """Let a unit drive from where it is; at the pace of the route where no end is given."""
        start = self.position(unit_id, now)
        if start == to:
            self.stand(unit_id, to)
        else:
            self._journeys[unit_id] = self._route(start, to, now, aim, ends_at)

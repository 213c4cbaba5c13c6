"""Who decides in a simulation: a function that is called at every moment at which there may be something to decide."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.incident import Incident
from dispatch.simulation.waiting import Waiting
from dispatch.vocabulary import Role
from dispatch.windows import match_role

Dispatcher = Callable[[Desk, datetime], None]
CountFree = Callable[[Role, datetime], int]
AGAIN_S = 30.0
MOST_MISSES = 8  # of a role in one decision: whoever is free cannot go, others due later will hardly fare better


def unserved_roles(incident: Incident, open_roles: Sequence[Role], *, needs_tow: bool) -> list[Role]:
    """Roles that an incident needs and nobody fills: ``open_roles`` of its plan, and a tow where it turns out to need one."""
    if incident.location is None or incident.closed_at is not None:
        return []
    filled = {a.role for a in incident.assignments.values() if a.status.is_open or a.claimed_at is not None}
    wanted = dict.fromkeys((*open_roles, Role.TOW_UNIT) if needs_tow else open_roles)
    return [role for role in wanted if role not in filled]


class FollowAdvice:
    """Offer every waiting job to the unit the desk advises, the promise that is due first before the others.

    Parameters
    ----------
    waiting : Waiting
    free : callable
        How many units of a role may be free at a moment; an upper bound will do.
    """

    def __init__(self, waiting: Waiting, free: CountFree) -> None:
        self._waiting = waiting
        self._free = free

    def __call__(self, desk: Desk, now: datetime) -> None:
        """Decide what waits at ``now``; what nobody can take goes on waiting."""
        for role in filter(self._waiting.any, Role):
            free = self._free(role, now)
            misses = 0
            for incident_id in self._waiting.first(role, free + MOST_MISSES):
                if free <= 0 or misses >= MOST_MISSES:
                    break
                try:
                    desk.offer(incident_id, role, now)
                    free -= 1
                except (Conflict, InvalidInput):
                    misses += 1


class FollowWindows:
    """Match everything that waits in windows, as a desk with ``choosing.auto_offer`` does by itself.

    Parameters
    ----------
    waiting : Waiting
    later : callable
        Calls this dispatcher again at a moment: what goes on waiting is looked at again after `AGAIN_S`.
    """

    def __init__(self, waiting: Waiting, later: Callable[[datetime, Callable[[datetime], None]], None]) -> None:
        self._waiting = waiting
        self._later = later
        self._again_at: datetime | None = None

    def __call__(self, desk: Desk, now: datetime) -> None:
        """Decide what waits at ``now``."""
        for role in Role:
            if self._waiting.first(role, 1):
                match_role(desk, role, now)
        if self._waiting and (self._again_at is None or self._again_at <= now):
            self._again_at = now + timedelta(seconds=AGAIN_S)
            self._later(self._again_at, lambda at: self(desk, at))

"""Who decides in a simulation: a function that is called at every moment at which there may be something to decide."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.incident import Incident
from dispatch.vocabulary import Role, UnitStatus

Dispatcher = Callable[[Desk, datetime], None]
Needs = Callable[[Incident], Sequence[Role]]
FEW = 4  # waiting jobs; with more it pays to count who is free first


def unserved_roles(incident: Incident, *, needs_tow: bool) -> list[Role]:
    """Roles that an incident needs and nobody fills."""
    if incident.location is None or incident.closed_at is not None:
        return []
    filled = {a.role for a in incident.assignments.values() if a.status.is_open or a.claimed_at is not None}
    wanted = (Role.SURVEYOR, Role.TOW_UNIT) if needs_tow else (Role.SURVEYOR,)
    return [role for role in wanted if role not in filled]


class FollowAdvice:
    """Offer every waiting job to the unit the desk advises, the promise that is due first before the others.

    Parameters
    ----------
    needs : callable
        Roles of an incident that nobody fills.
    """

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    def __call__(self, desk: Desk, now: datetime) -> None:
        """Decide what waits at ``now``; what nobody can take goes on waiting."""
        waiting = [(i, role) for i in desk.log.open_incidents() if i.reported.simulated for role in self._needs(i)]
        free = _free(desk, now) if len(waiting) > FEW else None
        for incident, role in sorted(waiting, key=_due):
            if free is None or free[role] > 0:
                with suppress(Conflict, InvalidInput):
                    desk.offer(incident.id, role, now)
                    if free is not None:
                        free[role] -= 1


def _free(desk: Desk, now: datetime) -> Counter[Role]:
    return Counter(s.unit.role for s in desk.fleet.states(now) if s.status(now) is UnitStatus.IDLE)


def _due(job: tuple[Incident, Role]) -> tuple[datetime, str]:
    incident, role = job
    return incident.commitment.due_at if incident.commitment else incident.reported.at, f"{incident.id}{role}"

"""Which incidents a decision looks at, and how pressing each is."""

from collections.abc import Collection
from datetime import datetime

from dispatch.choosing.situation import Scene
from dispatch.errors import InvalidInput
from dispatch.incident import Assignment, Incident
from dispatch.policy import Choosing
from dispatch.vocabulary import AssignmentStatus, IncidentStatus, Role, Tier

PRESSING = frozenset({Tier.INJURY, Tier.GREEN_CHANNEL})
NOT_DEPARTED = frozenset({AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED})


def is_pressing(incident: Incident) -> bool:
    """Whether it never waits for a window, and counts more in one."""
    return incident.tier in PRESSING


def is_waiting(incident: Incident, role: Role) -> bool:
    """Whether somebody of ``role`` is still to be found for it."""
    if incident.closed_at is not None or incident.location is None or incident.commitment is None:
        return False
    new = role is Role.SURVEYOR and incident.status is IncidentStatus.WAITING
    return new or role in incident.unanswered_roles


def may_be_swapped(incident: Incident, role: Role) -> Assignment | None:
    """Its assignment in ``role`` where the unit has not set off and no operator chose it by name."""
    found = incident.open_in(role)
    if found is None or found.status not in NOT_DEPARTED or found.offer.override_reason:
        return None
    return found


def scene_of(
    incident: Incident, now: datetime, policy: Choosing, *, unit_id: str | None = None, barred: Collection[str] = ()
) -> Scene:
    """An incident as a decision sees it; raises `InvalidInput` while it has no place."""
    if incident.location is None or incident.commitment is None:
        raise InvalidInput("案件尚未定位:请先在地图上标出地点。(Set the place on the map first.)")
    return Scene(
        incident_id=incident.id,
        position=incident.location.position,
        uncertainty_m=incident.location.uncertainty_m,
        time_left_s=(incident.commitment.due_at - now).total_seconds(),
        waited_s=(now - incident.reported.at).total_seconds(),
        priority=policy.pressing_factor if is_pressing(incident) else 1.0,
        unit_id=unit_id,
        barred=barred,
    )

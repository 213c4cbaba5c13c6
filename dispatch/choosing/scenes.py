"""Which incidents a decision looks at, and how pressing each is."""

from collections.abc import Collection
from datetime import datetime

from dispatch.choosing.situation import Scene
from dispatch.errors import InvalidInput
from dispatch.incident import Assignment, Incident
from dispatch.vocabulary import AssignmentStatus, Role, Tier

PRESSING = frozenset({Tier.INJURY, Tier.GREEN_CHANNEL})
NOT_DEPARTED = frozenset({AssignmentStatus.OFFERED, AssignmentStatus.ACCEPTED})


def is_pressing(incident: Incident) -> bool:
    """Whether it never waits for a window."""
    return incident.tier in PRESSING


def may_be_swapped(incident: Incident, role: Role) -> Assignment | None:
    """Its assignment in ``role`` where the unit has not set off and no operator chose it by name."""
    found = incident.open_in(role)
    if found is None or found.status not in NOT_DEPARTED or found.offer.override_reason:
        return None
    return found


def nowhere_to_go(incident: Incident, role: Role) -> str:
    """Why nobody of ``role`` can be sent yet, and what to do: no place, or a hospital that is still to be asked."""
    if role is Role.SPECIALIST and incident.hospital_told is not None:
        return incident.hospital_told.question
    return "案件尚未定位:请先在地图上标出地点。(Set the place on the map first.)"


def scene_of(
    incident: Incident,
    role: Role,
    now: datetime,
    *,
    priority: float,
    unit_id: str | None = None,
    barred: Collection[str] = (),
) -> Scene:
    """An incident as a decision about ``role`` sees it; raises `InvalidInput` while it has no place."""
    destination = incident.destination(role)
    if destination is None or incident.commitment is None:
        raise InvalidInput(nowhere_to_go(incident, role))
    return Scene(
        incident_id=incident.id,
        position=destination.position,
        uncertainty_m=destination.uncertainty_m,
        time_left_s=(incident.commitment.due_at - now).total_seconds(),
        waited_s=(now - incident.reported.at).total_seconds(),
        priority=priority,
        unit_id=unit_id,
        barred=barred,
    )

"""Which photographs an incident takes, and from whom."""

from datetime import datetime, timedelta

from dispatch import events as ev
from dispatch.errors import InvalidInput
from dispatch.evidence import Photo, PhotoSource
from dispatch.incident import Assignment, Incident
from dispatch.policy.policy import PhotoRules


def is_bound(incident: Incident, unit_id: str | None, now: datetime, rules: PhotoRules) -> bool:
    """Whether a unit works on an incident, or did so lately enough for what its phone still holds to be taken."""
    own = [a for a in incident.assignments.values() if a.unit_id == unit_id and a.accepted_at is not None]
    return any(a.status.is_open or now - _ended_at(a) <= timedelta(hours=rules.late_h) for a in own)


def _ended_at(ended: Assignment) -> datetime:
    moments = [m for m in (ended.cleared_at, ended.delivered_at, ended.ended_at, ended.accepted_at) if m is not None]
    return max(moments)


def photo_taken(incident: Incident, photo: Photo, now: datetime, rules: PhotoRules, *, by: str) -> ev.PhotoTaken:
    """The fact that a photograph arrived; one that a wrong clock dates in the future is kept as it came, for it is evidence.

    Raises
    ------
    InvalidInput
        When the incident has as many of this source as the policy allows.
    """
    require_room(incident, photo.source, rules)
    return ev.PhotoTaken(incident_id=incident.id, at=now, by=by, photo=photo)


def require_room(incident: Incident, source: PhotoSource, rules: PhotoRules) -> None:
    """Raise `InvalidInput` when an incident has as many photographs of a source as the policy allows."""
    if sum(e.photo.source is source for e in incident.photos.values()) >= rules.most:
        raise InvalidInput(f"本案{source.label}照片已达 {rules.most} 张。(The incident takes no more photographs.)")

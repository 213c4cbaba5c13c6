"""From assignments to what a phone draws: the next stop, what was sent later, a day's jobs."""

from datetime import datetime
from typing import Literal

from api.forms.step_schemas import DayJobOut, SentLaterOut, StopOut
from dispatch.auditing.audit import judge
from dispatch.incident import Assignment, Incident
from dispatch.location import Position
from dispatch.vocabulary import AssignmentStatus, Role
from geo_data.coordinates import Datum, from_wgs84


def next_stop(i: Incident, a: Assignment) -> StopOut | None:
    """Show where the unit drives next; None once it has ended, and while there is no place."""
    position = i.next_stop(a)
    if position is None:
        return None
    if a.status is AssignmentStatus.ON_SCENE and a.id in i.shops:
        return onward_stop(i, a)
    at_hospital = a.role is Role.SPECIALIST and i.hospital is not None
    return _stop("hospital" if at_hospital else "scene", _place(i, a.role), position)


def onward_stop(i: Incident, a: Assignment) -> StopOut | None:
    """Show the repair shop that a tow goes to from the scene: a phone without signal must know it by then."""
    chosen = i.shops.get(a.id) if a.status.is_open else None
    return _stop("shop", chosen.shop.shop_name, chosen.shop.position) if chosen else None


def _place(i: Incident, role: Role) -> str:
    if role is Role.SPECIALIST and i.hospital:
        return i.hospital.name
    return i.location.matched_text if i.location else ""


def _stop(kind: Literal["scene", "hospital", "shop"], name: str, position: Position) -> StopOut:
    shifted = from_wgs84(position, Datum.GCJ02)  # what AMap, Baidu, Tencent and Apple's maps of China speak
    return StopOut(
        kind=kind,
        name=name,
        lon=position.lon,
        lat=position.lat,
        gcj02_lon=round(shifted.lon, 6),
        gcj02_lat=round(shifted.lat, 6),
    )


def sent_later(a: Assignment) -> list[SentLaterOut]:
    """Show the steps that were sent later, and those whose claimed time does not count."""
    return [
        SentLaterOut(
            step=step,
            claimed_at=c.claimed_at,
            received_at=c.received_at,
            offline=c.offline,
            skew_s=c.skew_s,
            doubt=c.doubt,
            doubt_label=c.doubt.label if c.doubt else "",
        )
        for step, c in a.captures.items()
        if c.was_sent_later or c.doubt
    ]


def day_jobs(incidents: list[Incident], unit_id: str, now: datetime) -> list[DayJobOut]:
    """Show the jobs of a unit in these incidents, newest first."""
    jobs = [_day_job(i, a, now) for i in incidents for a in i.assignments.values() if a.unit_id == unit_id]
    return sorted(jobs, key=lambda job: job.offered_at, reverse=True)


def _day_job(i: Incident, a: Assignment, now: datetime) -> DayJobOut:
    promised = a.role is Role.SURVEYOR and a.claimed_at is not None
    verdict = judge(i, now).verdict if promised else None
    return DayJobOut(
        incident_id=i.id,
        assignment_id=a.id,
        role=a.role,
        place=_place(i, a.role),
        status=a.status,
        status_label=a.status.label,
        offered_at=a.offered_at,
        accepted_at=a.accepted_at,
        claimed_at=a.claimed_at,
        cleared_at=a.cleared_at,
        ended_reason=a.ended_reason,
        due_at=i.commitment.due_at if i.commitment else None,
        verdict=verdict,
        verdict_label=verdict.label if verdict else "",
        sent_later=any(c.was_sent_later for c in a.captures.values()),
    )

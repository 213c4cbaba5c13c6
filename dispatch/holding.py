"""Holding an incident back: nobody is sent until a time or an event, while the promise's clock goes on."""

from datetime import datetime, timedelta

from dispatch import events as ev
from dispatch.desk import Desk
from dispatch.errors import Conflict, InvalidInput
from dispatch.incident import Incident
from dispatch.vocabulary import HoldEnd, HoldEvent, HoldReason

LONGEST = timedelta(hours=24)  # a hold always ends by itself; who needs more has forgotten something else


def hold(
    desk: Desk,
    incident_id: str,
    now: datetime,
    *,
    reason: HoldReason,
    until: datetime,
    ends_on: HoldEvent | None = None,
    note: str = "",
    by: str,
) -> Incident:
    """Hold an incident back until a time, or until something happens before.

    Raises
    ------
    InvalidInput
        For a time that has passed or lies more than `LONGEST` ahead; for another reason without a note.
    Conflict
        While somebody is bound to it, surveys it by video, or a partner has it.
    """
    if not now < until <= now + LONGEST:
        raise InvalidInput("暂缓时间须在 24 小时以内且晚于现在。(A hold ends within 24 hours from now: mend it.)")
    if reason is HoldReason.OTHER and not note.strip():
        raise InvalidInput("请填写暂缓原因。(Say why it is held.)")
    incident = desk.incident(incident_id)
    if incident.is_with_partner or incident.remote_runs:
        raise Conflict(f"案件 {incident_id} 由合作单位救援或正在视频查勘,不能暂缓。(It is being served.)")
    if ends_on is HoldEvent.LOCATED and incident.location is not None:
        raise InvalidInput("案件已有地点:请改选其他条件。(It has a place already: choose another end.)")
    held = ev.IncidentHeld(
        incident_id=incident_id, at=now, by=by, reason=reason, until=until, ends_on=ends_on, note=note.strip()
    )
    return desk.record(incident, held)


def end_hold(desk: Desk, incident_id: str, now: datetime, *, how: HoldEnd = HoldEnd.CALLED_OFF, by: str) -> Incident:
    """Let somebody be sent again before the time has come; raises `IllegalTransition` where it is not held."""
    ended = ev.HoldEnded(incident_id=incident_id, at=now, by=by, how=how)
    return desk.record(desk.incident(incident_id), ended)


def end_if_due(desk: Desk, incident: Incident, now: datetime) -> Incident:
    """End a hold whose time has come; any other incident comes back as it is."""
    if incident.held is None or now < incident.held.until:
        return incident
    return desk.record(incident, ev.HoldEnded(incident_id=incident.id, at=now, how=HoldEnd.DUE))

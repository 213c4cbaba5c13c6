"""How an incident is closed: everybody bound to it is let go in the same breath."""

from datetime import datetime

from dispatch import events as ev
from dispatch.errors import InvalidInput
from dispatch.incident import Incident
from dispatch.steps import about
from dispatch.vocabulary import AssignmentStatus, CloseCode


def closing(incident: Incident, now: datetime, *, reason: str, code: CloseCode, by: str) -> list[ev.Event]:
    """The facts that close an incident: units on scene are cleared, others released, a survey by video ended.

    The released are told ``reason``, or what ``code`` says where there is none.

    Raises
    ------
    InvalidInput
        When ``code`` says nothing and there is no reason; when it is that of a demonstration, and the incident is none of it.
    """
    if code is CloseCode.OTHER and not reason.strip():
        raise InvalidInput("请填写结束原因。(Say why it is closed.)")
    if code is CloseCode.DEMO_STOPPED and not incident.reported.simulated:
        raise InvalidInput("只有模拟案件可按演示停机结束。(Only simulated incidents end so: choose another reason.)")
    reason = reason.strip() or code.label
    facts: list[ev.Event] = [
        about(
            ev.UnitCleared if a.status is AssignmentStatus.ON_SCENE else ev.AssignmentReleased,
            a,
            incident,
            now,
            by,
            reason=reason,
        )
        for a in incident.open_assignments
    ]
    if incident.remote_runs:
        facts.append(ev.RemoteSurveyEnded(incident_id=incident.id, at=now, by=by, completed=False, note=reason))
    return [*facts, ev.IncidentClosed(incident_id=incident.id, at=now, by=by, reason=reason, code=code)]

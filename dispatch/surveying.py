"""What a survey form does to an incident: it is kept, corrected by another, and may speak for another tier."""

from datetime import datetime

from dispatch import events as ev
from dispatch.desk import Desk
from dispatch.incident import Incident
from dispatch.scene_report import SceneReport, hash_of, require_whole


def file_report(
    desk: Desk, incident_id: str, report: SceneReport, now: datetime, *, by: str
) -> tuple[Incident, ev.SceneSurveyed]:
    """Keep a survey form; where the incident has one already, this one corrects it. Sent twice it is one form.

    Raises
    ------
    InvalidInput
        For a form that says what cannot be; nothing is recorded.
    """
    require_whole(report)
    incident = desk.incident(incident_id)
    mark = hash_of(incident_id, by, report)
    if mark in incident.surveys:
        return incident, incident.surveys[mark]
    last = incident.survey
    surveyed = ev.SceneSurveyed(
        incident_id=incident_id, at=now, by=by, report=report, sha256=mark, corrects=last.sha256 if last else ""
    )
    return desk.record(incident, surveyed), surveyed

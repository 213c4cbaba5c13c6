"""What a dispatcher decides on the response: tiers, needs taken off, the hospital, a survey by video."""

from fastapi import APIRouter

from api.access.dependencies import Dispatcher, LiveDesk, Now
from api.access.idempotency import OnceRoute
from api.forms.captured import position_of
from api.forms.hospital_schemas import HospitalIn
from api.forms.response_schemas import RemoteEndIn, RemoteStartIn, TierIn, WaiveIn
from api.forms.schemas import IncidentOut
from api.views import views
from dispatch import response

router = APIRouter(route_class=OnceRoute, prefix="/v1/incidents/{incident_id}", tags=["response"])


@router.post("/tier")
def change_tiers(incident_id: str, body: TierIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Put the incident into other tiers, with the reason; the commitment stays as it was frozen at intake."""
    after = response.change_tiers(desk, incident_id, body.tiers, now, reason=body.reason, by=who.username)
    return views.incident(after, now)


@router.post("/waive")
def waive(incident_id: str, body: WaiveIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Take a role off that the plan asks for, with the reason; an incident that was served and then needs nobody more closes."""
    after = response.waive(desk, incident_id, body.role, now, reason=body.reason, by=who.username)
    return views.incident(after, now)


@router.post("/hospital")
def name_hospital(incident_id: str, body: HospitalIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Say where the injured person is: the specialist is sent there.

    Refused, with what to ask, while the words do not tell surely where that is: give more words, or the point.
    """
    at = position_of(body.point) if body.point else None
    return views.incident(response.name_hospital(desk, incident_id, body.text, now, position=at, by=who.username), now)


@router.post("/remote/start")
def start_remote(incident_id: str, body: RemoteStartIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Begin a survey by video where the plan allows it and nobody is near.

    Only with the caller's recorded consent does it stand in for the promised arrival, which is then listed as excluded.
    """
    after = response.start_remote(desk, incident_id, now, surveyor=body.surveyor, consent=body.consent, by=who.username)
    return views.incident(after, now)


@router.post("/remote/end")
def end_remote(incident_id: str, body: RemoteEndIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """End the survey by video; where it was not completed the surveyor is needed again."""
    after = response.end_remote(desk, incident_id, now, completed=body.completed, note=body.note, by=who.username)
    return views.incident(after, now)

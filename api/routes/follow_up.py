"""What the desk does after a report: the caller's requests, and the steps of the claim."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter

from api.access.dependencies import Dispatcher, LiveDesk, Now, Reader, Transaction
from api.access.idempotency import OnceRoute
from api.credentials.security import Account
from api.forms.follow_up_schemas import (
    AssessedIn,
    CallbackAnswerIn,
    CallerTaskOut,
    ClaimFactIn,
    DoubtAnswerIn,
    PaidIn,
    RefusedIn,
    ReviewedIn,
    ToldIn,
)
from api.forms.schemas import IncidentOut
from api.views import follow_up_views, views
from dispatch import caller_desk
from dispatch import events as ev
from dispatch.desk import Desk
from geo_data.stores.postgis_log import PostgisLog

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["follow-up"])

TASKS_FOR = timedelta(days=90)


@router.get("/caller-tasks")
def tasks(desk: LiveDesk, transaction: Transaction, now: Now, _: Reader) -> list[CallerTaskOut]:
    """What callers wait for, of open and closed incidents, who has waited longest first."""
    rules = desk.policy.caller
    waiting = PostgisLog(transaction).with_waiting_callers(now - TASKS_FOR)
    return sorted((t for i in waiting for t in follow_up_views.tasks(i, rules)), key=lambda t: t.asked_at)


@router.post("/incidents/{incident_id}/callback")
def call_back(incident_id: str, body: CallbackAnswerIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record a call back to the caller; one who was not reached stays on the board."""
    after = caller_desk.answer_callback(
        desk, incident_id, now, reached=body.reached, result=body.result, by=who.username
    )
    return views.incident(after, now)


@router.post("/incidents/{incident_id}/doubt")
def settle(incident_id: str, body: DoubtAnswerIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Leave the place as it is although the caller doubts it, with words for the caller."""
    return views.incident(caller_desk.settle_doubt(desk, incident_id, now, answer=body.answer, by=who.username), now)


@router.post("/incidents/{incident_id}/claim/assessed")
def assessed(incident_id: str, body: AssessedIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record the damage assessment."""
    return _tell(desk, ev.DamageAssessed, incident_id, body, now, who)


@router.post("/incidents/{incident_id}/claim/reviewed")
def reviewed(incident_id: str, body: ReviewedIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record a review: approved, with questions, or rejected."""
    return _tell(desk, ev.ClaimReviewed, incident_id, body, now, who)


@router.post("/incidents/{incident_id}/claim/paid")
def paid(incident_id: str, body: PaidIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record the payment."""
    return _tell(desk, ev.ClaimPaid, incident_id, body, now, who)


@router.post("/incidents/{incident_id}/claim/refused")
def refused(incident_id: str, body: RefusedIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record the refusal."""
    return _tell(desk, ev.ClaimRefused, incident_id, body, now, who)


@router.post("/incidents/{incident_id}/claim/told")
def told(incident_id: str, body: ToldIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record that the client was told the result, by one means."""
    return _tell(desk, ev.ClientTold, incident_id, body, now, who)


def _tell(
    desk: Desk, kind: type[ev.ClaimFact], incident_id: str, body: ClaimFactIn, now: Now, who: Account
) -> IncidentOut:
    said: dict[str, Any] = body.model_dump(exclude={"at"})
    fact = kind(incident_id=incident_id, at=body.at or now, recorded_at=now, by=who.username, **said)
    return views.incident(desk.record(desk.incident(incident_id), fact), now)

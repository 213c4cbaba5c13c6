"""The handshake: accept, decline, depart, arrive, clear, release."""

from datetime import datetime

from fastapi import APIRouter

from api.access.dependencies import Dispatcher, Ground, LiveDesk, Now, SignedIn
from api.access.idempotency import OnceRoute
from api.credentials.security import Account
from api.forms.captured import ArriveIn, ClearIn, DeclineIn, StepIn, capture_of
from api.forms.schemas import IncidentOut, ReasonIn, ReassignIn, RouteOut
from api.views import views
from dispatch.desk import Desk
from dispatch.errors import NotAllowed
from dispatch.incident import Incident
from dispatch.ports import state_of
from dispatch.recovery_desk import deliver as delivered

router = APIRouter(route_class=OnceRoute, prefix="/v1/assignments/{assignment_id}", tags=["assignments"])


def _allowed(desk: Desk, assignment_id: str, who: Account, *, reading: bool = False) -> Incident:
    """The incident of an assignment, where the account may act on it: a dispatcher, or the assigned unit itself."""
    found = desk.incident(desk.log.incident_of(assignment_id))
    if who.seat == "dispatcher" or (reading and who.seat in ("manager", "auditor")):
        return found
    if who.unit_id is None or found.assignment(assignment_id).unit_id != who.unit_id:
        raise NotAllowed("这不是您的任务。(This assignment is not yours.)")
    return found


def _shown(incident: Incident, now: datetime, who: Account) -> IncidentOut:
    shown = views.incident(incident, now)
    return views.for_unit(shown, who.unit_id) if who.seat == "surveyor" else shown


@router.post("/accept")
def accept(assignment_id: str, desk: LiveDesk, now: Now, who: SignedIn, body: StepIn | None = None) -> IncidentOut:
    """Take the job."""
    _allowed(desk, assignment_id, who)
    after = desk.accept(assignment_id, now, by=who.username, captured=capture_of(body, now))
    return _shown(after, now, who)


@router.post("/decline")
def decline(assignment_id: str, body: DeclineIn, desk: LiveDesk, now: Now, who: SignedIn) -> IncidentOut:
    """Refuse the job, with the reason."""
    _allowed(desk, assignment_id, who)
    told = capture_of(body, now)
    return _shown(desk.decline(assignment_id, now, reason=body.reason, by=who.username, captured=told), now, who)


@router.post("/depart")
def depart(assignment_id: str, desk: LiveDesk, now: Now, who: SignedIn, body: StepIn | None = None) -> IncidentOut:
    """Set off."""
    _allowed(desk, assignment_id, who)
    after = desk.depart(assignment_id, now, by=who.username, captured=capture_of(body, now))
    return _shown(after, now, who)


@router.post("/arrive")
def arrive(assignment_id: str, desk: LiveDesk, now: Now, who: SignedIn, body: ArriveIn | None = None) -> IncidentOut:
    """Claim to be on scene; the track may confirm it. A captured time counts where it is plausible (补传)."""
    _allowed(desk, assignment_id, who)
    position, told = body.position if body else None, capture_of(body, now)
    return _shown(desk.arrive(assignment_id, now, position=position, by=who.username, captured=told), now, who)


@router.post("/clear")
def clear(assignment_id: str, desk: LiveDesk, now: Now, who: SignedIn, body: ClearIn | None = None) -> IncidentOut:
    """Finish on the scene; the incident closes with its last assignment once all it needs was served or waived.

    A tow that has a repair shop to go to and leaves without the vehicle must say why.
    """
    _allowed(desk, assignment_id, who)
    reason = body.reason if body else ""
    after = desk.clear(assignment_id, now, reason=reason, by=who.username, captured=capture_of(body, now))
    return _shown(after, now, who)


@router.post("/deliver")
def deliver(assignment_id: str, desk: LiveDesk, now: Now, who: SignedIn, body: ArriveIn | None = None) -> IncidentOut:
    """Hand the vehicle over at the repair shop: the tow is free again."""
    _allowed(desk, assignment_id, who)
    position, told = body.position if body else None, capture_of(body, now)
    return _shown(delivered(desk, assignment_id, now, position=position, by=who.username, captured=told), now, who)


@router.post("/release")
def release(assignment_id: str, body: ReasonIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """End the assignment before it is done, with the reason."""
    return views.incident(desk.release(assignment_id, now, reason=body.reason, by=who.username), now)


@router.post("/reassign")
def reassign(assignment_id: str, body: ReassignIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Release the assignment and offer the job to another unit, both or neither; without `unit_id` to the best."""
    after = desk.reassign(assignment_id, now, reason=body.reason, unit_id=body.unit_id, by=who.username)
    return views.incident(after, now)


@router.get("/route")
def route(assignment_id: str, desk: LiveDesk, on: Ground, now: Now, who: SignedIn) -> RouteOut | None:
    """The way from the unit's latest position to where it is going; for a tow on scene to the repair shop.

    Null where there is none to draw: the assignment has ended (perhaps a moment ago), the incident has no place or the unit no
    position yet, or no road leads there now.
    """
    found = _allowed(desk, assignment_id, who, reading=True)
    assignment = found.assignment(assignment_id)
    fix, stop = state_of(desk.fleet, assignment.unit_id, now).fix, found.next_stop(assignment)
    way = on.router.route(fix.position, stop, now) if fix and stop else None
    return views.route(assignment_id, way, now) if way else None

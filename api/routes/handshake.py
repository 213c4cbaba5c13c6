"""Duty against the shift, alarms before the breach, back-ups, replacement with the client's consent."""

from datetime import timedelta

from fastapi import APIRouter

from api.access.dependencies import Dispatcher, LiveDesk, Now, Reader, SignedIn
from api.access.idempotency import OnceRoute
from api.forms.handshake_schemas import BackupIn, BackupOut, ConsentIn, DutyIn, ExceptionOut, ReplacementIn
from api.forms.schemas import IncidentOut
from api.forms.unit_schemas import UnitOut
from api.routes.units import own
from api.views import views
from dispatch import replacement
from dispatch.backups import call_next, in_order
from dispatch.capture import weighed
from dispatch.duty import duty_change
from dispatch.errors import Conflict, NotAllowed
from dispatch.ports import state_of
from dispatch.vocabulary import CaptureDoubt, DutyKind, Role

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["handshake"])


@router.post("/units/{unit_id}/duty")
def duty(unit_id: str, body: DutyIn, desk: LiveDesk, now: Now, who: SignedIn) -> UnitOut:
    """Go on or off duty against the shift, or take a break: a surveyor for itself, a dispatcher for anybody."""
    if who.seat not in ("dispatcher", "surveyor"):
        raise NotAllowed("当前账号只能查看。(Your role may only look.)")
    own(unit_id, who)
    told = body.capture(now)
    before = state_of(desk.fleet, unit_id, now).duty
    since = before.at if before else now - timedelta(days=1)
    at, weighed_told = weighed(told, since, desk.policy.captures) if told else (now, None)
    if weighed_told and before and weighed_told.doubt is CaptureDoubt.BEFORE_LAST_STEP:
        raise Conflict("之后已有新的班次状态,本条作废。(A later change of duty is known: this one is void.)")
    kind, rules = DutyKind(body.kind), desk.policy.duty
    change = duty_change(unit_id, kind, now, rules, at=at, until=body.until, reason=body.reason, by=who.username)
    desk.fleet.record_duty(change)
    return views.unit(state_of(desk.fleet, unit_id, now), now)


@router.get("/exceptions")
def exceptions(desk: LiveDesk, now: Now, _: Reader) -> list[ExceptionOut]:
    """Promises in danger, the one due first on top, each with what should be done instead."""
    open_incidents = desk.log.open_incidents()
    found = [views.exception(raised, incident) for incident in open_incidents for raised in incident.risks]
    return sorted(found, key=lambda one: (one.due_at is None, one.due_at or now, one.incident_id))


@router.get("/backups")
def backups(desk: LiveDesk, now: Now, _: Dispatcher, role: Role = Role.SURVEYOR) -> list[BackupOut]:
    """Back-ups who can be called now, in the order of calling."""
    return [views.backup(state.unit) for state in in_order(desk.fleet.states(now), role, now)]


@router.post("/incidents/{incident_id}/backup")
def call_backup(incident_id: str, body: BackupIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Call up the next back-up, or record that they did not answer; needs a reason while staff on duty could keep the promise."""
    after = call_next(desk, incident_id, body.role, now, reason=body.reason, by=who.username, reached=body.reached)
    return views.incident(after, now)


@router.post("/assignments/{assignment_id}/replacement")
def propose(assignment_id: str, body: ReplacementIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Propose that somebody else takes the assignment over; nothing changes until the client agrees."""
    after = replacement.propose(
        desk, assignment_id, body.unit_id, now, reason=body.reason, handover=body.handover, by=who.username
    )
    return views.incident(after, now)


@router.post("/assignments/{assignment_id}/replacement/decision")
def decide(assignment_id: str, body: ConsentIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record what the client says; with consent the job goes over, both steps or neither."""
    after = replacement.decide(
        desk, assignment_id, now, approved=body.approved, consent_of=body.consent_of, by=who.username
    )
    return views.incident(after, now)

"""Somebody takes an assignment over: a reason, a hand-over, and the client's consent, as the contract asks."""

from datetime import datetime

from dispatch import events as ev
from dispatch.desk import Desk
from dispatch.errors import IllegalTransition, InvalidInput
from dispatch.folding import advance
from dispatch.incident import Assignment, Incident
from dispatch.steps import about
from dispatch.vocabulary import AssignmentStatus


def propose(
    desk: Desk, assignment_id: str, new_unit_id: str, now: datetime, *, reason: str, handover: str, by: str
) -> Incident:
    """Propose that another unit takes an assignment over; nothing changes until the client agrees.

    Raises
    ------
    InvalidInput
        Without a reason or a hand-over, or for a unit that cannot take over.
    UnknownId
        For an assignment or a unit that is not known.
    """
    if not reason.strip() or not handover.strip():
        raise InvalidInput("更换人员须写明原因和交接事项。(Give the reason and what is handed over.)")
    incident, old = _find(desk, assignment_id)
    if desk.fleet.unit(new_unit_id).role is not old.role or new_unit_id == old.unit_id:
        raise InvalidInput(f"{new_unit_id} 不能接替:须是另一名{old.role.label}。(Name another unit of the same role.)")
    words = {"new_unit_id": new_unit_id, "reason": reason, "handover": handover}
    proposed = about(ev.ReplacementProposed, old, incident, now, by, **words)
    return desk.record(incident, proposed)


def decide(desk: Desk, assignment_id: str, now: datetime, *, approved: bool, consent_of: str, by: str) -> Incident:
    """Record what the client says; with consent the old assignment ends and the new unit is offered it, both or neither.

    Raises
    ------
    InvalidInput
        Without the name of who spoke for the client.
    Conflict
        When no replacement waits, or the new unit cannot go any more; the old assignment then stays.
    """
    if not consent_of.strip():
        raise InvalidInput("须写明客户方同意人。(Name who spoke for the client.)")
    incident, old = _find(desk, assignment_id)
    proposed = old.replacement
    if proposed is None or not old.status.is_open:
        raise IllegalTransition(f"任务 {old.id} 没有待批准的更换。(No replacement waits: reload.)")
    decided = about(ev.ReplacementDecided, old, incident, now, by, approved=approved, consent_of=consent_of)
    if not approved:
        return desk.record(incident, decided)
    ended = (
        about(ev.UnitCleared, old, incident, now, by)
        if old.status is AssignmentStatus.ON_SCENE
        else about(ev.AssignmentReleased, old, incident, now, by, reason=f"更换人员:{proposed.reason}")
    )
    freed = advance(advance(incident, decided), ended)
    offer = desk.successor(freed, old.role, now, unit_id=proposed.new_unit_id, reason=proposed.reason, by=by)
    return desk.record_offer(incident, offer, decided, ended)


def _find(desk: Desk, assignment_id: str) -> tuple[Incident, Assignment]:
    incident = desk.incident(desk.log.incident_of(assignment_id))
    return incident, incident.assignment(assignment_id)

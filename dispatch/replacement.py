"""Somebody takes an assignment over: a reason, a hand-over, and the client's consent, as the contract asks.

Whether the new unit can take over is looked at when it is proposed, so that no client is asked in vain, and again when the
client has spoken. A proposal that cannot be carried out any more lapses with the reason.
"""

from datetime import datetime

from dispatch import events as ev
from dispatch.candidates import refusal
from dispatch.desk import Desk
from dispatch.errors import IllegalTransition, InvalidInput
from dispatch.folding import advance
from dispatch.incident import Assignment, Incident
from dispatch.ports import state_of
from dispatch.steps import about
from dispatch.vocabulary import AssignmentStatus, Refusal

PASSING = frozenset(
    {Refusal.NO_POSITION, Refusal.STALE_POSITION, Refusal.IMPRECISE_POSITION, Refusal.MOCKED_POSITION}
)  # the next fix may mend it: it forbids a take-over now and does not end a proposal


def propose(
    desk: Desk, assignment_id: str, new_unit_id: str, now: datetime, *, reason: str, handover: str, by: str
) -> Incident:
    """Propose that another unit takes an assignment over; nothing changes until the client agrees.

    An earlier proposal that cannot be carried out now gives way.

    Raises
    ------
    InvalidInput
        Without a reason or a hand-over, or for a unit that is not another one of the same role.
    Conflict
        When the unit cannot go now, with the reason; when the assignment has ended, or a replacement waits already.
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
    lapsed = _lapsed(incident, old, why_not(desk, incident, old, now), now)
    if old.status.is_open:
        _takeover(desk, incident, old, proposed, now, by)  # refused here, before the client is asked
    return desk.record(incident, *lapsed, proposed)


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
    ended, offer = _takeover(desk, advance(incident, decided), old, proposed, now, by)
    return desk.record_offer(incident, offer, decided, ended)


def lapse(desk: Desk, incident: Incident, assignment: Assignment, now: datetime) -> Incident:
    """End a proposal whose unit cannot take over any more; one whose position is only missing for now goes on waiting."""
    reason = why_not(desk, incident, assignment, now)
    lapsed = _lapsed(incident, assignment, None if reason in PASSING else reason, now)
    return desk.record(incident, *lapsed) if lapsed else incident


def why_not(desk: Desk, incident: Incident, old: Assignment, now: datetime) -> Refusal | None:
    """Why the unit that was proposed cannot take over now; None where it can, or nobody was proposed."""
    if old.replacement is None:
        return None
    state = state_of(desk.fleet, old.replacement.new_unit_id, now)
    return refusal(state, old.role, now, desk.policy, skills=desk.plan(incident).skills(old.role))


def _lapsed(incident: Incident, old: Assignment, reason: Refusal | None, now: datetime) -> list[ev.Event]:
    if reason is None or old.replacement is None:
        return []
    words = {"new_unit_id": old.replacement.new_unit_id, "reason": reason.label}
    return [about(ev.ReplacementLapsed, old, incident, now, "desk", **words)]


def _takeover(
    desk: Desk, incident: Incident, old: Assignment, proposed: ev.ReplacementProposed, now: datetime, by: str
) -> tuple[ev.Event, ev.UnitOffered]:
    """The end of the old assignment and the offer to the new unit; raises `Conflict` where that one cannot go."""
    why = f"更换人员:{proposed.reason}"
    kind = ev.UnitCleared if old.status is AssignmentStatus.ON_SCENE else ev.AssignmentReleased
    ended = about(kind, old, incident, now, by, reason=why)
    freed = advance(incident, ended)
    offer = desk.successor(freed, old.role, now, unit_id=proposed.new_unit_id, reason=proposed.reason, by=by)
    return ended, offer


def _find(desk: Desk, assignment_id: str) -> tuple[Incident, Assignment]:
    incident = desk.incident(desk.log.incident_of(assignment_id))
    return incident, incident.assignment(assignment_id)

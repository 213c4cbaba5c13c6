"""Whether a message is still true when it is to be sent: what has passed is not announced."""

from collections.abc import Callable
from datetime import datetime

from dispatch.incident import Incident
from dispatch.message import Kind, Message
from dispatch.vocabulary import AssignmentStatus

GOING = (AssignmentStatus.ACCEPTED, AssignmentStatus.EN_ROUTE)


def still_true(message: Message, incident: Incident, told_eta: datetime | None, slip_s: float) -> bool:
    """Whether it is still worth saying.

    Parameters
    ----------
    message : Message
    incident : Incident
        As it stands now.
    told_eta : datetime or None
        The arrival that was told last of the same assignment; None where none was.
    slip_s : float
        How much later than that an arrival must be to be told anew.
    """
    if message.kind is Kind.LATER:
        return _has_slipped(message, incident, told_eta, slip_s)
    rule = RULES.get(message.kind)
    return rule(message, incident) if rule else True


def _has_slipped(message: Message, incident: Incident, told_eta: datetime | None, slip_s: float) -> bool:
    going = incident.assignments.get(message.about)
    if going is None or going.status not in GOING or going.eta_at.isoformat() != message.words.get("eta_at"):
        return False
    return told_eta is not None and (going.eta_at - told_eta).total_seconds() >= slip_s


def _open_case(_: Message, incident: Incident) -> bool:
    return incident.closed_at is None


def _offer_stands(message: Message, incident: Incident) -> bool:
    offered = incident.assignments.get(message.about)
    return offered is not None and offered.status is AssignmentStatus.OFFERED


def _is_going(message: Message, incident: Incident) -> bool:
    going = incident.assignments.get(message.about)
    return going is not None and going.status in GOING


def _is_there(message: Message, incident: Incident) -> bool:
    there = incident.assignments.get(message.about)
    return there is not None and there.status is AssignmentStatus.ON_SCENE


def _is_decided(message: Message, incident: Incident) -> bool:
    decided = incident.claim.decided
    return decided is not None and decided.recorded_at.isoformat() == message.about


def _is_endangered(message: Message, incident: Incident) -> bool:
    return any(f"{r.risk}/{r.assignment_id or ''}" == message.about for r in incident.risks)


RULES: dict[Kind, Callable[[Message, Incident], bool]] = {
    Kind.OFFER: _offer_stands,
    Kind.OFFER_AGAIN: _offer_stands,
    Kind.CALL_UP: _open_case,
    Kind.REPORT_TAKEN: _open_case,
    Kind.ACCEPTED: _is_going,
    Kind.ARRIVED: _is_there,
    Kind.PAID: _is_decided,
    Kind.REFUSED: _is_decided,
    Kind.ALARM: _is_endangered,
}

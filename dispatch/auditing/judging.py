"""What an audit reads off one folded incident: who arrived first, its legs, what is wrong with its time, why it is left out."""

from datetime import datetime, timedelta

from dispatch.auditing.record import EXCLUDING, Exclusion, Problem
from dispatch.capture import Capture
from dispatch.incident import Assignment, Incident
from dispatch.location import Position, distance_m
from dispatch.partner import PartnerService
from dispatch.policy.policy import ArrivalCommitment
from dispatch.track_matching import ArrivalEvidence, Carriageway
from dispatch.tracked import Track
from dispatch.verification import evidence_of
from dispatch.vocabulary import INTERVALS, AssignmentStatus, CloseCode, Role

CLAIM_REACH_M = 500.0  # a button pressed farther from the scene than this, and its uncertainty, is no arrival
First = Assignment | PartnerService | None


def exclusion(incident: Incident, first: First, due_at: datetime | None) -> Exclusion | None:
    """Why an incident is left out: merged, surveyed by video by consent, or called off in time with nobody there yet."""
    if incident.merged_into:
        return Exclusion.MERGED
    if first is not None or due_at is None:
        return None
    remote = incident.remote
    if remote is not None and remote.completed and remote.started.consent and remote.started.at <= due_at:
        return Exclusion.REMOTE_CONSENT
    called_off = _called_off(incident)
    return called_off if called_off and incident.closed_at and incident.closed_at <= due_at else None


def cancelled_late(incident: Incident, first: First, due_at: datetime | None) -> Exclusion | None:
    """The code of an incident called off with nobody there when its promise was past due: too late to be left out."""
    if first is not None or due_at is None or incident.closed_at is None or incident.closed_at <= due_at:
        return None
    return _called_off(incident)


def _called_off(incident: Incident) -> Exclusion | None:
    """The code it was called off under; None while it is open, merged or closed for another reason."""
    if incident.closed is None or incident.closed.code is None or incident.closed_at is None or incident.merged_into:
        return None
    if incident.closed.code is CloseCode.DEMO_STOPPED and not incident.reported.simulated:
        return None  # no real promise is ever left out for it
    return EXCLUDING.get(incident.closed.code)


def holder(incident: Incident, first: First) -> First:
    """Who arrived first; where nobody did, who had the job last."""
    return first or incident.partner or _last(incident)


def named(holds: First) -> tuple[str | None, str | None]:
    """Number and name of a unit; a partner has only its name."""
    if isinstance(holds, PartnerService):
        return holds.engaged.partner, None
    return (holds.unit_id, holds.offer.chosen.unit_name) if holds else (None, None)


def _last(incident: Incident) -> Assignment | None:
    return next((a for a in reversed(incident.assignments.values()) if a.role is Role.SURVEYOR), None)


def first_arrival(incident: Incident) -> First:
    """The surveyor, or the partner, who was there first; None while nobody is."""
    arrived: list[Assignment | PartnerService] = [
        a for a in incident.assignments.values() if a.role is Role.SURVEYOR and a.claimed_at
    ]
    if incident.partner is not None and incident.partner.claimed_at:
        arrived.append(incident.partner)
    return min(arrived, key=lambda a: a.claimed_at or incident.reported.at, default=None)


def legs_s(incident: Incident, first: First) -> tuple[float | None, ...]:
    """Legs of who arrived first; without anybody only what the open assignment or the partner has come to is known."""
    served = first or incident.open_in(Role.SURVEYOR) or incident.partner
    ends: dict[str, datetime | None] = {"reported": incident.reported.at}
    if served is not None:
        ends |= {"assigned": served.accepted_at, "en_route": served.departed_at}
        ends |= {"on_scene": served.claimed_at, "cleared": served.cleared_at}
    return tuple(_between_s(ends.get(i.start), ends.get(i.stop)) for i in INTERVALS)


def _capture(first: First) -> Capture | None:
    return first.captures.get(AssignmentStatus.ON_SCENE) if isinstance(first, Assignment) else None


def received_s(incident: Incident, first: First) -> float | None:
    """Seconds from the report to the receipt of an arrival sent later that counts as captured; None for all others."""
    captured = _capture(first)
    if captured is None or captured.doubt is not None or not captured.was_sent_later:
        return None
    return (captured.received_at - incident.reported.at).total_seconds()


def is_doubted(first: First) -> bool:
    """Whether the phone claimed a time of arrival that does not count."""
    captured = _capture(first)
    return captured is not None and captured.doubt is not None


def _between_s(start: datetime | None, stop: datetime | None) -> float | None:
    return (stop - start).total_seconds() if start and stop else None


def turns(incident: Incident) -> tuple[datetime, ...]:
    """Moments at which the judgement may change though nothing happens: when it is due, and when a claimed arrival is."""
    first = first_arrival(incident)
    claimed_at = first.claimed_at if first else None
    return (_due_at(incident), claimed_at) if claimed_at else (_due_at(incident),)


def _due_at(incident: Incident) -> datetime:
    """When an arrival is due by the promise, without one by the strictest limit of the house."""
    limit_s = incident.commitment.limit_s if incident.commitment else ArrivalCommitment().urban_limit_s
    return incident.reported.at + timedelta(seconds=limit_s)


def problem(incident: Incident, first: First, now: datetime) -> Problem | None:
    """Why there is no response time to be trusted; None where there is one, or it is not yet due."""
    reported_at = incident.reported.at
    past_due = now > _due_at(incident)
    closed = incident.closed_at is not None
    if incident.commitment is None:
        return Problem.NO_COMMITMENT if first or closed or past_due else None
    if first is None or first.claimed_at is None:
        return Problem.NO_ARRIVAL if closed else Problem.OVERDUE if past_due else None
    if first.claimed_at <= reported_at:
        return Problem.ZERO_INTERVAL if first.claimed_at == reported_at else Problem.ARRIVAL_BEFORE_START
    if first.claimed_at > now:
        return Problem.ARRIVAL_AFTER_NOW
    if _claimed_away(incident, first):
        return Problem.CLAIMED_AWAY
    found = track(incident, first)
    return Problem.CONTRADICTED if found and found.evidence is ArrivalEvidence.CONTRADICTED else None


def track(incident: Incident, first: First) -> Track | None:
    """What the track says of the first arrival; None for a partner's, of which no track is kept."""
    evidence = evidence_of(first) if isinstance(first, Assignment) else None
    if evidence is None or not isinstance(first, Assignment):
        return None
    told = first.confirmed
    return Track(
        evidence=evidence,
        arrived_s=_between_s(incident.reported.at, told.track_arrived_at) if told else None,
        opposite=told is not None and told.carriageway is Carriageway.OPPOSITE,
    )


def _claimed_away(incident: Incident, first: Assignment | PartnerService) -> bool:
    """Whether the phone itself said it was elsewhere when the button was pressed, and no track says otherwise."""
    return first.claimed_from is not None and first.confirmed_at is None and is_away(incident, first.claimed_from)


def is_away(incident: Incident, position: Position) -> bool:
    """Whether an arrival claimed from there would not count, as the incident's place stands; False where it has none."""
    place = incident.location
    return place is not None and distance_m(position, place.position) > CLAIM_REACH_M + place.uncertainty_m

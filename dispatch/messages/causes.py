"""Which messages facts cause: events in, messages out."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from dispatch import events as ev
from dispatch.events import Event
from dispatch.incident import Incident
from dispatch.message import CALLER, DUTY, Kind, Message
from dispatch.unit import GUANGZHOU_TIME
from dispatch.vocabulary import RiskKind, Role

SLIPPED = timedelta(minutes=2)  # past what the offer said; how much is worth telling is policy
Made = Iterator[tuple[Kind, str, str, dict[str, str]]]  # kind, recipient, about, words


def caused(events: Sequence[Event], state: Incident, *, after: int) -> list[Message]:
    """Messages that events just appended cause.

    Parameters
    ----------
    events : sequence of Event
        Of one incident, in order.
    state : Incident
        As they leave it.
    after : int
        How many events it had before them.

    Returns
    -------
    list of Message
        At most one of each kind, event and recipient.
    """
    made: list[Message] = []
    for seq, event in enumerate(events, start=after + 1):
        rule = RULES.get(type(event))
        for kind, recipient, about, words in rule(event, state) if rule else ():
            made.append(
                Message(
                    cause=f"{event.incident_id}/{seq}/{kind}",
                    kind=kind,
                    recipient=recipient,
                    incident_id=event.incident_id,
                    caused_at=event.at,
                    about=about,
                    words=words,
                    simulated=state.simulated,
                )
            )
    return made


def clock(at: datetime) -> str:
    """Hours and minutes in Guangzhou."""
    return f"{at.astimezone(GUANGZHOU_TIME):%H:%M}"


def _reported(_: ev.IncidentReported, __: Incident) -> Made:
    yield Kind.REPORT_TAKEN, CALLER, "", {}


def _offered(event: ev.UnitOffered, _: Incident) -> Made:
    for kind in (Kind.OFFER, Kind.OFFER_AGAIN):
        yield kind, f"unit:{event.unit_id}", event.assignment_id, {}


def _accepted(event: ev.AssignmentAccepted, state: Incident) -> Made:
    taken = state.assignment(event.assignment_id)
    if taken.role is Role.SURVEYOR:
        words = {"name": taken.offer.chosen.unit_name, "eta": clock(taken.eta_at), "eta_at": taken.eta_at.isoformat()}
        yield Kind.ACCEPTED, CALLER, taken.id, words


def _revised(event: ev.ForecastRevised, state: Incident) -> Made:
    going = state.assignment(event.assignment_id)
    if going.role is Role.SURVEYOR and going.accepted_at and event.eta_at >= going.offer.eta_at + SLIPPED:
        words = {"name": going.offer.chosen.unit_name, "eta": clock(event.eta_at), "eta_at": event.eta_at.isoformat()}
        yield Kind.LATER, CALLER, going.id, words


def _arrived(event: ev.ArrivalClaimed, state: Incident) -> Made:
    there = state.assignment(event.assignment_id)
    if there.role is Role.SURVEYOR:
        yield Kind.ARRIVED, CALLER, there.id, {"name": there.offer.chosen.unit_name}


def _called(event: ev.BackupCalled, _: Incident) -> Made:
    if event.reached:
        yield Kind.CALL_UP, f"unit:{event.unit_id}", "", {"name": event.unit_name}


def _paid(event: ev.ClaimPaid, _: Incident) -> Made:
    yield Kind.PAID, CALLER, event.recorded_at.isoformat(), {"amount": f"{event.amount_yuan:.2f}"}


def _refused(event: ev.ClaimRefused, _: Incident) -> Made:
    yield Kind.REFUSED, CALLER, event.recorded_at.isoformat(), {}


def _endangered(event: ev.RiskRaised, state: Incident) -> Made:
    is_worth = event.role is Role.SURVEYOR and event.risk in (RiskKind.LATE, RiskKind.UNASSIGNED)
    if is_worth and state.commitment and not event.again:  # its words would be the same
        words = {"risk": event.risk.label, "due": clock(state.commitment.due_at)}
        yield Kind.ALARM, DUTY, f"{event.risk}/{event.assignment_id or ''}", words


RULES: dict[type[Event], Callable[[Any, Incident], Made]] = {
    ev.IncidentReported: _reported,
    ev.UnitOffered: _offered,
    ev.AssignmentAccepted: _accepted,
    ev.ForecastRevised: _revised,
    ev.ArrivalClaimed: _arrived,
    ev.BackupCalled: _called,
    ev.ClaimPaid: _paid,
    ev.ClaimRefused: _refused,
    ev.RiskRaised: _endangered,
}

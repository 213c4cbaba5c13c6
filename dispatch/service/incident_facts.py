"""What the events of an incident say about promises."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dispatch import events as ev
from dispatch.promises.facts import Fact, Scope

Numbered = tuple[int, ev.Event]  # an event and its place in its incident, from 1

# The kinds of events that are read here; the first five start promises whenever they come.
STARTING: tuple[type[ev.Event], ...] = (
    ev.PartnerEngaged,
    ev.CallbackRequested,
    ev.ClaimPaid,
    ev.ClaimRefused,
    ev.ReplacementDecided,
)
READ: tuple[type[ev.Event], ...] = (
    *STARTING,
    ev.IncidentReported,
    ev.IncidentClosed,
    ev.IncidentMerged,
    ev.MergeUndone,
    ev.PartnerReported,
    ev.ArrivalClaimed,
    ev.RemoteSurveyStarted,
    ev.CallbackAnswered,
    ev.ClientTold,
    ev.ReplacementProposed,
)

NO_TRAITS: Mapping[str, str] = {}


def facts_of_incident(history: Iterable[Numbered]) -> list[Fact]:
    """Facts of one incident; events that say nothing of promises may be left out of the history.

    A call-back asked for while another waits changes its words and not its clock (`dispatch.caller`), and a merge that
    was undone never was.
    """
    read = _Reading()
    for number, event in history:
        read.take(number, event)
    return read.facts


class _Reading:
    """Facts as they gather while a history is read."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.simulated = False
        self.words = ""
        self._callback_waits = False
        self._proposed: dict[str, ev.ReplacementProposed] = {}

    def take(self, number: int, event: ev.Event) -> None:
        match event:
            case ev.IncidentReported():
                self.simulated, self.words = event.simulated, event.plate or event.text[:30]
                self._add(number, event, "incident_reported")
            case ev.MergeUndone():
                self.facts = [f for f in self.facts if f.kind != "incident_merged"]
            case ev.ReplacementProposed():
                self._proposed[event.assignment_id] = event
            case ev.ReplacementDecided():
                self._take_replacement(number, event)
            case ev.CallbackRequested() | ev.CallbackAnswered():
                self._take_callback(number, event)
            case ev.ClaimFact():
                self._take_claim(number, event)
            case _:
                self._take_plain(number, event)

    def _take_plain(self, number: int, event: ev.Event) -> None:
        match event:
            case ev.IncidentClosed(code=code):
                self._add(number, event, "incident_closed", {"code": code.value if code else ""})
            case ev.IncidentMerged():
                self._add(number, event, "incident_merged")
            case ev.PartnerEngaged():
                self._add(number, event, "partner_engaged", due_at=event.contact_due_at)
            case ev.PartnerReported():
                self._add(number, event, "partner_told", {"step": event.step.value})
            case ev.ArrivalClaimed():
                self._add(number, event, "arrival_claimed")
            case ev.RemoteSurveyStarted():
                self._add(number, event, "video_survey_started")

    def _take_callback(self, number: int, event: ev.CallbackRequested | ev.CallbackAnswered) -> None:
        if isinstance(event, ev.CallbackAnswered):
            self._callback_waits = self._callback_waits and not event.reached
            self._add(number, event, "callback_answered", {"reached": "yes" if event.reached else "no"})
        elif not self._callback_waits:
            self._callback_waits = True
            self._add(number, event, "callback_requested")

    def _take_replacement(self, number: int, event: ev.ReplacementDecided) -> None:
        if not event.approved:
            return
        proposed = self._proposed.get(event.assignment_id)
        told = proposed is not None and proposed.handover.strip() and proposed.reason.strip()
        consent = "named" if event.consent_of.strip() else "missing"
        traits = {"consent": consent, "handover": "given" if told else "missing"}
        self._add(number, event, "replacement_agreed", traits)

    def _take_claim(self, number: int, event: ev.ClaimFact) -> None:
        match event:
            case ev.ClaimPaid():
                self._tell(number, event, "claim_paid", ("claim_paid", "claim_refused"))
            case ev.ClaimRefused():
                self._tell(number, event, "claim_refused", ("claim_paid", "claim_refused"))
            case ev.ClientTold():
                self._tell(number, event, "client_told", ("client_told",), means=event.means.value)

    def _tell(self, number: int, event: ev.ClaimFact, kind: str, same: Sequence[str], **traits: str) -> None:
        """A step of the claim; one that corrects takes the place of the last of its sort (and means)."""
        if event.corrects:
            for place in reversed(range(len(self.facts))):
                before = self.facts[place]
                if before.kind in same and before.traits == traits and before.corrected_at is None:
                    self.facts[place] = replace(before, corrected_at=event.recorded_at)
                    break
        more = {"known_at": event.recorded_at, "corrects": bool(event.corrects)}
        self._add(number, event, kind, traits, **more)

    def _add(self, number: int, event: ev.Event, kind: str, traits: Mapping[str, str] = NO_TRAITS, **more: Any) -> None:
        said = {"known_at": event.at, "traits": traits, "simulated": self.simulated, "words": self.words, **more}
        subjects = {Scope.INCIDENT: event.incident_id}
        self.facts.append(Fact(id=f"{event.incident_id}/{number}", kind=kind, subjects=subjects, at=event.at, **said))

"""Promises in danger, back-ups called, people replaced, needs waived, surveys by video."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.assignments import Candidate
from dispatch.events.base import AssignmentEvent, Event
from dispatch.vocabulary import RiskKind, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRaised(Event):
    """The promise came into danger before it was broken.

    ``assignment_id`` is the assignment that endangers it, None where nobody is assigned. ``proposal`` is who should go instead,
    None where that gains too little; ``driven_s`` is the drive that a reassignment would waste. ``role`` is whose work it
    is about: only a surveyor's arrival is promised, so that ``p_kept`` means nothing for the others.
    ``metric`` is that of the times it goes by; empty in events older than it. ``again`` says that it stood already, with
    another proposal or chance.
    """

    risk: RiskKind
    assignment_id: str | None
    p_kept: float
    eta_at: datetime | None = None
    proposal: Candidate | None = None
    driven_s: float = 0.0
    role: Role = Role.SURVEYOR
    metric: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCleared(Event):
    """The danger passed by itself."""

    risk: RiskKind
    assignment_id: str | None
    role: Role = Role.SURVEYOR


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupCalled(Event):
    """The next back-up was called; one who was not ``reached`` leaves the call to the next."""

    unit_id: str
    unit_name: str
    rank: int
    role: Role
    reached: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementProposed(AssignmentEvent):
    """Somebody else should take an assignment over, with the client's consent; ``handover`` is what they must be told."""

    new_unit_id: str
    reason: str
    handover: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementDecided(AssignmentEvent):
    """The client agreed to the replacement proposed, or refused it; ``consent_of`` is who spoke for the client."""

    approved: bool
    consent_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementLapsed(AssignmentEvent):
    """The replacement proposed cannot be carried out any more; ``reason`` says why in Chinese."""

    new_unit_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWaived(Event):
    """A role the plan asks for is not needed after all, says a person."""

    role: Role
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSurveyStarted(Event):
    """A surveyor at the desk began to survey by video; ``consent`` is how the caller agreed, empty where nobody did."""

    surveyor: str
    consent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSurveyEnded(Event):
    """The survey by video ended; not ``completed`` where somebody has to go after all."""

    completed: bool
    note: str = ""

"""A report is taken: what was said, where it is, what is promised; and what a person changes of it."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.base import Event
from dispatch.location import Position
from dispatch.vocabulary import Channel, Confidence, MatchCode, Tier, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFinding:
    """A tier that an incident belongs to, and what spoke for it, in Chinese."""

    tier: Tier
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(Event):
    """A caller reported an accident; ``at`` starts every clock.

    ``tier`` is the most pressing of ``tiers``, which is empty in events older than tier sets. The answers are None where
    nobody asked; ``drivable`` is what the words say where nobody asked. ``question`` is what to ask the caller where the
    words name no place we know. A report taken while the database was away has the ``provisional`` number it waited under
    and says how long, ``waited_s``; ``at`` is when it was taken all the same.
    """

    text: str
    channel: Channel
    tier: Tier
    plate: str = ""
    phone: str = ""
    simulated: bool = False
    tiers: tuple[Tier, ...] = ()
    findings: tuple[TriageFinding, ...] = ()
    client: str = ""
    injured: bool | None = None
    drivable: bool | None = None
    vehicles: int | None = None
    on_expressway: bool | None = None
    big_loss: bool | None = None
    make: str = ""
    question: str = ""
    provisional: str = ""
    waited_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLocated(Event):
    """The place was found, or corrected by a person; ``question`` is what to ask the caller to narrow it.

    ``bearing_deg`` is where traffic on its carriageway heads for, degrees from north; None where that is not known.
    """

    position: Position
    uncertainty_m: float
    match_code: MatchCode
    confidence: Confidence
    matched_text: str
    district: str | None
    question: str = ""
    bearing_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentMade(Event):
    """A promise, frozen at intake: surveyor on scene by ``due_at``."""

    kind: str
    zone: Zone
    tier: Tier
    starts_at: datetime
    due_at: datetime
    limit_s: float
    policy_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChanged(Event):
    """A person put the incident into other tiers; the commitment stays as frozen at intake."""

    tiers: tuple[Tier, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalNamed(Event):
    """Where the injured person was taken: the specialist goes there and not to the scene."""

    name: str
    position: Position
    uncertainty_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalTold(Event):
    """A hospital was named whose place is not surely known: ``question`` is what to ask before a specialist is sent."""

    words: str
    question: str

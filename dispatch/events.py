"""What happened: frozen facts in the past tense, appended and never changed.

An incident, its assignments and its promises are nothing but a fold over these (`dispatch.incident`). Fields hold
plain values, positions and aware times only, so that any codec for dataclasses can carry them.
"""

from dataclasses import dataclass
from datetime import datetime

from dispatch.location import Position
from dispatch.vocabulary import (
    Channel,
    Confidence,
    MatchCode,
    PartnerStep,
    Refusal,
    RiskKind,
    Role,
    ShopRefusal,
    Skill,
    Tier,
    Zone,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact about one incident.

    Parameters
    ----------
    incident_id : str
    at : datetime
        When it happened (aware), as known to whoever did it.
    by : str
        Who did it: a user name, ``desk``, or ``simulation``.
    """

    incident_id: str
    at: datetime
    by: str = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageFinding:
    """A tier that an incident belongs to, and what spoke for it, in Chinese."""

    tier: Tier
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReported(Event):
    """A caller reported an accident; ``at`` starts every clock.

    ``tier`` is the most pressing of ``tiers``, which is empty in events older than tier sets. The answers are None where
    nobody asked; ``drivable`` is what the words say where nobody asked.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLocated(Event):
    """The place was found, or corrected by a person."""

    position: Position
    uncertainty_m: float
    match_code: MatchCode
    confidence: Confidence
    matched_text: str
    district: str | None


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
class Candidate:
    """One unit as it was weighed in a decision; times in seconds, ``p_kept`` from 0 to 1.

    ``late_s`` are expected seconds past the limit; ``jobs`` what it has taken lately; ``cover_loss`` the share of
    accidents nobody would be near for if it went, most of them in ``cover_area``; ``cost_s`` what the rule says. None
    (and an empty area) where that was not looked at.
    """

    unit_id: str
    unit_name: str
    travel_s: float
    eta_s: float
    eta_p90_s: float
    p_kept: float
    simulated: bool = False
    late_s: float | None = None
    jobs: int | None = None
    cover_loss: float | None = None
    cover_area: str = ""
    cost_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedUnit:
    """A unit that could not go, and why."""

    unit_id: str
    unit_name: str
    reason: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentEvent(Event):
    """A fact about one assignment of an incident."""

    assignment_id: str
    unit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOffered(AssignmentEvent):
    """A unit was offered the job; keeps the whole decision it came from, and the skills the unit had."""

    role: Role
    eta_at: datetime
    p_kept: float
    chosen: Candidate
    runners_up: tuple[Candidate, ...]
    refused: tuple[RefusedUnit, ...]
    rule: str
    metric: str = ""
    override_reason: str = ""
    skills: tuple[Skill, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentAccepted(AssignmentEvent):
    """The unit took the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentDeclined(AssignmentEvent):
    """The unit refused the job."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDeparted(AssignmentEvent):
    """The unit set off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRevised(AssignmentEvent):
    """The arrival was forecast anew from a fresh position."""

    eta_at: datetime
    p_kept: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalClaimed(AssignmentEvent):
    """The button "on scene" was pressed; ``position`` is where, if the phone knew."""

    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalConfirmed(AssignmentEvent):
    """The track agrees with the claim."""

    distance_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentReleased(AssignmentEvent):
    """The assignment was ended before it was done."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopOption:
    """One repair shop as it was weighed: ``leg_s`` from the scene, ``arrive_s`` from the decision to the shop."""

    shop_id: str
    shop_name: str
    position: Position
    designated: bool
    leg_s: float
    arrive_s: float
    arrive_p90_s: float
    capacity: int | None = None
    taken: int = 0
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedShop:
    """A repair shop the vehicle is not brought to, and why."""

    shop_id: str
    shop_name: str
    reason: ShopRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairShopChosen(AssignmentEvent):
    """Where the tow brings the vehicle; keeps the whole decision it came from.

    ``to_scene_s`` and ``loading_s`` are what was still to come of them then; ``eta_at`` is the arrival at the shop.
    """

    shop: ShopOption
    to_scene_s: float
    loading_s: float
    eta_at: datetime
    runners_up: tuple[ShopOption, ...]
    refused: tuple[RefusedShop, ...]
    make: str = ""
    metric: str = ""
    override_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleDelivered(AssignmentEvent):
    """The tow brought the vehicle to the shop: the end of its second leg; ``position`` is where, if the phone knew."""

    shop_id: str
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEngaged(Event):
    """The incident lies in another city of the province and is given to the partner there; its due times are frozen."""

    city: str
    partner: str
    telephone: str
    contact_due_at: datetime
    on_scene_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReported(Event):
    """The partner told, by telephone, how far it has come; ``at`` is when that was by its own account."""

    step: PartnerStep
    told_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCleared(AssignmentEvent):
    """The unit finished and is free again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRaised(Event):
    """The promise came into danger before it was broken.

    ``assignment_id`` is the assignment that endangers it, None where nobody is assigned. ``proposal`` is who should go instead,
    None where that gains too little; ``driven_s`` is the drive that a reassignment would waste.
    """

    risk: RiskKind
    assignment_id: str | None
    p_kept: float
    eta_at: datetime | None = None
    proposal: Candidate | None = None
    driven_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCleared(Event):
    """The danger passed by itself."""

    risk: RiskKind
    assignment_id: str | None


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
class IncidentClosed(Event):
    """Nothing more is to be done on the scene."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMerged(Event):
    """A person closed this incident as a second report of ``kept_id``; ``p_same`` is what the likeness said, None for no match."""

    kept_id: str
    p_same: float | None
    likeness: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateJoined(Event):
    """Another report of the same accident was merged into this incident; keeps what its caller said."""

    duplicate_id: str
    reported_at: datetime
    text: str
    tier: Tier
    reason: str
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Event):
    """It was no duplicate of ``kept_id`` after all: the incident is open again, its promise as it was."""

    kept_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateParted(Event):
    """A report merged into this incident turned out to be of another accident."""

    duplicate_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChanged(Event):
    """A person put the incident into other tiers; the commitment stays as frozen at intake."""

    tiers: tuple[Tier, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWaived(Event):
    """A role the plan asks for is not needed after all, says a person."""

    role: Role
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalNamed(Event):
    """Where the injured person was taken: the specialist goes there and not to the scene."""

    name: str
    position: Position
    uncertainty_m: float


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


EVENT_KINDS: tuple[type[Event], ...] = (
    IncidentReported,
    IncidentLocated,
    CommitmentMade,
    UnitOffered,
    AssignmentAccepted,
    AssignmentDeclined,
    UnitDeparted,
    ForecastRevised,
    ArrivalClaimed,
    ArrivalConfirmed,
    AssignmentReleased,
    UnitCleared,
    IncidentClosed,
    IncidentMerged,
    DuplicateJoined,
    MergeUndone,
    DuplicateParted,
    RiskRaised,
    RiskCleared,
    BackupCalled,
    ReplacementProposed,
    ReplacementDecided,
    TierChanged,
    NeedWaived,
    HospitalNamed,
    RemoteSurveyStarted,
    RemoteSurveyEnded,
    RepairShopChosen,
    VehicleDelivered,
    PartnerEngaged,
    PartnerReported,
)

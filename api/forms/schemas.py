"""What travels over HTTP: the JSON forms of what comes in and what goes out."""

from datetime import UTC, datetime, time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.credentials.security import AccountRole
from api.forms.duplicate_schemas import JoinedOut
from api.forms.follow_up_schemas import FollowUpOut
from api.forms.holding_schemas import ClosedOut, HoldOut
from api.forms.recovery_schemas import PartnerOut, ShopChosenOut
from api.forms.request_body import Body
from api.forms.response_schemas import AnswersIn, ResponseOut
from api.forms.scene_summary import SceneOut
from api.forms.step_schemas import SentLaterOut, StopOut
from api.forms.unit_schemas import UnitOut
from dispatch.vocabulary import (
    AssignmentStatus,
    Channel,
    Confidence,
    IncidentStatus,
    MatchCode,
    Refusal,
    RiskKind,
    Role,
    Tier,
    Verdict,
    Zone,
)

Longitude = Annotated[float, Field(ge=-180, le=180, examples=[113.3297])]
Latitude = Annotated[float, Field(ge=-90, le=90, examples=[23.1196])]
Share = Annotated[float, Field(ge=0, le=1)]
Datum = Literal["wgs84", "gcj02", "bd09"]


class PointIn(Body):
    """A point as a phone or a map gives it; ``crs`` says which datum it speaks."""

    lon: Longitude
    lat: Latitude
    crs: Datum = "wgs84"
    accuracy_m: Annotated[float, Field(gt=0, le=100_000)] | None = None


class ReportIn(AnswersIn):
    """An accident report: the caller's words, answers to the quick questions, and what else is known."""

    text: Annotated[str, Field(max_length=2000, examples=["天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"])]
    point: PointIn | None = None
    plate: Annotated[str, Field(max_length=20)] = ""
    make: Annotated[str, Field(max_length=40, examples=["丰田"])] = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    channel: Channel = Channel.CONSOLE


class AssignIn(Body):
    """Offer the job. Without ``unit_id`` the recommended unit is taken; choosing another needs a reason."""

    role: Role = Role.SURVEYOR
    unit_id: str | None = None
    reason: Annotated[str, Field(max_length=200)] = ""


class ReassignIn(Body):
    """Who should go instead, and why; without ``unit_id`` the best of the others."""

    unit_id: str | None = None
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class ReasonIn(Body):
    """Why something is refused or taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class FixIn(PointIn):
    """One observed position of a unit; ``at`` must carry a time zone."""

    unit_id: str
    at: datetime
    accuracy_m: Annotated[float, Field(gt=0, le=100_000)] = 10.0
    heading_deg: Annotated[float, Field(ge=0, le=360)] | None = None
    speed_mps: Annotated[float, Field(ge=0, le=100)] | None = None
    mocked: bool = False

    @field_validator("at")
    @classmethod
    def _aware(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("needs a time zone, e.g. 2026-11-22T08:00:00+08:00")
        if not 2000 <= value.year < 2200:
            raise ValueError("the year must lie between 2000 and 2200")
        return value.astimezone(UTC)


class FixesIn(Body):
    """A batch of positions."""

    fixes: Annotated[list[FixIn], Field(min_length=1, max_length=5000)]


class LogInIn(Body):
    """A log-in."""

    model_config = ConfigDict(str_strip_whitespace=False)

    username: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=1000)]


class SessionOut(BaseModel):
    """Who is signed in; ``token`` goes into ``Authorization: Bearer …`` where cookies do not serve."""

    username: str
    role: AccountRole
    unit_id: str | None
    organisation_id: str
    seat: str
    token: str
    by_password: bool  # so it may be changed


class LocationOut(BaseModel):
    """A place with its quality; ``uncertainty_m`` is meant to hold the truth nine times in ten, ``question`` to narrow it."""

    lon: float
    lat: float
    match_code: MatchCode
    confidence: Confidence
    uncertainty_m: float
    matched_text: str
    district: str | None
    question: str = ""
    alternatives: list["LocationOut"] = []


class WordsOut(BaseModel):
    """Words for a point (WGS-84); ``words`` is empty where nothing named is near, ``district`` null outside the city."""

    lon: float
    lat: float
    district: str | None
    words: str


class GeocodeOut(BaseModel):
    """``location`` is null where the words name no place we know, ``reason`` says what to ask; services ``not_reached``."""

    location: LocationOut | None
    reason: str = ""
    not_reached: list[str] = []


class CommitmentOut(BaseModel):
    """The promise, frozen at intake: reported → on scene within ``limit_s``; ``excluded`` says why it is not judged."""

    kind: str
    zone: Zone
    zone_label: str
    starts_at: datetime
    due_at: datetime
    limit_s: float
    verdict: Verdict
    verdict_label: str
    policy_version: str
    excluded: str = ""


class CandidateOut(BaseModel):
    """One unit as it was weighed: road travel time, arrival after the offer (median, 90 %), P(kept; null by straight line)."""

    unit_id: str
    unit_name: str
    travel_s: float
    eta_s: float
    eta_p90_s: float
    p_kept: Share | None
    simulated: bool


class RefusedOut(BaseModel):
    """A unit that could not go, and why."""

    unit_id: str
    unit_name: str
    reason: Refusal
    reason_label: str


class RecommendationOut(BaseModel):
    """Who should go. ``options`` are ranked, the first is the advice; empty when nobody can go."""

    incident_id: str
    role: Role
    options: list[CandidateOut]
    refused: list[RefusedOut]
    explanation: str
    explanation_in_english: str
    metric: str


class ReplacementOut(BaseModel):
    """A replacement that waits for the client's consent."""

    new_unit_id: str
    reason: str
    handover: str
    proposed_at: datetime


class RiskOut(BaseModel):
    """A promise in danger before it is broken; ``sentence`` says it, with what should be done and what that costs.

    ``role`` is whose work it is about; only a surveyor's arrival is promised, so ``p_kept`` means nothing for the others.
    """

    risk: RiskKind
    risk_label: str
    assignment_id: str | None
    raised_at: datetime
    p_kept: Share | None
    proposal: CandidateOut | None
    driven_s: float
    role: Role
    sentence: str
    sentence_in_english: str


class AssignmentOut(BaseModel):
    """One unit bound to one incident, with the decision it came from.

    ``answer_due_at`` is until when an offer can be answered; ``next_stop`` where the unit is to drive next, and
    ``onward_stop`` where it goes from the scene.
    """

    id: str
    unit_id: str
    unit_name: str
    role: Role
    role_label: str
    status: AssignmentStatus
    status_label: str
    eta_at: datetime
    p_kept: Share | None
    offered_at: datetime
    accepted_at: datetime | None
    departed_at: datetime | None
    claimed_at: datetime | None
    confirmed_at: datetime | None
    track_arrived_at: datetime | None
    contradicted_at: datetime | None
    delivered_at: datetime | None
    cleared_at: datetime | None
    ended_reason: str
    runners_up: list[CandidateOut]
    refused: list[RefusedOut]
    explanation: str
    override_reason: str
    replacement: ReplacementOut | None = None
    answer_due_at: datetime | None = None
    next_stop: StopOut | None = None
    onward_stop: StopOut | None = None
    sent_later: list[SentLaterOut] = []
    offered_by: str = ""


class ForeseenOut(BaseModel):
    """The forecast made at the report, for whoever would have been sent then; nulls where nobody could, or no chance was stated."""

    at: datetime
    eta_at: datetime | None
    p_kept: float | None


class IncidentOut(BaseModel):
    """One accident as it stands; ``version`` rises with each event, so a client keeps the highest it saw.

    ``merged_into`` names the incident this one was closed as a duplicate of; its verdict is then ``excluded``. ``question``
    is what to ask the caller of the place, as ``/v1/geocode`` has it; empty when nothing is open. ``foreseen`` is the forecast of
    the report; until ``forecast_awaited_until`` it may still come, later or where that is null none will.
    """

    id: str
    version: int
    status: IncidentStatus
    status_label: str
    tier: Tier
    tier_label: str
    response: ResponseOut
    simulated: bool
    text: str
    plate: str
    phone: str
    channel: Channel
    reported_at: datetime
    closed_at: datetime | None
    location: LocationOut | None
    question: str
    commitment: CommitmentOut | None
    assignments: list[AssignmentOut]
    merged_into: str | None = None
    duplicates: list[JoinedOut] = []
    risks: list[RiskOut] = []
    make: str = ""
    shop: ShopChosenOut | None = None
    partner: PartnerOut | None = None
    follow_up: FollowUpOut | None = None
    scene: SceneOut
    hold: HoldOut | None = None
    closed: ClosedOut | None = None
    foreseen: ForeseenOut | None = None
    forecast_awaited_until: datetime | None = None


class ShopOut(BaseModel):
    """A partner repair shop; equal hours mean always open, no makes all of them, ``capacity`` is vehicles a day.

    ``booked`` is how many places of today are taken; ``status`` whether it takes a vehicle now.
    """

    id: str
    name: str
    lon: float
    lat: float
    designated: bool
    simulated: bool
    opens: time
    closes: time
    makes: list[str]
    capacity: int | None
    booked: int
    status: Literal["open", "closed", "full"]


class NetworkOut(BaseModel):
    """The road network in use; ``schematic`` (示意路网) means drawn from tables and not surveyed."""

    title: str
    schematic: bool
    fingerprint: str
    nodes: int
    edges: int


class PictureOut(BaseModel):
    """Everything a console needs to start from; with ``auto_offer`` the desk carries its proposals out by itself.

    An offer not answered within ``answer_within_s`` is taken back.
    """

    as_of: datetime
    network: NetworkOut
    incidents: list[IncidentOut]
    units: list[UnitOut]
    shops: list[ShopOut]
    auto_offer: bool
    answer_within_s: float
    fix_max_age_s: float
    fix_max_accuracy_m: float


class RouteOut(BaseModel):
    """Way from a unit's position to the scene (GeoJSON): ``seconds`` and steps at this hour's speeds, ``arrive_at`` at those to come."""

    assignment_id: str
    seconds: float
    arrive_at: datetime
    metric: str
    metres: float
    geometry: dict[str, object]
    steps: list[dict[str, object]]


class FixesOut(BaseModel):
    """How many fixes were taken; the others are listed with the reason."""

    taken: int
    refused: list[dict[str, str]]

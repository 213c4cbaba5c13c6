"""What travels over HTTP between a caller's own page and the service: field by field, and nothing beyond."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.forms.request_body import Body
from api.forms.schemas import PointIn
from dispatch.caller import MOST_STARS
from dispatch.case import Phase, StepStatus
from dispatch.vocabulary import AssignmentStatus, ClaimStage, Role

Phone = Annotated[str, Field(max_length=30, pattern=r"^[0-9+\-() ]*$", examples=["13800000000"])]


class CallerReportIn(Body):
    """A report from a caller's own phone: where and what in words, a point, answers to the quick questions."""

    place: Annotated[str, Field(max_length=300, examples=["天河区黄埔大道西与猎德大道交叉口"])] = ""
    text: Annotated[str, Field(max_length=1500, examples=["两车追尾,左前门凹陷"])] = ""
    point: PointIn | None = None
    plate: Annotated[str, Field(max_length=20)] = ""
    phone: Phone = ""
    injured: bool | None = None
    drivable: bool | None = None


class CallerReportedOut(BaseModel):
    """A report was taken: its number and the path of its page. ``repeated``: this key had been used for it before.

    ``changed``: what was sent this time differs from what was taken then, and was not taken.
    """

    number: str
    case_path: str
    repeated: bool = False
    changed: bool = False


class CallerDeskOut(BaseModel):
    """Whom a caller deals with; ``centre`` is where a map starts, ``most_photos`` how many go with a case."""

    company: str
    telephone: str
    centre: tuple[float, float]
    schematic: bool
    city: str
    most_photos: int


class CallerPlaceOut(BaseModel):
    """A place as it was understood; ``question`` would narrow it most."""

    lon: float
    lat: float
    words: str
    district: str | None
    uncertainty_m: float
    question: str = ""


class CallerPlacesOut(BaseModel):
    """Places that words may mean, best first; empty with the ``reason``."""

    places: list[CallerPlaceOut]
    reason: str = ""


class DoubtIn(Body):
    """The place is another: in words, as a point, or both."""

    text: Annotated[str, Field(max_length=300)] = ""
    point: PointIn | None = None


class CallbackIn(Body):
    """Call me back, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    phone: Phone = ""


class RatingIn(Body):
    """How the service was."""

    stars: Annotated[int, Field(ge=1, le=MOST_STARS)]
    words: Annotated[str, Field(max_length=500)] = ""


class EtaOut(BaseModel):
    """When somebody will be there: one time in ten before ``p10_at``, half before ``p50_at``, nine in ten before ``p90_at``."""

    p10_at: datetime
    p50_at: datetime
    p90_at: datetime


class PositionOut(BaseModel):
    """Where somebody on the way was at ``at``."""

    lon: float
    lat: float
    at: datetime


class ComingOut(BaseModel):
    """Who is bound to the case. ``eta`` is null once there, and where nothing can be said now; so is ``position`` but on the way."""

    role: Role
    role_label: str
    name: str
    unit_number: str
    status: AssignmentStatus
    arrived_at: datetime | None
    eta: EtaOut | None
    position: PositionOut | None


class CasePartnerOut(BaseModel):
    """Who serves the case in another city."""

    city: str
    name: str
    telephone: str
    accepted_at: datetime | None
    on_scene_at: datetime | None
    delivered_at: datetime | None


class CaseStepOut(BaseModel):
    """One stage of the claim."""

    stage: ClaimStage
    stage_label: str
    status: StepStatus
    at: datetime | None
    amount_yuan: float | None
    words: str


class CaseCallbackOut(BaseModel):
    """The last call-back asked for; ``done_at`` is null while it is still to be made."""

    asked_at: datetime
    due_at: datetime
    done_at: datetime | None


class CaseDoubtOut(BaseModel):
    """The last doubt about the place; ``moved`` or an ``answer`` once a dispatcher looked at it."""

    asked_at: datetime
    text: str
    moved: bool
    answer: str


class CaseRatingOut(BaseModel):
    """The rating given."""

    stars: int
    words: str
    editable_until: datetime


class CaseOut(BaseModel):
    """A case as its caller may see it. ``due_at`` is the promise: somebody on scene by then."""

    number: str
    as_of: datetime
    reported_at: datetime
    phase: Phase
    phase_label: str
    simulated: bool
    injured: bool
    company: str
    telephone: str
    merged_into: str | None
    place: CallerPlaceOut | None
    doubt: CaseDoubtOut | None
    may_doubt: bool
    due_at: datetime | None
    arrived_at: datetime | None
    closed_at: datetime | None
    coming: list[ComingOut]
    partner: CasePartnerOut | None
    steps: list[CaseStepOut]
    result_told_at: datetime | None
    callback: CaseCallbackOut | None
    rating: CaseRatingOut | None
    may_rate: bool
    photos: int
    most_photos: int

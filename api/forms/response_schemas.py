"""The JSON forms of triage and response: answers and decisions that come in, plans and needs that go out."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.forms.request_body import Body
from dispatch.report import MOST_VEHICLES
from dispatch.vocabulary import NeedStatus, Role, Skill, Tier

Reason = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=200)]


class AnswersIn(Body):
    """Answers to the quick questions; null where nobody asked. They beat what the words say."""

    injured: bool | None = None
    drivable: bool | None = None
    vehicles: Annotated[int, Field(strict=True, ge=1, le=MOST_VEHICLES)] | None = None
    on_expressway: bool | None = None
    big_loss: bool | None = None
    make: Annotated[str, Field(max_length=40)] = ""
    client: Annotated[str, Field(max_length=40)] = ""
    hospital: Words = ""


class TierIn(Body):
    """The tiers an incident belongs to, and why they change; its promise stays as frozen at intake."""

    tiers: Annotated[list[Tier], Field(min_length=1, max_length=len(Tier))]
    reason: Reason


class WaiveIn(Body):
    """A role that is not needed after all, and why."""

    role: Role
    reason: Reason


class RemoteStartIn(Body):
    """Who surveys by video, and how the caller agreed, e.g. the number of the recording; empty where nobody did."""

    surveyor: Annotated[str, Field(min_length=1, max_length=40)]
    consent: Words = ""


class RemoteEndIn(Body):
    """Whether the survey by video was completed; where it was not, why."""

    completed: bool
    note: Words = ""


class FindingOut(BaseModel):
    """A tier found at intake and what spoke for it."""

    tier: Tier
    tier_label: str
    because: str


class NeedOut(BaseModel):
    """A role the plan asks for, and how far it has been served; ``reason`` says why it was waived."""

    role: Role
    skills: list[Skill]
    label: str
    status: NeedStatus
    status_label: str
    reason: str


class RemoteOut(BaseModel):
    """A survey by video; ``ended_at`` is null while it runs."""

    surveyor: str
    consent: str
    started_at: datetime
    ended_at: datetime | None
    completed: bool
    note: str


class ResponseOut(BaseModel):
    """How an incident is responded to: all its tiers, the most pressing first, and the union of their plans.

    ``tiers_changed`` is the reason a person gave for tiers other than found, else empty. Contact times are shown, not judged.
    ``hospital_question`` is what to ask before a specialist can be sent, empty when nothing is open. ``remote_allowed``
    says whether the plan allows a survey by video when nobody is near.
    """

    tiers: list[Tier]
    tier_labels: list[str]
    findings: list[FindingOut]
    tiers_changed: str
    needs: list[NeedOut]
    priority: float
    contact_by: datetime
    specialist_contact_by: datetime | None
    police: list[str]
    remote_allowed: bool
    sentence: str
    sentence_in_english: str
    drivable: bool | None
    vehicles: int | None
    make: str
    hospital: str
    hospital_question: str
    remote: RemoteOut | None

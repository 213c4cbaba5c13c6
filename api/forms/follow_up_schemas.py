"""What travels over HTTP of what follows a report: the caller's requests and the claim, as the desk works on them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from api.forms.request_body import Body, Moment
from dispatch.vocabulary import ReviewOpinion, ToldBy

Words = Annotated[str, Field(max_length=500)]
SomeWords = Annotated[str, Field(min_length=1, max_length=500)]
Step = Literal["assessed", "reviewed", "paid", "refused", "told"]


def _whole_fen(yuan: float) -> float:
    if round(yuan, 2) != yuan:
        raise ValueError("give yuan with two decimals at most")
    return yuan


Yuan = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False, examples=[3200.0]), AfterValidator(_whole_fen)]


class CallbackAnswerIn(Body):
    """What came of calling back; a caller who was not reached is still to be called."""

    reached: bool = True
    result: SomeWords


class DoubtAnswerIn(Body):
    """The place stays as it is; what the caller is told."""

    answer: SomeWords


class ClaimFactIn(Body):
    """A step of the claim: ``at`` is when it was done, now where left out; ``corrects`` why what was told before is wrong."""

    at: Moment | None = None
    corrects: Words = ""


class AssessedIn(ClaimFactIn):
    """The damage assessment."""

    amount_yuan: Yuan
    note: Words = ""


class ReviewedIn(ClaimFactIn):
    """A review; ``note`` is told to the client and needed unless it approves."""

    opinion: ReviewOpinion
    note: Words = ""

    @model_validator(mode="after")
    def _explained(self) -> Self:
        if self.opinion is not ReviewOpinion.APPROVED and not self.note.strip():
            raise ValueError("say what is asked, or why it is rejected")
        return self


class PaidIn(ClaimFactIn):
    """The payment."""

    amount_yuan: Yuan


class RefusedIn(ClaimFactIn):
    """The refusal; ``reason`` is told to the client."""

    reason: SomeWords


class ToldIn(ClaimFactIn):
    """The client was told the result."""

    means: ToldBy
    told_to: Annotated[str, Field(max_length=100)] = ""


class CaseLinkOut(BaseModel):
    """A new link to a case, which is shown once, and a text message that brings it."""

    url: str
    sms: str


class CallbackTryOut(BaseModel):
    """One call back."""

    at: datetime
    by: str
    reached: bool
    result: str


class CallbackOut(BaseModel):
    """A call-back that was asked for; ``done_at`` is null while it is to be made."""

    asked_at: datetime
    due_at: datetime
    reason: str
    phone: str
    done_at: datetime | None
    tries: list[CallbackTryOut]


class DoubtOut(BaseModel):
    """What the caller says of the place; ``open`` until a dispatcher moved the incident or answered."""

    asked_at: datetime
    text: str
    lon: float | None
    lat: float | None
    open: bool
    answer: str


class RatingOut(BaseModel):
    """The caller's rating."""

    stars: int
    words: str
    at: datetime


class ClaimFactOut(BaseModel):
    """One step of the claim, as it counts now."""

    step: Step
    at: datetime
    recorded_at: datetime
    by: str
    amount_yuan: float | None = None
    opinion: ReviewOpinion | None = None
    means: ToldBy | None = None
    words: str = ""
    corrects: str = ""


class FollowUpOut(BaseModel):
    """What follows a report. ``next_steps`` are the steps of the claim that may be recorded now."""

    callbacks: list[CallbackOut]
    doubt: DoubtOut | None
    rating: RatingOut | None
    waits: bool
    claim: list[ClaimFactOut]
    next_steps: list[Step]


class CallerTaskOut(BaseModel):
    """Something to do for a caller, of an open or a closed incident."""

    incident_id: str
    place: str
    plate: str
    closed: bool
    kind: Literal["callback", "doubt"]
    asked_at: datetime
    due_at: datetime | None
    words: str
    phone: str

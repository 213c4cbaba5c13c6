"""What travels over HTTP about duty, back-ups and replacement."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.forms.captured import StepIn
from api.forms.request_body import Body, Moment
from api.forms.schemas import RiskOut
from dispatch.vocabulary import Role

Reason = Annotated[str, Field(min_length=1, max_length=200)]


class DutyIn(StepIn):
    """On or off duty against the shift, or a break; without ``until`` it holds as long as the policy says, which also bounds it.

    One that was ``captured`` without signal holds from then on, where that time is plausible.
    """

    kind: Literal["on", "off", "break"]
    until: Moment | None = None
    reason: Annotated[str, Field(max_length=200)] = ""


class BackupIn(Body):
    """Call up the next back-up; ``reached`` is false when they did not answer, and the next call goes to the one after."""

    role: Role = Role.SURVEYOR
    reached: bool = True
    reason: Annotated[str, Field(max_length=200)] = ""


class BackupOut(BaseModel):
    """A back-up who can be called now; the list is in the order of calling."""

    unit_id: str
    unit_name: str
    role: Role
    rank: int
    contacts: list[str]
    simulated: bool


class ReplacementIn(Body):
    """Who should take the assignment over, why, and what they must be told."""

    unit_id: Annotated[str, Field(min_length=1, max_length=40)]
    reason: Reason
    handover: Annotated[str, Field(min_length=1, max_length=1000)]


class ConsentIn(Body):
    """What the client says to a replacement, and who spoke for the client."""

    approved: bool
    consent_of: Annotated[str, Field(min_length=1, max_length=80)]


class ExceptionOut(RiskOut):
    """An alarm on the board, with its incident and when the promise is due."""

    incident_id: str
    due_at: datetime | None

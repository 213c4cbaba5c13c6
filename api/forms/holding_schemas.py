"""What travels over HTTP about holding an incident back, closing it, and finding it again."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.forms.request_body import Body, Moment
from dispatch.vocabulary import CloseCode, HoldEnd, HoldEvent, HoldReason

Note = Annotated[str, Field(max_length=200)]


class HoldIn(Body):
    """Nobody is sent before ``until`` (at most 24 hours ahead), or before ``ends_on`` happens; ``other`` needs a note."""

    reason: HoldReason
    until: Moment
    ends_on: HoldEvent | None = None
    note: Note = ""


class HoldEndIn(Body):
    """Send again, before the time has come."""

    how: HoldEnd = HoldEnd.CALLED_OFF


class HoldOut(BaseModel):
    """An incident to which nobody is sent for a while; its promise runs on."""

    reason: HoldReason
    reason_label: str
    since: datetime
    until: datetime
    ends_on: HoldEvent | None
    ends_on_label: str
    note: str
    by: str


class CloseIn(Body):
    """Why it is closed; ``other`` needs a reason in words, which units that are called back are told."""

    code: CloseCode = CloseCode.OTHER
    reason: Note = ""


class ClosedOut(BaseModel):
    """Why it was closed; ``code`` is null where that was stored before there were codes."""

    code: CloseCode | None
    code_label: str
    cancelled: bool
    reason: str
    by: str

"""What travels over HTTP about two reports of one accident."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.forms.request_body import Body
from dispatch.duplicates import Against

Share = Annotated[float, Field(ge=0, le=1)]


class JoinedOut(BaseModel):
    """Another report of the same accident, merged into this incident by a person."""

    incident_id: str
    reported_at: datetime
    text: str
    reason: str


class DuplicateOut(BaseModel):
    """Two open incidents that may be one accident: merge ``duplicate_id`` into ``kept_id``, the one due first.

    ``sentence`` gives the reasons in Chinese, to be read aloud; the other fields are what it is made of. ``distance_m``
    is null while one has no place. ``obstacle`` says what must be done before a merge; empty where nothing.
    """

    kept_id: str
    duplicate_id: str
    p_same: Share
    distance_m: float | None
    apart_s: float
    plates: list[str]
    words: list[str]
    same_phone: bool
    against: list[Against]
    sentence: str
    obstacle: str


class MergeIn(Body):
    """Which incident is kept, and why the two are one."""

    into: Annotated[str, Field(min_length=1, max_length=40)]
    reason: Annotated[str, Field(min_length=1, max_length=200)]

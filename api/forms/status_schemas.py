"""How the service stands, and who can be sent, as they travel over HTTP."""

from datetime import datetime

from pydantic import BaseModel

from dispatch.background import BackgroundState
from dispatch.degradations import Part
from dispatch.vocabulary import Role


class BackgroundOut(BaseModel):
    """How the background stands, which raises alarms, foretells and sends messages.

    ``silent_since`` is set while it is silent, null where it never gave a sign of life. The counts are reports that wait for
    their forecast and messages that are due, ``waiting_since`` since when the first of them waits; nobody counted where the
    state is unknown.
    """

    state: BackgroundState
    state_label: str
    silent_since: datetime | None
    forecasts_waiting: int
    messages_waiting: int
    waiting_since: datetime | None


class FreeUnitsOut(BaseModel):
    """Units of a role on duty without a job: how many the desk would send, and how many not, by the reason."""

    role: Role
    role_label: str
    sendable: int
    others: dict[str, int]


class AwayOut(BaseModel):
    """A part that is away, since when, and what that means; ``detail`` names e.g. the provider."""

    part: Part
    label: str
    detail: str
    since: datetime
    means: str


class StatusOut(BaseModel):
    """What is away, how many reports wait in the queue of this machine or were set aside there, and how the background stands.

    ``free`` is for desks alone, null for others and while the database is away.
    """

    degradations: list[AwayOut]
    database_away_since: datetime | None
    waiting: int
    set_aside: int
    background: BackgroundOut
    free: list[FreeUnitsOut] | None

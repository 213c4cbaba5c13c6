"""What travels over HTTP about windows and standby posts."""

from datetime import datetime

from pydantic import BaseModel

from api.forms.schemas import CandidateOut, Share
from dispatch.vocabulary import Role


class AwaitedOut(BaseModel):
    """A busy unit that an incident had better wait for, and when it should be free."""

    unit_id: str
    unit_name: str
    free_at: datetime


class ProposalOut(BaseModel):
    """What a window would do with one incident.

    ``options[0]`` is who should go; empty where the incident had better go on waiting. ``replaces`` names the unit that
    would be released, which has not set off; proposals with the same ``chain`` are carried out together or not at all.
    ``awaited`` is whom it waits for.
    """

    incident_id: str
    role: Role
    chain: int
    options: list[CandidateOut]
    replaces: str | None
    gain_s: float
    explanation: str
    explanation_in_english: str
    awaited: AwaitedOut | None = None


class StandbyPostOut(BaseModel):
    """One idle unit that would be worth more at a post; ``gain`` is the share of accidents that are covered more."""

    unit_id: str
    unit_name: str
    lon: float
    lat: float
    area: str
    travel_s: float | None
    gain: Share
    simulated: bool
    explanation: str
    explanation_in_english: str


class StandbyOut(BaseModel):
    """How well idle units cover the city, and what would cover it better.

    ``cover`` is the expected share of accidents for which somebody near enough is free; null where demand is not known.
    """

    as_of: datetime
    role: Role
    cover: Share | None
    advice: list[StandbyPostOut]

"""Two reports of one accident are merged, and parted again."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.events.base import Event
from dispatch.vocabulary import Tier


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

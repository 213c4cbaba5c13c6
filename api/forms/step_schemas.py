"""What travels over HTTP about the steps of an assignment: where to drive next, what was sent later, a day's jobs."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from dispatch.vocabulary import AssignmentStatus, CaptureDoubt, Role, Verdict


class StopOut(BaseModel):
    """Where the unit of an assignment is to drive next, in WGS-84 and, for the map apps of China, in GCJ-02."""

    kind: Literal["scene", "hospital", "shop"]
    name: str
    lon: float
    lat: float
    gcj02_lon: float
    gcj02_lat: float


class SentLaterOut(BaseModel):
    """A step that was captured without signal and sent later (补传), or whose claimed time does not count.

    ``step`` is the status it led to. ``doubt`` says why ``claimed_at`` does not count; null where it does.
    """

    step: AssignmentStatus
    claimed_at: datetime
    received_at: datetime
    offline: bool
    skew_s: float | None
    doubt: CaptureDoubt | None
    doubt_label: str


class DayJobOut(BaseModel):
    """One job of a unit, as its own day's list shows it; ``verdict`` is that of the arrival promise, for surveyors."""

    incident_id: str
    assignment_id: str
    role: Role
    place: str
    status: AssignmentStatus
    status_label: str
    offered_at: datetime
    accepted_at: datetime | None
    claimed_at: datetime | None
    cleared_at: datetime | None
    ended_reason: str
    due_at: datetime | None
    verdict: Verdict | None
    verdict_label: str
    sent_later: bool

"""How the service stands: answered without the database."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.health.database_watch import watch
from api.health.degradations import away_anywhere
from api.queue.queued import QueueState
from api.queue.taking import queue
from api.remembering import Remembered
from dispatch.degradations import Part

router = APIRouter(prefix="/v1", tags=["session"])


class AwayOut(BaseModel):
    """A part that is away, since when, and what that means; ``detail`` names e.g. the provider."""

    part: Part
    label: str
    detail: str
    since: datetime
    means: str


class StatusOut(BaseModel):
    """What is away, and how many reports wait in the queue of this machine or were set aside there."""

    degradations: list[AwayOut]
    database_away_since: datetime | None
    waiting: int
    set_aside: int


@router.get("/status")
def status(_: Remembered) -> StatusOut:
    """What is away, since when, and what it means; for everybody who is signed in."""
    counts = queue().counts()
    return StatusOut(
        degradations=[
            AwayOut(part=one.part, label=one.part.label, detail=one.detail, since=one.since, means=one.part.means)
            for one in away_anywhere()
        ],
        database_away_since=watch.away_since,
        waiting=counts.get(QueueState.WAITING, 0),
        set_aside=counts.get(QueueState.SET_ASIDE, 0),
    )

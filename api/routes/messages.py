"""What people outside the console were told, and what could not be delivered."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.access.dependencies import LiveDesk, Now, Reader, Transaction
from dispatch.message import CALLER, DUTY, Kind, Means, State
from geo_data.stores.message_store import PostgisMessages, Told

router = APIRouter(prefix="/v1", tags=["messages"])

TO = {CALLER: "报案人", DUTY: "值班主管"}


class MessageOut(BaseModel):
    """A message of an incident; ``to`` names who it is for, never a number."""

    id: int
    kind: Kind
    kind_label: str
    to: str
    channel: Means | None
    channel_label: str
    state: State
    state_label: str
    caused_at: datetime
    settled_at: datetime | None
    why: str


class FailedOut(BaseModel):
    """How many messages were given up in the last ``hours``."""

    failed: int
    hours: int


@router.get("/incidents/{incident_id}/messages")
def of_incident(incident_id: str, desk: LiveDesk, transaction: Transaction, _: Reader) -> list[MessageOut]:
    """Every message of an incident, the first first."""
    incident = desk.incident(incident_id)
    return [_shown(one) for one in PostgisMessages(transaction).of_incident(incident.id)]


@router.get("/messages/failed")
def failed(transaction: Transaction, now: Now, _: Reader, hours: Annotated[int, Query(ge=1, le=720)] = 24) -> FailedOut:
    """How many messages were given up lately."""
    since = now - timedelta(hours=hours)
    return FailedOut(failed=PostgisMessages(transaction).failed_since(since), hours=hours)


def _shown(one: Told) -> MessageOut:
    return MessageOut(
        id=one.id,
        kind=one.kind,
        kind_label=one.kind.label,
        to=TO.get(one.recipient, one.recipient.removeprefix("unit:")),
        channel=one.channel,
        channel_label=one.channel.label if one.channel else "",
        state=one.state,
        state_label=one.state.label,
        caused_at=one.caused_at,
        settled_at=one.settled_at,
        why=one.why,
    )

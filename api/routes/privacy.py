"""Who read personal data."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.access.dependencies import Now, Transaction, only
from api.credentials.security import Account
from dispatch.unit import GUANGZHOU_TIME
from geo_data.stores.access_log import readings

router = APIRouter(prefix="/v1/privacy", tags=["privacy"])

ONE_DAY = timedelta(days=1)
Overseer = Annotated[Account, Depends(only("manager", "auditor", "administrator"), scope="function")]


class ReadingOut(BaseModel):
    """One reading: `what` is case, list, photo, search, export, client, people or log; `subject` the incident or client."""

    at: datetime
    who: str
    role: str
    what: str
    subject: str
    route: str
    request_id: str


@router.get("/access")
def access(
    transaction: Transaction,
    now: Now,
    _: Overseer,
    who: Annotated[str, Query(max_length=100)] = "",
    subject: Annotated[str, Query(max_length=100)] = "",
    days: Annotated[int, Query(ge=1, le=400)] = 30,
    day: date | None = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> list[ReadingOut]:
    """Who read personal data in the last `days`, or on one day in Guangzhou, newest first; of one account or incident where named."""
    since = datetime.combine(day, time(), GUANGZHOU_TIME) if day else now - timedelta(days=days)
    until = datetime.combine(day + ONE_DAY, time(), GUANGZHOU_TIME) if day else None
    found = readings(transaction, since=since, until=until, who=who, subject=subject, limit=limit)
    return [ReadingOut(**{name: getattr(r, name) for name in ReadingOut.model_fields}) for r in found]

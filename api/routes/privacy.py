"""Who read personal data."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.access.dependencies import Now, Transaction, only
from api.credentials.security import Account
from geo_data.stores.access_log import readings

router = APIRouter(prefix="/v1/privacy", tags=["privacy"])

Overseer = Annotated[Account, Depends(only("manager", "auditor", "administrator"), scope="function")]


class ReadingOut(BaseModel):
    """One reading: `what` is case, list, photo, search, export, client or log; `subject` the incident or client."""

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
    limit: Annotated[int, Query(ge=1, le=2000)] = 500,
) -> list[ReadingOut]:
    """Who read personal data in the last `days`, newest first; of one account or about one incident where named."""
    found = readings(transaction, since=now - timedelta(days=days), who=who, subject=subject, limit=limit)
    return [ReadingOut(**{name: getattr(r, name) for name in ReadingOut.model_fields}) for r in found]

"""Patterns in claims and tracks that a person should look at."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.access.dependencies import LiveDesk, Now, Reader, Transaction
from api.views.suspicion_json import as_document, look

router = APIRouter(tags=["audit"])

Hours = Annotated[float, Query(gt=0, le=24 * 31, description="How far back; incidents reported since then.")]


@router.get("/v1/audit/suspicions")
def suspicions(desk: LiveDesk, transaction: Transaction, now: Now, _: Reader, hours: Hours = 24) -> dict[str, Any]:
    """Named patterns with their evidence; none of them is a verdict, and none changes one."""
    histories = desk.log.all_events(now - timedelta(hours=hours))
    return as_document(look(histories, transaction, desk.policy.suspicion)) | {"judged_at": now.isoformat()}

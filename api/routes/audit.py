"""Promises judged from the facts."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api import wiring
from api.access.dependencies import Now, Reader, Transaction
from api.views.audit_json import as_document
from dispatch.auditing.audit import Audit, Basis, summarise
from dispatch.days import bounds
from dispatch.errors import InvalidInput
from dispatch.unit import GUANGZHOU_TIME
from geo_data.stores.judged_store import PostgisJudged
from geo_data.stores.seal_store import PostgisSeals
from maps.audit_report import audit_page

router = APIRouter(tags=["audit"])

FIRST, LAST = (datetime(year, 1, 1, tzinfo=GUANGZHOU_TIME) for year in (1900, 2300))
Day = Annotated[date | None, Query(description="Guangzhou day, YYYY-MM-DD; included.")]
Hours = Annotated[float, Query(gt=0, le=24 * 31)]


def _audit(
    transaction: Transaction, now: Now, since: Day = None, until: Day = None, hours: Hours | None = None
) -> Audit:
    if hours is not None and (since or until):
        raise InvalidInput("Give hours, or since and until, not both.")
    start, end = bounds(since, until)
    if hours is not None:
        start = now - timedelta(hours=hours)
    basis = Basis(
        title="时效承诺审计",
        source="本系统事件记录",
        judged_at=now,
        since=since,
        until=until,
        start_at=start if hours is not None else None,
        rules=wiring.policy().audit,
    )
    return summarise(PostgisJudged(transaction, wiring.policy().audit).records(start or FIRST, end or LAST, now), basis)


@router.get("/v1/audit")
def audit(
    transaction: Transaction, now: Now, _: Reader, since: Day = None, until: Day = None, hours: Hours | None = None
) -> dict[str, Any]:
    """Judge every commitment from the events alone: kept, missed, open; shares with n and Wilson interval."""
    return as_document(_audit(transaction, now, since, until, hours))


@router.get("/management/audit", include_in_schema=False)
def audit_html(
    now: Now,
    transaction: Transaction,
    _: Reader,
    since: Day = None,
    until: Day = None,
    hours: Hours | None = None,
) -> HTMLResponse:
    """The audit as a page to hand on, with the last seal over the events."""
    found = _audit(transaction, now, since, until, hours)
    seal = PostgisSeals(transaction).last()
    return HTMLResponse(audit_page(replace(found, basis=replace(found.basis, seal=seal))))


@router.get("/v1/audit/seal")
def seal(transaction: Transaction, _: Reader) -> dict[str, Any] | None:
    """The last seal over the events, and how many events wait for the next; null before the first."""
    store = PostgisSeals(transaction)
    last = store.last()
    if last is None:
        return None
    return last.document | {"hash": last.hash, "short": last.short, "waiting": store.waiting()}

"""Every promise judged: what is due, what was missed, the shares; and what was done for the caller of an incident."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from api.access.dependencies import Dispatcher, LiveDesk, Now, Reader, Transaction
from api.access.idempotency import OnceRoute
from api.forms.promise_schemas import ContactIn, EntryOut, ExcuseIn, PromisesOut, WantedIn
from api.reports import promises_kept
from api.views import promise_views
from dispatch.days import bounds
from dispatch.errors import InvalidInput
from dispatch.service.client import check
from dispatch.service.kinds import Contacted, PromiseExcused, ServiceAsked, ServiceFact, incident_stream
from geo_data.stores.ledger_store import PostgisLedger

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["promises"])

USUAL_H = 24 * 30.0
Day = Annotated[date | None, Query(description="Guangzhou day, YYYY-MM-DD; included.")]
Hours = Annotated[float, Query(gt=0, le=24 * 366)]
Arrivals = Annotated[bool, Query(description="Without them the answer is quicker.")]
Most = Annotated[int, Query(ge=1, le=1000, description="How many of `due` and `missed` are sent.")]


@router.get("/promises")
def promises(
    desk: LiveDesk,
    transaction: Transaction,
    now: Now,
    _: Reader,
    since: Day = None,
    until: Day = None,
    hours: Hours | None = None,
    most: Most = 200,
    arrivals: Arrivals = True,
) -> PromisesOut:
    """Judge every promise that falls due in the period (by default 30 days until its end, or until now) from the facts alone."""
    if hours is not None and (since or until):
        raise InvalidInput("Give hours, or since and until, not both.")
    start, end = bounds(since, until)
    start = start or (end or now) - timedelta(hours=hours or USUAL_H)
    return promises_kept.account(transaction, desk.log, now, start, end, most, with_arrivals=arrivals)


@router.post("/incidents/{incident_id}/contacts")
def contact(
    incident_id: str, body: ContactIn, desk: LiveDesk, transaction: Transaction, now: Now, who: Dispatcher
) -> EntryOut:
    """Record that the caller was called, written to or visited."""
    made = Contacted(
        stream=incident_stream(incident_id),
        at=body.at or now,
        recorded_at=now,
        by=who.username,
        **body.model_dump(exclude={"at"}),
    )
    return _append(desk, transaction, incident_id, made)


@router.post("/incidents/{incident_id}/excuses")
def excuse(
    incident_id: str, body: ExcuseIn, desk: LiveDesk, transaction: Transaction, now: Now, who: Dispatcher
) -> EntryOut:
    """Record that a promise about an incident is not to be kept, by a listed code."""
    promises_kept.known_promise(transaction, body.promise)
    stream = incident_stream(incident_id)
    made = PromiseExcused(stream=stream, at=now, recorded_at=now, by=who.username, **body.model_dump())
    return _append(desk, transaction, incident_id, made)


@router.post("/incidents/{incident_id}/wanted")
def wanted(
    incident_id: str, body: WantedIn, desk: LiveDesk, transaction: Transaction, now: Now, who: Dispatcher
) -> EntryOut:
    """Record that legal aid or a prepayment is wanted; nothing is promised by it."""
    stream = incident_stream(incident_id)
    said = body.model_dump(exclude={"at"})
    made = ServiceAsked(stream=stream, at=body.at or now, recorded_at=now, by=who.username, **said)
    return _append(desk, transaction, incident_id, made)


@router.get("/incidents/{incident_id}/services")
def services(incident_id: str, desk: LiveDesk, transaction: Transaction, _: Reader) -> list[EntryOut]:
    """What was done for the caller of an incident beyond the scene."""
    desk.incident(incident_id)
    return [promise_views.entry(e) for e in PostgisLedger(transaction).stream(incident_stream(incident_id))]


def _append(desk: LiveDesk, transaction: Transaction, incident_id: str, fact: ServiceFact) -> EntryOut:
    incident = desk.incident(incident_id)
    if fact.at < incident.reported.at:
        raise InvalidInput("时间早于报案:请核对。(Earlier than the report: mend it.)")
    check(fact, None)
    return promise_views.entry(PostgisLedger(transaction).append(fact, after=None))

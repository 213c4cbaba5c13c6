"""Holding an incident back, and closing or cancelling it."""

from fastapi import APIRouter

from api.access.dependencies import Dispatcher, LiveDesk, Now
from api.access.idempotency import OnceRoute
from api.forms.holding_schemas import CloseIn, HoldEndIn, HoldIn
from api.forms.schemas import IncidentOut
from api.views import views
from dispatch import holding
from dispatch.errors import InvalidInput
from dispatch.vocabulary import CloseCode

router = APIRouter(route_class=OnceRoute, prefix="/v1/incidents/{incident_id}", tags=["incidents"])


@router.post("/hold")
def hold(incident_id: str, body: HoldIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Send nobody until a time or an event; the promise's clock goes on, and the incident comes back by itself."""
    after = holding.hold(
        desk,
        incident_id,
        now,
        reason=body.reason,
        until=body.until,
        ends_on=body.ends_on,
        note=body.note,
        by=who.username,
    )
    return views.incident(after, now)


@router.post("/hold/end")
def end_hold(incident_id: str, desk: LiveDesk, now: Now, who: Dispatcher, body: HoldEndIn | None = None) -> IncidentOut:
    """Let somebody be sent again before the time has come."""
    how = (body or HoldEndIn()).how
    return views.incident(holding.end_hold(desk, incident_id, now, how=how, by=who.username), now)


@router.post("/close")
def close(incident_id: str, body: CloseIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Close an incident that needs nobody any more, or call it off: `code` says which.

    Units still bound are released or cleared with it, and told the reason.
    """
    if body.code is CloseCode.DEMO_STOPPED:
        raise InvalidInput("只有演示停机时由系统使用此代码。(Only a demonstration that stopped ends under this code.)")
    return views.incident(desk.close(incident_id, now, reason=body.reason, code=body.code, by=who.username), now)

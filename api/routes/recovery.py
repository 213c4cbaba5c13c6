"""Vehicles that cannot drive: tow and shop as one plan, and partners in other cities."""

from fastapi import APIRouter, Query

from api.access.dependencies import Dispatcher, LiveDesk, Now, Reader
from api.access.idempotency import OnceRoute
from api.forms.recovery_schemas import ChooseShopIn, PartnerReportIn, RecoveryOut
from api.forms.schemas import IncidentOut
from api.views import recovery_views, views
from dispatch.recovery_desk import choose_shop, partner_told, recovery_plan

router = APIRouter(route_class=OnceRoute, prefix="/v1/incidents/{incident_id}", tags=["recovery"])


@router.get("/recovery")
def recovery(
    incident_id: str, desk: LiveDesk, now: Now, _: Reader, make: str = Query("", max_length=40)
) -> RecoveryOut:
    """Which tow brings the vehicle to which shop, with both legs, and why the other shops cannot take it.

    A shop must be open on arrival, take the make (`make`, else as reported), and have a place left that day.
    """
    return recovery_views.plan(desk.incident(incident_id), recovery_plan(desk, incident_id, now, make=make))


@router.post("/recovery/shop")
def shop(incident_id: str, body: ChooseShopIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Bring the vehicle to another shop: the best one now, or the one its owner wishes for, with the reason."""
    after = choose_shop(
        desk, incident_id, now, shop_id=body.shop_id, reason=body.reason, make=body.make, by=who.username
    )
    return views.incident(after, now)


@router.post("/partner/reports")
def partner_report(incident_id: str, body: PartnerReportIn, desk: LiveDesk, now: Now, who: Dispatcher) -> IncidentOut:
    """Record what the partner of an incident in another city told by telephone; delivered closes the incident."""
    after = partner_told(desk, incident_id, body.step, body.at or now, now, told_by=body.told_by, by=who.username)
    return views.incident(after, now)

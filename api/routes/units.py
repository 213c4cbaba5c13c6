"""Units, their positions and their jobs; partner repair shops."""

from datetime import timedelta

from fastapi import APIRouter

from api.access.dependencies import LiveDesk, Now, Reader, SignedIn, Transaction
from api.access.idempotency import OnceRoute
from api.credentials.security import Account
from api.forms.schemas import FixesIn, FixesOut, IncidentOut, ShopOut
from api.forms.step_schemas import DayJobOut
from api.forms.unit_schemas import UnitOut
from api.intake.messages import fix_of
from api.views import step_views, views
from dispatch.errors import NotAllowed
from dispatch.ports import state_of
from dispatch.unit import GUANGZHOU_TIME
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.stores.postgis_log import PostgisLog

router = APIRouter(route_class=OnceRoute, prefix="/v1", tags=["units"])

NIGHT = timedelta(hours=12)  # how far back a day's list goes at least


def own(unit_id: str, who: Account) -> None:
    """Let the insurer's desk at every unit, anybody else at its own only; raises `NotAllowed`."""
    if who.seat not in ("dispatcher", "manager", "auditor") and who.unit_id != unit_id:
        raise NotAllowed("只能查看和上报自己的单元。(Only your own unit.)")


@router.get("/units")
def units(desk: LiveDesk, now: Now, _: Reader) -> list[UnitOut]:
    """Every unit as it stands."""
    return [views.unit(s, now) for s in desk.fleet.states(now)]


@router.get("/units/{unit_id}")
def unit(unit_id: str, desk: LiveDesk, now: Now, who: SignedIn) -> UnitOut:
    """One unit as it stands."""
    own(unit_id, who)
    return views.unit(state_of(desk.fleet, unit_id, now), now)


@router.get("/units/{unit_id}/assignments")
def jobs(unit_id: str, desk: LiveDesk, now: Now, who: SignedIn) -> list[IncidentOut]:
    """Open incidents this unit is bound to."""
    own(unit_id, who)
    desk.fleet.unit(unit_id)
    bound = desk.log.open_assignments().get(unit_id)
    if bound is None:
        return []
    shown = views.incident(desk.incident(bound.incident_id), now)
    return [views.for_unit(shown, unit_id) if who.seat == "surveyor" else shown]


@router.get("/units/{unit_id}/day")
def day(unit_id: str, transaction: Transaction, now: Now, who: SignedIn) -> list[DayJobOut]:
    """The unit's jobs of today (Guangzhou), and of the last `NIGHT` where a night shift began before; newest first."""
    own(unit_id, who)
    PostgisFleet(transaction).unit(unit_id)
    midnight = now.astimezone(GUANGZHOU_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = PostgisLog(transaction).incidents_of_unit(unit_id, min(midnight, now - NIGHT))
    return step_views.day_jobs(mine, unit_id, now)


@router.post("/positions")
def positions(body: FixesIn, transaction: Transaction, now: Now, who: SignedIn) -> FixesOut:
    """Take observed positions: a surveyor's of its own unit, a dispatcher's of any."""
    if who.seat not in ("dispatcher", "surveyor"):
        raise NotAllowed("当前账号只能查看。(Your role may only look.)")
    for fix in body.fixes:
        own(fix.unit_id, who)
    refused = PostgisFleet(transaction).record_fixes([fix_of(f) for f in body.fixes], now)
    return FixesOut(
        taken=len(body.fixes) - len(refused),
        refused=[{"unit_id": r.fix.unit_id, "at": r.fix.at.isoformat(), "reason": r.reason} for r in refused],
    )


@router.get("/shops")
def shops(desk: LiveDesk, now: Now, _: Reader) -> list[ShopOut]:
    """Partner repair shops, and whether they take a vehicle now."""
    return views.shops(desk.fleet.shops(), desk.log, now)

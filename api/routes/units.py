"""Units, their positions and their jobs; partner repair shops."""

from datetime import datetime

from fastapi import APIRouter

from api import views
from api.dependencies import LiveDesk, Now, Reader, SignedIn, Transaction
from api.routes.reports import position_of
from api.schemas import FixesIn, FixesOut, FixIn, IncidentOut, ShopOut, UnitOut
from api.security import Account
from dispatch.desk import Desk
from dispatch.errors import NotAllowed, UnknownId
from dispatch.unit import Fix, UnitState
from geo_data.fleet_store import PostgisFleet

router = APIRouter(prefix="/v1", tags=["units"])


def own(unit_id: str, who: Account) -> None:
    """Let a surveyor at its own unit only; raises `NotAllowed`."""
    if who.role == "surveyor" and who.unit_id != unit_id:
        raise NotAllowed("只能查看和上报自己的单元。(Only your own unit.)")


@router.get("/units")
def units(desk: LiveDesk, now: Now, _: Reader) -> list[UnitOut]:
    """Every unit as it stands."""
    return [views.unit(s, now) for s in desk.fleet.states(now)]


@router.get("/units/{unit_id}")
def unit(unit_id: str, desk: LiveDesk, now: Now, who: SignedIn) -> UnitOut:
    """One unit as it stands."""
    own(unit_id, who)
    return views.unit(state_of(desk, unit_id, now), now)


def state_of(desk: Desk, unit_id: str, now: datetime) -> UnitState:
    """One unit as it stands; raises `UnknownId`."""
    for state in desk.fleet.states(now):
        if state.unit.id == unit_id:
            return state
    raise UnknownId(f"没有作业单元 {unit_id}。(No such unit: see /v1/units.)")


@router.get("/units/{unit_id}/assignments")
def jobs(unit_id: str, desk: LiveDesk, now: Now, who: SignedIn) -> list[IncidentOut]:
    """Open incidents this unit is bound to."""
    own(unit_id, who)
    desk.fleet.unit(unit_id)
    bound = desk.log.open_assignments().get(unit_id)
    if bound is None:
        return []
    shown = views.incident(desk.incident(bound.incident_id), now)
    return [views.for_unit(shown, unit_id) if who.role == "surveyor" else shown]


@router.post("/positions")
def positions(body: FixesIn, transaction: Transaction, now: Now, who: SignedIn) -> FixesOut:
    """Take observed positions: a surveyor's of its own unit, a dispatcher's of any."""
    if who.role == "manager":
        raise NotAllowed("管理账号只能查看。(A manager may only look.)")
    for fix in body.fixes:
        own(fix.unit_id, who)
    refused = PostgisFleet(transaction).record_fixes([_fix(f) for f in body.fixes], now)
    return FixesOut(
        taken=len(body.fixes) - len(refused),
        refused=[{"unit_id": r.fix.unit_id, "at": r.fix.at.isoformat(), "reason": r.reason} for r in refused],
    )


def _fix(body: FixIn) -> Fix:
    return Fix(
        unit_id=body.unit_id,
        position=position_of(body),
        at=body.at,
        accuracy_m=body.accuracy_m,
        heading_deg=body.heading_deg,
        speed_mps=body.speed_mps,
        mocked=body.mocked,
    )


@router.get("/shops")
def shops(desk: LiveDesk, now: Now, _: Reader) -> list[ShopOut]:
    """Partner repair shops, and whether they take a vehicle now."""
    return views.shops(desk.fleet.shops(), desk.log, now)

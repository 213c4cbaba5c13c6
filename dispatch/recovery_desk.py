"""What the desk does about vehicles that cannot drive: plan, change the shop, deliver."""

from datetime import datetime

from dispatch import events as ev
from dispatch.desk import Desk
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.recovery import RecoveryPlan
from dispatch.vocabulary import Role


def recovery_plan(desk: Desk, incident_id: str, now: datetime, *, make: str = "") -> RecoveryPlan:
    """Tow and shop as one plan: for the tow that is bound, else for all that could go.

    Raises
    ------
    InvalidInput
        While the incident has no place.
    """
    incident = desk.incident(incident_id)
    tow = incident.open_in(Role.TOW_UNIT)
    if tow is not None:
        return desk.towing.plan(incident, [desk.towing.leg_of(tow, now)], now, make=make)
    advice = desk.advise(incident_id, Role.TOW_UNIT, now)
    return desk.towing.plan(incident, desk.towing.legs_of(advice.options), now, make=make)


def choose_shop(
    desk: Desk,
    incident_id: str,
    now: datetime,
    *,
    shop_id: str | None = None,
    reason: str = "",
    make: str = "",
    by: str,
) -> Incident:
    """Bring the vehicle to another shop: the best one now, or the one its owner wishes for, with a reason.

    Raises
    ------
    InvalidInput, Conflict, UnknownId
        See `dispatch.towing.Towing.rechosen`; `ShopFull` when another desk took the last place.
    """
    incident = desk.incident(incident_id)
    chosen = desk.towing.rechosen(incident, now, shop_id=shop_id, reason=reason, make=make, by=by)
    return desk.record(incident, chosen)


def deliver(desk: Desk, assignment_id: str, now: datetime, *, position: Position | None = None, by: str) -> Incident:
    """The tow has brought the vehicle to the shop and is free again; the incident closes when nobody else is at work.

    Raises
    ------
    IllegalTransition
        When the tow is not on scene, or no shop was chosen.
    """
    incident = desk.incident(desk.log.incident_of(assignment_id))
    tow, chosen = incident.assignment(assignment_id), incident.shops.get(assignment_id)
    delivered = ev.VehicleDelivered(
        incident_id=incident.id,
        at=now,
        by=by,
        assignment_id=tow.id,
        unit_id=tow.unit_id,
        shop_id=chosen.shop.shop_id if chosen else "",
        position=position,
    )
    cleared = ev.UnitCleared(incident_id=incident.id, at=now, by=by, assignment_id=tow.id, unit_id=tow.unit_id)
    return desk.close_when_done(desk.record(incident, delivered, cleared), now, by)

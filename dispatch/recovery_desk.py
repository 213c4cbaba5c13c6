"""What the desk does about vehicles that cannot drive: plan, change the shop, deliver."""

from datetime import datetime

from dispatch import events as ev
from dispatch.capture import Capture
from dispatch.desk import Desk
from dispatch.errors import IllegalTransition, InvalidInput
from dispatch.incident import Incident
from dispatch.location import Position
from dispatch.recovery.recovery import RecoveryPlan
from dispatch.steps import step_taken
from dispatch.verification import confirmation
from dispatch.vocabulary import CloseCode, PartnerStep, Role


def recovery_plan(desk: Desk, incident_id: str, now: datetime, *, make: str = "") -> RecoveryPlan:
    """Tow and shop as one plan: for the tow that is bound, else for all that could go.

    Raises
    ------
    InvalidInput
        While the incident has no place.
    IllegalTransition
        When it is closed, or a partner's.
    """
    incident = _still_open(desk, incident_id)
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
        See `dispatch.recovery.towing.Towing.rechosen`; `ShopFull` when another desk took the last place.
    """
    incident = _still_open(desk, incident_id)
    chosen = desk.towing.rechosen(incident, now, shop_id=shop_id, reason=reason, make=make, by=by)
    return desk.record(incident, chosen)


def deliver(
    desk: Desk,
    assignment_id: str,
    now: datetime,
    *,
    position: Position | None = None,
    by: str,
    captured: Capture | None = None,
) -> Incident:
    """The tow has brought the vehicle to the shop and is free again; the incident closes when nobody else is at work.

    Raises
    ------
    IllegalTransition
        When the tow is not on scene, or no shop was chosen.
    """
    incident = desk.incident(desk.log.incident_of(assignment_id))
    tow, chosen = incident.assignment(assignment_id), incident.shops.get(assignment_id)
    there = {"shop_id": chosen.shop.shop_id if chosen else "", "position": position}
    rules = desk.policy.captures
    delivered = step_taken(ev.VehicleDelivered, tow, incident, now, by, captured, rules, **there)
    cleared = step_taken(ev.UnitCleared, tow, incident, now, by, captured, rules)
    confirmed = confirmation(incident, tow, desk.fleet, desk.policy, now, desk.match)
    return desk.close_if_finished(desk.record(incident, *confirmed, delivered, cleared), now, by=by)


def partner_told(
    desk: Desk, incident_id: str, step: PartnerStep, at: datetime, now: datetime, *, told_by: str, by: str
) -> Incident:
    """Record what a partner told by telephone; a delivered vehicle closes the incident.

    Parameters
    ----------
    step : PartnerStep
    at : datetime
        When that was, by the partner's account.
    told_by : str
        Who told it.

    Raises
    ------
    InvalidInput
        For a time to come, or nobody's word.
    IllegalTransition
        When no partner has the incident, or the step was told before.
    """
    if at > now:
        raise InvalidInput("时间晚于现在:请核对。(The time is still to come: mend it.)")
    if not told_by.strip():
        raise InvalidInput("请填写告知人。(Say who told it.)")
    told = ev.PartnerReported(incident_id=incident_id, at=at, by=by, step=step, told_by=told_by)
    after = desk.record(desk.incident(incident_id), told)
    if step is not PartnerStep.DELIVERED or after.open_assignments:
        return after
    return desk.close(incident_id, now, reason="合作单位已送达", code=CloseCode.DONE, by=by)


def _still_open(desk: Desk, incident_id: str) -> Incident:
    """An incident that we may still serve: one that is closed or a partner's is said to be so, whatever else may be missing."""
    incident = desk.incident(incident_id)
    if incident.closed_at is not None:
        raise IllegalTransition(f"案件 {incident_id} 已结束。(The incident is closed.)")
    if incident.partner is not None and incident.is_with_partner:
        with_them = incident.partner.engaged.partner
        raise IllegalTransition(f"由{with_them}救援,送修由其安排:请电话跟进。(A partner has it: telephone.)")
    return incident

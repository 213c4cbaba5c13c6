"""Shops, legs and partners from the state of the domain to what travels over HTTP."""

from api.forms import recovery_schemas as out
from dispatch.events import RefusedShop, RepairShopChosen, ShopOption
from dispatch.incident import Incident
from dispatch.recovery.recovery import RecoveryPlan


def option(o: ShopOption) -> out.ShopOptionOut:
    """Show one weighed shop."""
    return out.ShopOptionOut(
        shop_id=o.shop_id,
        shop_name=o.shop_name,
        lon=o.position.lon,
        lat=o.position.lat,
        designated=o.designated,
        simulated=o.simulated,
        leg_s=o.leg_s,
        arrive_s=o.arrive_s,
        arrive_p90_s=o.arrive_p90_s,
        capacity=o.capacity,
        taken=o.taken,
    )


def refused(r: RefusedShop) -> out.RefusedShopOut:
    """Show a shop that cannot take the vehicle."""
    return out.RefusedShopOut(shop_id=r.shop_id, shop_name=r.shop_name, reason=r.reason, reason_label=r.reason.label)


def chosen(i: Incident) -> out.ShopChosenOut | None:
    """Show where the vehicle of an incident is brought; None where no shop is chosen."""
    c: RepairShopChosen | None = i.shop
    if c is None:
        return None
    return out.ShopChosenOut(
        assignment_id=c.assignment_id,
        unit_id=c.unit_id,
        chosen_at=c.at,
        shop=option(c.shop),
        to_scene_s=c.to_scene_s,
        loading_s=c.loading_s,
        eta_at=i.shop_eta_at or c.eta_at,
        delivered_at=i.assignments[c.assignment_id].delivered_at,
        make=c.make,
        override_reason=c.override_reason,
    )


def plan(i: Incident, found: RecoveryPlan) -> out.RecoveryOut:
    """Show a plan."""
    tow = found.tows[0] if found.tows else None
    return out.RecoveryOut(
        incident_id=i.id,
        unit_id=tow.unit_id if tow else None,
        unit_name=tow.unit_name if tow else None,
        to_scene_s=tow.eta_s if tow else None,
        loading_s=tow.loading_s if tow else None,
        make=found.make,
        chosen=chosen(i),
        options=[option(o) for o in found.options],
        refused=[refused(r) for r in found.refused],
        explanation=found.explanation,
        explanation_in_english=found.explanation_in_english,
        metric=found.metric,
    )


def partner(i: Incident) -> out.PartnerOut | None:
    """Show who serves an incident in another city; None for our own."""
    p = i.partner
    if p is None:
        return None
    return out.PartnerOut(
        city=p.engaged.city,
        name=p.engaged.partner,
        telephone=p.engaged.telephone,
        contact_due_at=p.engaged.contact_due_at,
        on_scene_due_at=p.engaged.on_scene_due_at,
        accepted_at=p.accepted_at,
        on_scene_at=p.claimed_at,
        delivered_at=p.cleared_at,
        told_by=p.told_by,
    )

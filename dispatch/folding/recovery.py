"""Folding where vehicles are brought, and what partners tell."""

from dispatch import events as ev
from dispatch.errors import IllegalTransition
from dispatch.folding.base import apply, expect, replace, with_assignment
from dispatch.incident import Incident
from dispatch.partner import PartnerService
from dispatch.vocabulary import OPEN_STATUSES, AssignmentStatus, Role


@apply.register
def _(event: ev.RepairShopChosen, incident: Incident) -> Incident:
    tow = expect(incident, event, *OPEN_STATUSES)
    if tow.role is not Role.TOW_UNIT or tow.delivered_at is not None:
        raise IllegalTransition(f"任务 {tow.id} 不是待送修的施救任务。(Only an open tow job gets a shop.)")
    return replace(incident, shops={**incident.shops, tow.id: event})


@apply.register
def _(event: ev.VehicleDelivered, incident: Incident) -> Incident:
    now = expect(incident, event, AssignmentStatus.ON_SCENE)
    chosen = incident.shops.get(now.id)
    if chosen is None or chosen.shop.shop_id != event.shop_id or now.delivered_at is not None:
        raise IllegalTransition(f"任务 {now.id} 没有待送达的维修厂:请先选厂。(Choose the repair shop first.)")
    return with_assignment(incident, replace(now, delivered_at=event.at))


@apply.register
def _(event: ev.PartnerEngaged, incident: Incident) -> Incident:
    if incident.partner is not None:
        raise IllegalTransition(f"案件 {incident.id} 已交合作单位。(A partner has it already.)")
    return replace(incident, partner=PartnerService(engaged=event))


@apply.register
def _(event: ev.PartnerReported, incident: Incident) -> Incident:
    if incident.partner is None:
        raise IllegalTransition(f"案件 {incident.id} 不由合作单位救援。(No partner has it.)")
    return replace(incident, partner=incident.partner.told(event))

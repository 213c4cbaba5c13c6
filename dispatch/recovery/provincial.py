"""Reports from other cities: the partner there takes them under a promise of its own, or they are refused with what to do."""

from datetime import datetime, timedelta

from dispatch.errors import OutsideServiceArea
from dispatch.events import CommitmentMade, Event, PartnerEngaged
from dispatch.location import Location, NotLocated, Position
from dispatch.policy.policy import Policy
from dispatch.policy.province import Partner, city_of, may_hold
from dispatch.report import Report
from dispatch.vocabulary import Tier, Zone


def partner_for(
    found: Location | NotLocated, point: Position | None, *, inside: bool, policy: Policy
) -> Partner | None:
    """Who serves a report that plainly speaks of another city.

    Parameters
    ----------
    found : Location or NotLocated
        What the words became.
    point : Position or None
        Where the caller's phone is.
    inside : bool
        Whether that is in our own city: then the words may be about something else, and a person decides.
    policy : Policy

    Returns
    -------
    Partner or None
        None for a report that is ours.

    Raises
    ------
    OutsideServiceArea
        For another city where no partner is known, or outside the province; the message says what to do.
    """
    if isinstance(found, Location) or found.city is None or inside:
        return None
    city = city_of(found.city)
    if city is None or (point is not None and not may_hold(point)):
        where = found.city if city is None else "手机定位处"
        raise OutsideServiceArea(
            f"地点在{where},不在广东省内,本系统不受理:请转总公司客服,由当地机构救援;若实为广州,请核对地点后重报。"
            "(Outside Guangdong: pass the caller on to the head office; if it is Guangzhou, mend the place.)"
        )
    partner = policy.recovery.partner_in(city)
    if partner is None:
        raise OutsideServiceArea(
            f"地点在{city},该市没有登记合作救援单位:请电话转当地机构,或在策略文件 [recovery] partners 登记后重报。"
            "(No partner is known in that city: pass the caller on, or add one to the policy file.)"
        )
    return partner


def engaged(incident_id: str, report: Report, partner: Partner, tier: Tier, policy: Policy, *, by: str) -> list[Event]:
    """The promise of a partner, frozen at intake: reported → on scene, and reported → in contact."""
    on_scene_due_at = _due(report.received_at, partner.on_scene_within_s)
    return [
        CommitmentMade(
            incident_id=incident_id,
            at=report.received_at,
            kind="arrival",
            zone=Zone.PROVINCE,
            tier=tier,
            starts_at=report.received_at,
            due_at=on_scene_due_at,
            limit_s=partner.on_scene_within_s,
            policy_version=policy.version,
        ),
        PartnerEngaged(
            incident_id=incident_id,
            at=report.received_at,
            by=by,
            city=partner.city,
            partner=partner.name,
            telephone=partner.telephone,
            contact_due_at=_due(report.received_at, partner.contact_within_s),
            on_scene_due_at=on_scene_due_at,
        ),
    ]


def _due(at: datetime, within_s: float) -> datetime:
    return at + timedelta(seconds=within_s)

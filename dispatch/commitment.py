"""The promise an incident runs under, frozen when the report is taken."""

from collections.abc import Collection
from datetime import timedelta

from dispatch.events import CommitmentMade
from dispatch.location import Location
from dispatch.policy.policy import Policy
from dispatch.report import Report
from dispatch.vocabulary import Tier, pressing_first


def promise(
    incident_id: str, report: Report, place: Location | None, tiers: Collection[Tier], policy: Policy
) -> CommitmentMade:
    """Make the arrival commitment: reported → surveyor on scene.

    Parameters
    ----------
    incident_id : str
    report : Report
        Its ``received_at`` starts the clock.
    place : Location or None
        Where the accident is; unknown falls under the stricter, urban limit.
    tiers : collection of Tier
        Of the incident at intake, at least one; the limit is the strictest of their plans.
    policy : Policy

    Returns
    -------
    CommitmentMade
    """
    zone = policy.zones.of(place.district, place.position) if place else policy.zones.of(None, None)
    limit_s = policy.limit_s(tiers, zone)
    return CommitmentMade(
        incident_id=incident_id,
        at=report.received_at,
        kind="arrival",
        zone=zone,
        tier=pressing_first(tiers)[0],
        starts_at=report.received_at,
        due_at=report.received_at + timedelta(seconds=limit_s),
        limit_s=limit_s,
        policy_version=policy.version,
    )

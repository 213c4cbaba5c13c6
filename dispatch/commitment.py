"""The promise an incident runs under, frozen when the report is taken."""

from datetime import timedelta

from dispatch.events import CommitmentMade
from dispatch.location import Location
from dispatch.policy import Policy
from dispatch.report import Report, triage


def promise(incident_id: str, report: Report, place: Location | None, policy: Policy) -> CommitmentMade:
    """Make the arrival commitment: reported → surveyor on scene.

    Parameters
    ----------
    incident_id : str
    report : Report
        Its ``received_at`` starts the clock.
    place : Location or None
        Where the accident is; unknown falls under the stricter, urban limit.
    policy : Policy

    Returns
    -------
    CommitmentMade
    """
    zone = policy.zones.of(place.district, place.position) if place else policy.zones.of(None, None)
    limit_s = policy.arrival_commitment.limit_s(zone)
    return CommitmentMade(
        incident_id=incident_id,
        at=report.received_at,
        kind="arrival",
        zone=zone,
        tier=triage(report),
        starts_at=report.received_at,
        due_at=report.received_at + timedelta(seconds=limit_s),
        limit_s=limit_s,
        policy_version=policy.version,
    )

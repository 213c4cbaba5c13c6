"""Whether the track agrees with the button."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from dispatch import events as ev
from dispatch.incident import Assignment, Incident
from dispatch.location import Position, distance_m
from dispatch.policy import Policy, Verification
from dispatch.ports import Fleet
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus


def track_confirms(scene: Position, uncertainty_m: float, track: Sequence[Fix], rule: Verification) -> float | None:
    """Tell how far from the scene the track rests, if that is near enough to believe the claim.

    Parameters
    ----------
    scene : Position
    uncertainty_m : float
        Of the scene's location; it widens the radius, up to the rule's bound.
    track : sequence of Fix
        Fixes around the claim, in any order; those vaguer than the radius do not count.
    rule : Verification

    Returns
    -------
    float or None
        Distance in metres of the nearest fix, or None while too few fixes lie inside the radius.
    """
    reach_m = rule.radius_m + min(uncertainty_m, rule.max_uncertainty_m)
    distances = [distance_m(scene, fix.position) for fix in track if fix.accuracy_m <= reach_m]
    inside = [d for d in distances if d <= reach_m]
    return min(inside) if len(inside) >= rule.min_fixes else None


def confirmation(
    incident: Incident, assignment: Assignment, fleet: Fleet, policy: Policy, now: datetime
) -> list[ev.ArrivalConfirmed]:
    """The confirmation of a claimed arrival, if the track around it gives one; where the unit was later proves nothing.

    Asked while the unit is on scene, and once more before it is cleared: steps that were sent later come together.

    Returns
    -------
    list of ArrivalConfirmed
        One or none; not recorded yet.
    """
    scene = incident.destination(assignment.role)
    on_scene = assignment.status is AssignmentStatus.ON_SCENE
    if not on_scene or assignment.confirmed_at is not None or assignment.claimed_at is None or scene is None:
        return []
    rule = policy.verification
    since, until = (assignment.claimed_at + timedelta(seconds=s) for s in (-rule.lead_s, rule.lag_s))
    track = [fix for fix in fleet.track(assignment.unit_id, since) if fix.at <= until]
    apart_m = track_confirms(scene.position, scene.uncertainty_m, track, rule)
    if apart_m is None:
        return []
    who = {"assignment_id": assignment.id, "unit_id": assignment.unit_id}
    return [ev.ArrivalConfirmed(incident_id=incident.id, at=now, **who, distance_m=apart_m)]

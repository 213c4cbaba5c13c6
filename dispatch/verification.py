"""Whether the track agrees with the button; both times are kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dispatch import events as ev
from dispatch.errors import Unavailable
from dispatch.incident import Assignment, Incident
from dispatch.policy.policy import Policy
from dispatch.policy.verification_rules import Verification
from dispatch.ports import Fleet
from dispatch.track_evidence import Stay, elsewhere_m, side_of, stay_at, window
from dispatch.track_matching import ArrivalEvidence, Carriageway, MatchedTrack, MatchTrack
from dispatch.unit import Fix
from dispatch.vocabulary import AssignmentStatus

ROADS = "roads"  # the check of road and direction
APPROACH_S = 300.0  # of the drive before the stay, so that the roads tell on which side it ended


def evidence_of(assignment: Assignment) -> ArrivalEvidence | None:
    """What the track says of an assignment's arrival; None while none is claimed."""
    if assignment.claimed_at is None:
        return None
    if assignment.confirmed_at is not None:
        return ArrivalEvidence.CONFIRMED
    return ArrivalEvidence.CONTRADICTED if assignment.contradicted is not None else ArrivalEvidence.UNCONFIRMED


def confirmation(
    incident: Incident,
    assignment: Assignment,
    fleet: Fleet,
    policy: Policy,
    now: datetime,
    match: MatchTrack | None = None,
) -> list[ev.ArrivalConfirmed | ev.ArrivalContradicted]:
    """What the track around a claimed arrival proves; where the unit was later proves nothing.

    Asked while the unit is on scene, and once more before it is cleared: steps that were sent later come together. A
    contradiction waits until the window has passed, and a confirmation by fixes that come later still overrules it.

    Parameters
    ----------
    match : MatchTrack or None
        Finds the roads driven; without it the carriageway stays unknown and the confirmation says so.

    Returns
    -------
    list of ArrivalConfirmed or ArrivalContradicted
        One or none; not recorded yet.
    """
    scene, claimed_at = incident.destination(assignment.role), assignment.claimed_at
    if assignment.status is not AssignmentStatus.ON_SCENE or assignment.confirmed_at or not claimed_at or not scene:
        return []
    rule = policy.verification
    since, until = window(claimed_at, rule)
    near = fleet.track(assignment.unit_id, since, until)
    who: dict[str, Any] = {
        "incident_id": incident.id,
        "at": now,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
    }
    asked = scene.position, scene.uncertainty_m, claimed_at
    if now >= until and assignment.contradicted is None:
        nearest_m = elsewhere_m(*asked, near, rule)
        if nearest_m is not None:
            return [ev.ArrivalContradicted(**who, nearest_m=nearest_m, fixes=len(near))]
    if stay_at(*asked, near, rule) is None:  # the long track is read only where the short one speaks for it
        return []
    begun = min(since, max(claimed_at - timedelta(seconds=rule.look_back_s), assignment.offered_at))
    track = fleet.track(assignment.unit_id, begun, until)
    stay = stay_at(*asked, track, rule)
    found = _confirmed(who, stay, scene, track, policy.verification, match) if stay else None
    return [found] if found else []


def _confirmed(
    who: dict[str, Any],
    stay: Stay,
    scene: ev.IncidentLocated | ev.HospitalNamed,
    track: Sequence[Fix],
    rule: Verification,
    match: MatchTrack | None,
) -> ev.ArrivalConfirmed | None:
    """The fact, with what the roads say; none for a unit across the median of an expressway: it is not at the scene yet."""
    bearing_deg = scene.bearing_deg if isinstance(scene, ev.IncidentLocated) else None
    drive = [f for f in track if stay.arrived_at - timedelta(seconds=APPROACH_S) <= f.at <= stay.fixes[-1].at]
    matched, unchecked = _on_roads(drive, match)
    there = [m for fix, m in zip(drive, matched.fixes, strict=True) if m and fix in stay.fixes] if matched else []
    side = side_of(there, bearing_deg, rule)
    if side is Carriageway.OPPOSITE and all(fix.fast for fix in there):
        return None
    return ev.ArrivalConfirmed(
        **who,
        distance_m=stay.distance_m,
        track_arrived_at=stay.arrived_at,
        dwell_s=stay.dwell_s,
        fixes=len(stay.fixes),
        carriageway=side,
        matched=bool(there),
        confidence=matched.confidence if matched and there else None,
        unchecked=unchecked,
    )


def _on_roads(drive: Sequence[Fix], match: MatchTrack | None) -> tuple[MatchedTrack | None, tuple[str, ...]]:
    """The drive on the roads, and which check was not done: matching that is away leaves the distance, which is checked."""
    try:
        return (match(drive) if match is not None else None), ()
    except Unavailable:
        return None, (ROADS,)

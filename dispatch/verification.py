"""Whether the track agrees with the button."""

from collections.abc import Sequence

from dispatch.location import Position, distance_m
from dispatch.policy import Verification
from dispatch.unit import Fix


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

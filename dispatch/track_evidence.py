"""What the fixes around a claim prove, each only as far as its accuracy goes.

A fix proves presence where the whole circle of its accuracy lies within reach, and absence where none of it does; between
the two it proves nothing. A position that came from an app and not from the receiver proves nothing either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from dispatch.location import Position, distance_m
from dispatch.policy.verification_rules import Verification
from dispatch.track_matching import Carriageway, MatchedFix
from dispatch.unit import Fix

SAME_SIDE_DEG = 75.0  # roads bend: words such as 北行 are said of all of a carriageway


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A time within reach of the scene without a fix that says otherwise.

    Parameters
    ----------
    fixes : tuple of Fix
        Those that prove it, oldest first.
    distance_m : float
        Of the nearest of them from the scene's stated place.
    """

    fixes: tuple[Fix, ...]
    distance_m: float

    @property
    def arrived_at(self) -> datetime:
        """The first fix within reach: the unit came between it and the fix before."""
        return self.fixes[0].at

    @property
    def dwell_s(self) -> float:
        """Seconds from the first fix to the last."""
        return (self.fixes[-1].at - self.fixes[0].at).total_seconds()

    def is_long(self, rule: Verification) -> bool:
        """Whether it is more than a few fixes of somebody who drives past: for a while within it the unit hardly moved on."""
        later = ((a, next((b for b in self.fixes if b.at >= a.at + _dwell(rule)), None)) for a in self.fixes)
        return len(self.fixes) >= rule.min_fixes and any(b is not None and _stood(a, b, rule) for a, b in later)


def _dwell(rule: Verification) -> timedelta:
    return timedelta(seconds=rule.min_dwell_s)


def _stood(a: Fix, b: Fix, rule: Verification) -> bool:
    moved_m = distance_m(a.position, b.position) - a.accuracy_m - b.accuracy_m
    return moved_m <= rule.passing_mps * (b.at - a.at).total_seconds()


def usable(track: Sequence[Fix]) -> list[Fix]:
    """Fixes that may prove something: of each moment one, oldest first, none from an app."""
    best: dict[datetime, Fix] = {}
    for fix in sorted(track, key=lambda f: (f.at, f.accuracy_m)):
        if not fix.mocked:
            best.setdefault(fix.at, fix)
    return list(best.values())


def stays(scene: Position, uncertainty_m: float, track: Sequence[Fix], rule: Verification) -> list[Stay]:
    """Every time within reach, long or short, oldest first.

    Parameters
    ----------
    scene : Position
    uncertainty_m : float
        Of the scene's location; it widens the reach, up to the rule's bound.
    track : sequence of Fix
        Of one unit, in any order.
    rule : Verification
    """
    reach_m, runs = rule.reach_m(uncertainty_m), [[]]  # type: tuple[float, list[list[Fix]]]
    for fix in usable(track):
        apart_m = distance_m(scene, fix.position)
        silent = runs[-1] and (fix.at - runs[-1][-1].at).total_seconds() > rule.max_gap_s
        if silent or apart_m - fix.accuracy_m > reach_m:
            runs.append([])
        if apart_m + fix.accuracy_m <= reach_m:
            runs[-1].append(fix)
    return [Stay(fixes=tuple(run), distance_m=min(distance_m(scene, f.position) for f in run)) for run in runs if run]


def stay_at(
    scene: Position, uncertainty_m: float, claimed_at: datetime, track: Sequence[Fix], rule: Verification
) -> Stay | None:
    """The stay that confirms a claim; None where the fixes around it prove none. Where the unit was later proves nothing."""
    since, until = window(claimed_at, rule)
    seen = [fix for fix in track if fix.at <= until]
    found = [s for s in stays(scene, uncertainty_m, seen, rule) if s.fixes[-1].at >= since and s.is_long(rule)]
    return found[0] if found else None


def window(claimed_at: datetime, rule: Verification) -> tuple[datetime, datetime]:
    """From when to when the track is asked about a claim."""
    return claimed_at - timedelta(seconds=rule.lead_s), claimed_at + timedelta(seconds=rule.lag_s)


def elsewhere_m(
    scene: Position, uncertainty_m: float, claimed_at: datetime, track: Sequence[Fix], rule: Verification
) -> float | None:
    """How near the unit came in the window, in metres, where a good track shows that it clearly was elsewhere; else None.

    Every fix of the window must lie ``elsewhere_m`` beyond reach whatever its accuracy, on both sides of the claim, and
    the silence around the claim be too short for a visit.
    """
    since, until = window(claimed_at, rule)
    seen = [fix for fix in usable(track) if since <= fix.at <= until]
    if len(seen) <= rule.min_fixes or not seen[0].at <= claimed_at <= seen[-1].at:
        return None
    silences_s = [(b.at - a.at).total_seconds() for a, b in pairwise(seen) if a.at <= claimed_at <= b.at]
    least_m = [distance_m(scene, fix.position) - fix.accuracy_m for fix in seen]
    clear = min(least_m) > rule.reach_m(uncertainty_m) + rule.elsewhere_m
    return min(least_m) if clear and max(silences_s) <= rule.elsewhere_gap_s else None


def side_of(seen: Sequence[MatchedFix], bearing_deg: float | None, rule: Verification) -> Carriageway | None:
    """On which carriageway a unit stood; None where the scene's is not known, or the track does not surely tell.

    Parameters
    ----------
    seen : sequence of MatchedFix
        Places on the road during the stay.
    bearing_deg : float or None
        Degrees from north that traffic on the scene's carriageway heads for.
    """
    if bearing_deg is None:
        return None
    away = [
        abs((fix.heading_deg - bearing_deg + 180) % 360 - 180)
        for fix in seen
        if fix.divided and fix.p >= rule.min_p_side
    ]
    if any(deg <= SAME_SIDE_DEG for deg in away):
        return Carriageway.RIGHT
    return Carriageway.OPPOSITE if away and min(away) >= 180 - SAME_SIDE_DEG else None

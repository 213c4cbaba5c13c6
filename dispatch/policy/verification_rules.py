"""The numbers of the policy by which a track confirms or contradicts an arrival."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verification:
    """When a track confirms an arrival; see `dispatch.track_evidence`.

    Within reach is ``radius_m`` around the scene, and as much more as its place is unsure, ``max_uncertainty_m`` at most. The
    window is from ``lead_s`` before to ``lag_s`` after the claim. A stay has ``min_fixes`` within reach, none of them
    more than ``max_gap_s`` apart, and for at least ``min_dwell_s`` of it the unit moves on no faster than ``passing_mps``: driving
    past is no arrival. ``look_back_s`` is how long before the claim a stay may have begun. Fixes so much as
    ``elsewhere_m`` beyond reach, all through the window and with no gap longer than ``elsewhere_gap_s`` around the claim,
    contradict it. ``min_p_side`` is how sure the carriageway must be to be named.
    """

    radius_m: float = 150.0
    max_uncertainty_m: float = 350.0
    min_fixes: int = 2
    lead_s: float = 60.0
    lag_s: float = 180.0
    min_dwell_s: float = 20.0
    max_gap_s: float = 300.0
    passing_mps: float = 5.0
    look_back_s: float = 3600.0
    elsewhere_m: float = 500.0
    elsewhere_gap_s: float = 120.0
    min_p_side: float = 0.7

    def reach_m(self, uncertainty_m: float) -> float:
        """How far from the scene's stated place counts as at the scene."""
        return self.radius_m + min(uncertainty_m, self.max_uncertainty_m)

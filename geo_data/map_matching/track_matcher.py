"""Map matching as the desk asks for it: places, directions and kinds of road instead of edges."""

from collections.abc import Sequence

import numpy as np

from dispatch.location import Position
from dispatch.track_matching import MatchedFix, MatchedTrack
from dispatch.unit import Fix
from geo_data.map_matching.match import Match, Matcher
from geo_data.roads.network import DUAL, ROAD_CLASSES

FAST = [ROAD_CLASSES.index(kind) for kind in ("motorway", "trunk")]


class TrackMatcher:
    """A `dispatch.track_matching.MatchTrack` on a network.

    Parameters
    ----------
    matcher : Matcher
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def __call__(self, track: Sequence[Fix]) -> MatchedTrack:
        """Match the fixes of one unit, in any order."""
        match = self._matcher.match(track)
        fixes = tuple(self._fix(match, i) if match.edge[i] >= 0 else None for i in range(len(track)))
        return MatchedTrack(fixes=fixes, confidence=match.confidence)

    def _fix(self, match: Match, i: int) -> MatchedFix:
        matcher, edge, share = self._matcher, int(match.edge[i]), float(match.share[i])
        fast = int(matcher.network.road_class[edge]) in FAST
        one_way = bool(matcher.index.twin[edge] < 0)
        lon, lat = matcher.place(edge, share) / matcher.index.plane(np.ones(2))
        return MatchedFix(
            position=Position(float(lon), float(lat)),
            offset_m=float(match.offset_m[i]),
            heading_deg=float(matcher.headings_deg(match.edge[i : i + 1], match.share[i : i + 1])[0]),
            p=float(match.p[i]),
            divided=one_way and (fast or bool(matcher.network.flags[edge] & DUAL)),
            fast=fast,
        )

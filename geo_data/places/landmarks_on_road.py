"""Well-known places that stand at a road, for stretches without a corner."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo_data.builtin.places import Place
from geo_data.roads.plane import Points

BESIDE_M = 400.0
FARTHEST_M = 12_000.0
ASKED = 200  # places looked at, the nearest first


@dataclass(frozen=True, eq=False, slots=True)
class Mark:
    """What a point is told from: words and where they mean."""

    words: str
    point: Points


class LandmarksOnRoad:
    """Places by the roads they stand at.

    Parameters
    ----------
    places : sequence of Place
    points : (n, 2) float64
        Where they are, in metres.
    roads : cKDTree
        Points of roads.
    road_of : (k,) int
        The road of each of them.
    """

    def __init__(
        self, places: Sequence[Place], points: Points, roads: cKDTree, road_of: npt.NDArray[np.integer]
    ) -> None:
        self._places, self._points, self._roads, self._road_of = places, points, roads, road_of
        self._tree = cKDTree(points)

    def nearest(self, road: int, point: Points) -> Mark | None:
        """The nearest place beside ``road``, else the nearest of all; None within `FARTHEST_M`."""
        if not self._places:
            return None
        gaps, order = self._tree.query(point, k=min(ASKED, len(self._places)), distance_upper_bound=FARTHEST_M)
        near = [int(i) for gap, i in zip(np.atleast_1d(gaps), np.atleast_1d(order), strict=True) if np.isfinite(gap)]
        i = next((i for i in near if self._is_beside(i, road)), near[0] if near else None)
        return None if i is None else Mark(self._places[i].name, self._points[i])

    def _is_beside(self, place: int, road: int) -> bool:
        close = self._roads.query_ball_point(self._points[place], BESIDE_M)
        return bool((self._road_of[close] == road).any())

"""From a point to words that a surveyor understands: the road, how far from which corner, a place that everybody knows."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from geo_data.builtin.kilometres import kilometre_at
from geo_data.builtin.places import Place
from geo_data.places.landmarks_on_road import LandmarksOnRoad, Mark
from geo_data.places.road_index import dense_points
from geo_data.places.road_marks import RoadMarks
from geo_data.roads.network import GENERATED, RAMP, Network
from geo_data.roads.plane import Points, point_of, position_of

ROAD_M, PLACE_M = 150.0, 600.0  # farther away it is no help
CORNER_M = 4000.0  # farther away the post or a landmark is told too
AT_THE_CORNER_M = 40.0
WAYS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
NOT_TOLD = frozenset({"junction", "town"})  # a corner is told by its roads, a town is no point


class ReverseGeocoder:
    """Words for points.

    Parameters
    ----------
    network : Network
        Streets made by rule are left out: nobody knows their names.
    places : sequence of Place
    """

    def __init__(self, network: Network, places: Sequence[Place]) -> None:
        base = np.flatnonzero((network.edge_origin == np.arange(network.n_edges)) & (network.name >= 0))
        edges = base[network.flags[base] & GENERATED == 0]
        self._names = network.names
        self._road_points, owner = dense_points(network, edges)
        self._road_of = network.name[edges][owner]
        self._is_ramp = (network.flags[edges] & RAMP > 0)[owner]
        self._roads = _tree(self._road_points)
        self._marks = RoadMarks(network, edges, places)
        self._places = [place for place in places if place.kind not in NOT_TOLD]
        self._place_points = np.array([point_of(place.position) for place in self._places]).reshape(-1, 2)
        self._place_tree = _tree(self._place_points)

    def words(self, point: Points) -> str:
        """E.g. ``天河路(体育西路路口以东约120米),近天河城``; empty where nothing named is near."""
        found, place = self._road(point), self._place(point)
        told = (
            [] if found is None else [self._on_ramp(found, point) if self._is_ramp[found] else self._on(found, point)]
        )
        return ",".join(told + ([f"近{place}"] if place and not any(place in words for words in told) else []))

    def _road(self, point: Points) -> int | None:
        """The nearest point of a named road."""
        gap, i = self._roads.query(point, distance_upper_bound=ROAD_M)
        return int(i) if np.isfinite(gap) else None

    def _on_ramp(self, found: int, point: Points) -> str:
        name = self._names[self._road_of[found]]
        ramp = "" if name.endswith("匝道") else "匝道"
        mark = self._marks.interchange(int(self._road_of[found]))
        return f"{name}{ramp}" if mark is None else f"{name}{_from(mark.point, point)}{ramp}"

    def _on(self, found: int, point: Points) -> str:
        road = int(self._road_of[found])
        name = self._names[road]
        mark = self._marks.nearest(road, point)
        if mark is not None and _gap_m(mark, point) <= CORNER_M:
            return f"{name}({mark.words}{_from(mark.point, point)})"
        km = kilometre_at(name, position_of(point))
        post = "" if km is None else f"约K{km:.0f}"
        mark = min(
            (one for one in (mark, self._landmarks.nearest(road, point)) if one is not None),
            key=lambda one: _gap_m(one, point),
            default=None,
        )
        return f"{name}{post}" if mark is None else f"{name}{post}({mark.words}{_from(mark.point, point)})"

    @cached_property
    def _landmarks(self) -> LandmarksOnRoad:
        return LandmarksOnRoad(self._places, self._place_points, self._roads, self._road_of)

    def _place(self, point: Points) -> str | None:
        gap, i = self._place_tree.query(point, distance_upper_bound=PLACE_M)
        return self._places[i].name if np.isfinite(gap) else None


def _tree(points: Points) -> cKDTree:
    return cKDTree(points.reshape(-1, 2))


def _gap_m(mark: Mark, point: Points) -> float:
    return float(np.hypot(*(mark.point - point)))


def _from(mark: Points, point: Points) -> str:
    east, north = point - mark
    metres = float(np.hypot(east, north))
    if metres <= AT_THE_CORNER_M:
        return ""
    way = WAYS[round(np.degrees(np.arctan2(east, north)) / 45) % 8]
    return f"以{way}约{round(metres, -1):.0f}米"

"""From a point to words that a surveyor understands: the road, the nearest corner, a place that everybody knows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo_data.builtin.places import Place
from geo_data.network import GENERATED, Network
from geo_data.places.road_index import dense_points
from geo_data.plane import Points, point_of, to_plane

ROAD_M, CORNER_M, PLACE_M = 150.0, 4000.0, 600.0  # farther away it is no help
AT_THE_CORNER_M = 40.0
WAYS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
NOT_TOLD = frozenset({"junction", "town"})  # a corner is told by its roads, a town is no point

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class _Corners:
    """Nodes where named roads meet: where, and the names (indices, at least two)."""

    points: Points
    names: list[frozenset[int]]


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
        self._roads = _tree(self._road_points)
        self._corners = _corners(network, edges)
        self._corner_tree = _tree(self._corners.points)
        self._places = [place for place in places if place.kind not in NOT_TOLD]
        self._place_tree = _tree(np.array([point_of(place.position) for place in self._places]))

    def words(self, point: Points) -> str:
        """E.g. ``天河路(体育西路路口以东约120米),近天河城``; empty where nothing named is near."""
        road, place = self._road(point), self._place(point)
        told = [self._with_corner(road, point)] if road is not None else []
        return ",".join(told + ([f"近{place}"] if place else []))

    def _road(self, point: Points) -> int | None:
        gap, i = self._roads.query(point, distance_upper_bound=ROAD_M)
        return int(self._road_of[i]) if np.isfinite(gap) else None

    def _with_corner(self, road: int, point: Points) -> str:
        near = [i for i in self._corner_tree.query_ball_point(point, CORNER_M) if road in self._corners.names[i]]
        if not near:
            return self._names[road]
        corner = min(near, key=lambda i: float(np.hypot(*(self._corners.points[i] - point))))
        other = self._names[min(self._corners.names[corner] - {road})]
        return f"{self._names[road]}({other}路口{_from(self._corners.points[corner], point)})"

    def _place(self, point: Points) -> str | None:
        gap, i = self._place_tree.query(point, distance_upper_bound=PLACE_M)
        return self._places[i].name if np.isfinite(gap) else None


def _tree(points: Points) -> cKDTree:
    return cKDTree(points.reshape(-1, 2))


def _from(corner: Points, point: Points) -> str:
    east, north = point - corner
    metres = float(np.hypot(east, north))
    if metres <= AT_THE_CORNER_M:
        return ""
    way = WAYS[round(np.degrees(np.arctan2(east, north)) / 45) % 8]
    return f"以{way}约{round(metres, -1):.0f}米"


def _corners(network: Network, edges: Ints) -> _Corners:
    node = np.concatenate([network.node_origin[network.tail[edges]], network.node_origin[network.head[edges]]])
    name = np.tile(network.name[edges], 2)
    pairs = np.unique(np.column_stack([node, name]), axis=0)
    nodes, first, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    some = count > 1
    points = to_plane(network.node_lon[nodes[some]], network.node_lat[nodes[some]])
    return _Corners(
        points, [frozenset(pairs[i : i + n, 1].tolist()) for i, n in zip(first[some], count[some], strict=True)]
    )

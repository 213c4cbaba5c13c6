"""Corners and interchanges of a road: what a point on it is told from."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from geo_data.builtin.places import Place
from geo_data.places.landmarks_on_road import Mark
from geo_data.roads.network import RAMP, Network
from geo_data.roads.plane import Points, point_of, to_plane

ONE_CORNER_M = 350.0  # meetings closer together are one corner: two carriageways
TWICE_M = 2000.0  # a corner of a name given twice is told only where no other is this near

Ints = npt.NDArray[np.int64]


class RoadMarks:
    """Marks by road.

    Parameters
    ----------
    network : Network
    edges : (k,) int64
        Named edges, ramps among them; a ramp bears the name of its interchange.
    places : sequence of Place
        Where an interchange is one of them, that is its point.
    """

    def __init__(self, network: Network, edges: Ints, places: Sequence[Place]) -> None:
        self._names = network.names
        ramp = network.flags[edges] & RAMP > 0
        points, roads = _meeting_names(network, edges[~ramp])
        self._by_road: dict[int, list[tuple[int, Points]]] = {}
        for point, names in zip(points, roads, strict=True):
            for road in names:
                self._by_road.setdefault(road, []).extend((other, point) for other in names if other != road)
        known = {place.name: point_of(place.position) for place in places if place.kind == "interchange"}
        self._interchanges = _interchanges(network, edges[ramp], known)
        self._ramps_of = _ramps_by_road(network, edges[~ramp], edges[ramp])

    def interchange(self, name: int) -> Mark | None:
        """Where the interchange of this name lies."""
        return Mark(self._names[name], self._interchanges[name]) if name in self._interchanges else None

    def nearest(self, road: int, point: Points) -> Mark | None:
        """The nearest corner or interchange; a corner of two roads that meet again elsewhere only in need."""
        corners = self._by_road.get(road, [])
        sure = [(other, at) for other, at in corners if self._meets_once(corners, other, at)]
        marks = [self._corner(other, at) for other, at in sure]
        own = f"{self._names[road]}口"  # an interchange named for the road itself tells nothing on it
        others = [name for name in self._ramps_of.get(road, ()) if self._names[name] != own]
        marks += [Mark(self._names[name], self._interchanges[name]) for name in others]
        found = _nearest(marks, point)
        if found is None or _gap_m(found, point) > TWICE_M:
            found = _nearest([*marks, *(self._corner(other, at) for other, at in corners)], point)
        return found

    def _corner(self, other: int, at: Points) -> Mark:
        name = self._names[other]
        return Mark(name if name.endswith("口") else f"{name}路口", at)

    @staticmethod
    def _meets_once(corners: list[tuple[int, Points]], other: int, at: Points) -> bool:
        return all(np.hypot(*(at - spot)) <= ONE_CORNER_M for name, spot in corners if name == other)


def _gap_m(mark: Mark, point: Points) -> float:
    return float(np.hypot(*(mark.point - point)))


def _nearest(marks: list[Mark], point: Points) -> Mark | None:
    return min(marks, key=lambda mark: _gap_m(mark, point), default=None)


def _ends(network: Network, edges: Ints) -> tuple[Ints, Ints]:
    """The node of either end, and the name of the edge."""
    node = np.concatenate([network.node_origin[network.tail[edges]], network.node_origin[network.head[edges]]])
    return node.astype(np.int64), np.tile(network.name[edges], 2).astype(np.int64)


def _meeting_names(network: Network, edges: Ints) -> tuple[Points, list[list[int]]]:
    """Nodes where edges of two or more names meet, in metres, and the names."""
    pairs = np.unique(np.column_stack(_ends(network, edges)), axis=0)
    nodes, first, count = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    some = count > 1
    points = to_plane(network.node_lon[nodes[some]], network.node_lat[nodes[some]])
    return points, [pairs[i : i + n, 1].tolist() for i, n in zip(first[some], count[some], strict=True)]


def _interchanges(network: Network, ramps: Ints, known: dict[str, Points]) -> dict[int, Points]:
    node, name = _ends(network, ramps)
    at = to_plane(network.node_lon[node], network.node_lat[node])
    return {
        int(one): known.get(network.names[one], np.median(at[name == one], axis=0)) for one in np.unique(name).tolist()
    }


def _ramps_by_road(network: Network, roads: Ints, ramps: Ints) -> dict[int, list[int]]:
    """Names of the ramps that leave or enter each road."""
    ramp_node, ramp_name = _ends(network, ramps)
    road_node, road_name = _ends(network, roads)
    names_at: dict[int, set[int]] = {}
    for node, name in zip(ramp_node.tolist(), ramp_name.tolist(), strict=True):
        names_at.setdefault(node, set()).add(name)
    found: dict[int, set[int]] = {}
    touched = np.isin(road_node, ramp_node)
    for node, name in zip(road_node[touched].tolist(), road_name[touched].tolist(), strict=True):
        found.setdefault(name, set()).update(names_at[node])
    return {road: sorted(names) for road, names in found.items()}

"""By which nodes positions enter and leave the network, and what that takes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit, types

from geo_data.roads.compiled import F64, I32, READ_F64, READ_I32, READ_I64, READ_U32, together
from geo_data.roads.hierarchy.labels import Seeds
from geo_data.roads.network import Floats, Ints, Network, Offsets
from geo_data.roads.snapping import Snapped
from geo_data.roads.ticks import Ticks, part


@dataclass(frozen=True, eq=False, slots=True)
class Doors:
    """Ways between positions and nodes, sorted by position.

    Parameters
    ----------
    node : (d,) int32
    ticks : (d,) float64
        Along the edge that leads to the node, or from it; closed ways are left out.
    place : (d,) int32
        Which position.
    edge : (d,) int32
        The edge that is driven in part; -1 for a position at a junction.
    share : (d,) float64
        Where on that edge the position stands.
    n_places : int
    """

    node: Ints
    ticks: Floats
    place: Ints
    edge: Ints
    share: Floats
    n_places: int

    @property
    def seeds(self) -> Seeds:
        """The same for the hierarchy."""
        return Seeds(self.node, self.ticks, self.place, self.n_places)


class Doorways:
    """Finds doors on a network.

    Parameters
    ----------
    network : Network
    slot : (m,) int32
        Where the ticks of each edge are in what the methods are given.
    turn_t : (m,) uint32
        Ticks of the turn into each edge.
    """

    def __init__(self, network: Network, slot: Ints, turn_t: Ticks) -> None:
        self._network, self._slot, self._turn_t = network, slot, turn_t
        self._edge_copies, self._node_copies = _copies(network.edge_origin), _copies(network.node_origin)

    def out(self, slot_t: Ticks, at: Snapped) -> Doors:
        """Ways out of each position: ahead and back along the twin, or from the junction where it stands on one."""
        head, tail, origin = self._network.head, self._network.tail, self._network.node_origin
        found = _out(at.edge, at.twin, at.fraction, head, tail, origin, self._slot, slot_t)
        node, ticks, place, edge, share = found
        return Doors(node, ticks, place, edge, share, len(at))

    def into(self, slot_t: Ticks, at: Snapped) -> Doors:
        """Ways into each position: along any copy of its edge or its twin, or to the junction where it stands on one."""
        head, tail, origin = self._network.head, self._network.tail, self._network.node_origin
        copies = (*self._edge_copies, *self._node_copies)
        found = _into(at.edge, at.twin, at.fraction, head, tail, origin, *copies, self._slot, slot_t, self._turn_t)
        node, ticks, place, edge, share = found
        return Doors(node, ticks, place, edge, share, len(at))

    def direct_t(self, slot_t: Ticks, start: Snapped, end: Snapped) -> Floats:
        """Ticks along one edge, without any node, from every start (rows) to every end (columns); else inf.

        So it is where both stand on one edge and the end lies ahead on it, or on its twin.
        """
        return np.asarray(_direct(start.edge, start.twin, start.fraction, end.edge, end.fraction, self._slot, slot_t))

    def driven_t(self, slot_t: Ticks, edge: Ints, share: Floats) -> Floats:
        """Ticks of each edge of a way of which a share is driven; a turn costs as much, however little that is."""
        return np.asarray(_driven(self._slot, slot_t, self._turn_t, edge, share))


def _copies(origin: Ints) -> tuple[Offsets, Ints]:
    """Rows of the copies of each node or edge, the original among them."""
    order = np.argsort(origin, kind="stable").astype(np.int32)
    return np.searchsorted(origin[order], np.arange(len(origin) + 1)).astype(np.int64), order


@njit(
    together(I32, F64, I32, I32, F64)(READ_I32, READ_I32, READ_F64, READ_I32, READ_I32, READ_I32, READ_I32, READ_U32),
    cache=True,
    nogil=True,
)
def _out(edge: Any, twin: Any, fraction: Any, head: Any, tail: Any, node_origin: Any, slot: Any, slot_t: Any) -> Any:
    most = 2 * len(edge)
    node, place, by, share, ticks = (
        np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most), np.empty(most),
    )  # fmt: skip
    size = 0
    for i in range(len(edge)):
        if edge[i] < 0:
            continue
        if fraction[i] <= 0.0 or fraction[i] >= 1.0:
            here = head[edge[i]] if fraction[i] >= 1.0 else tail[edge[i]]
            node[size], ticks[size], place[size], by[size], share[size] = node_origin[here], 0.0, i, -1, 0.0
            size += 1
            continue
        for on, behind in ((edge[i], fraction[i]), (twin[i], 1.0 - fraction[i])):
            spent = part(slot_t[slot[on]], 1.0 - behind) if on >= 0 else np.inf
            if spent < np.inf:
                node[size], ticks[size], place[size], by[size], share[size] = head[on], spent, i, on, behind
                size += 1
    return node[:size], ticks[:size], place[:size], by[:size], share[:size]


@njit(
    together(I32, F64, I32, I32, F64)(
        READ_I32, READ_I32, READ_F64, READ_I32, READ_I32, READ_I32,
        READ_I64, READ_I32, READ_I64, READ_I32, READ_I32, READ_U32, READ_U32,
    ),
    cache=True,
    nogil=True,
)  # fmt: skip
def _into(
    edge: Any, twin: Any, fraction: Any, head: Any, tail: Any, node_origin: Any,
    first_edge_copy: Any, edge_copy: Any, first_node_copy: Any, node_copy: Any, slot: Any, slot_t: Any,
    turn_t: Any,
) -> Any:  # fmt: skip
    node, place, by = [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)], [np.int32(0) for _ in range(0)]
    ticks, share = [0.0 for _ in range(0)], [0.0 for _ in range(0)]
    for i in range(len(edge)):
        if edge[i] < 0:
            continue
        if fraction[i] <= 0.0 or fraction[i] >= 1.0:
            here = node_origin[head[edge[i]] if fraction[i] >= 1.0 else tail[edge[i]]]
            for c in node_copy[first_node_copy[here] : first_node_copy[here + 1]]:
                node.append(c)
                ticks.append(0.0)
                place.append(np.int32(i))
                by.append(np.int32(-1))
                share.append(0.0)
            continue
        for on, behind in ((edge[i], fraction[i]), (twin[i], 1.0 - fraction[i])):
            spent = part(slot_t[slot[on]], behind) if on >= 0 else np.inf
            if spent < np.inf:
                for c in edge_copy[first_edge_copy[on] : first_edge_copy[on + 1]]:
                    node.append(tail[c])
                    ticks.append(turn_t[c] + spent)
                    place.append(np.int32(i))
                    by.append(c)
                    share.append(behind)
    return np.array(node), np.array(ticks), np.array(place), np.array(by), np.array(share)


@njit(
    types.float64[:, ::1](READ_I32, READ_I32, READ_F64, READ_I32, READ_F64, READ_I32, READ_U32),
    cache=True,
    nogil=True,
)
def _direct(start_edge: Any, start_twin: Any, start: Any, end_edge: Any, end: Any, slot: Any, slot_t: Any) -> Any:
    found = np.full((len(start), len(end)), np.inf)
    for i in range(len(start)):
        for j in range(len(end)):
            if start_edge[i] == end_edge[j] and start_edge[i] >= 0:
                gap = end[j] - start[i]
                if gap >= 0.0:
                    found[i, j] = part(slot_t[slot[start_edge[i]]], gap)
                if gap <= 0.0 and start_twin[i] >= 0:
                    found[i, j] = min(found[i, j], part(slot_t[slot[start_twin[i]]], -gap))
    return found


@njit(F64(READ_I32, READ_U32, READ_U32, READ_I32, READ_F64), cache=True, nogil=True)
def _driven(slot: Any, slot_t: Any, turn_t: Any, edge: Any, share: Any) -> Any:
    ticks = np.empty(len(edge))
    for i in range(len(edge)):
        e = edge[i]
        ticks[i] = turn_t[e] + part(slot_t[slot[e]] - turn_t[e], share[i])
    return ticks

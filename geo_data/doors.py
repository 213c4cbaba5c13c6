"""By which nodes positions enter and leave the network, and what that takes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_data.hierarchy.labels import Seeds
from geo_data.network import Floats, Ints, Network
from geo_data.road_edges import ragged_take
from geo_data.snapping import Snapped


@dataclass(frozen=True, eq=False, slots=True)
class Doors:
    """Ways between positions and nodes, sorted by position.

    Parameters
    ----------
    node : (d,) int32
    seconds : (d,) float64
        Along the edge that leads to the node, or from it; inf where there is no such way.
    place : (d,) int32
        Which position.
    edge : (d,) int32
        The edge that is driven in part; -1 for a position at a junction.
    share : (d,) float64
        Where on that edge the position stands.
    n_places : int
    """

    node: Ints
    seconds: Floats
    place: Ints
    edge: Ints
    share: Floats
    n_places: int

    @property
    def seeds(self) -> Seeds:
        """The same for the hierarchy."""
        return Seeds(self.node, self.seconds, self.place, self.n_places)


class Doorways:
    """Finds doors on a network.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._edge_copies = _Copies(network.edge_origin)
        self._node_copies = _Copies(network.node_origin)

    def out(self, edge_s: Floats, at: Snapped) -> Doors:
        """Three ways out of each position: ahead, back along the twin, and from the junction where it stands on one."""
        head, tail = self._network.head, self._network.tail
        onward = at.fraction >= 1.0
        node = self._network.node_origin[np.where(onward, head[at.edge], tail[at.edge])]
        here = (at.edge >= 0) & (onward | (at.fraction <= 0.0))
        place = np.arange(len(at), dtype=np.int32)
        return _sorted(
            len(at),
            (head[at.edge], _part_s(edge_s, at.edge, 1 - at.fraction), place, at.edge, at.fraction),
            (head[at.twin], _part_s(edge_s, at.twin, at.fraction), place, at.twin, 1 - at.fraction),
            (node, np.where(here, 0.0, np.inf), place, np.full(len(at), -1), at.fraction),
        )

    def into(self, edge_s: Floats, at: Snapped) -> Doors:
        """Ways into each position: along any copy of its edge or its twin, or at its junction by any road."""
        head, tail = self._network.head, self._network.tail
        found = []
        for edge, share in ((at.edge, at.fraction), (at.twin, 1 - at.fraction)):
            copy, place = self._edge_copies.of(edge)
            found.append((tail[copy], _part_s(edge_s, copy, share[place]), place, copy, share[place]))
        end = np.where(at.fraction >= 1.0, head[at.edge], tail[at.edge])
        at_one = (at.edge >= 0) & ((at.fraction >= 1.0) | (at.fraction <= 0.0))
        copy, place = self._node_copies.of(np.where(at_one, self._network.node_origin[end], -1))
        found.append((copy, np.zeros(len(copy)), place, np.full(len(copy), -1), np.zeros(len(copy))))
        return _sorted(len(at), *found)


class _Copies:
    """Finds all copies of nodes or edges, the originals among them."""

    def __init__(self, origin: Ints) -> None:
        n = len(origin)
        self._alone = bool((origin == np.arange(n)).all())
        self._order = np.argsort(origin, kind="stable").astype(np.int32)
        self._first = np.searchsorted(origin[self._order], np.arange(n + 1)).astype(np.int64)

    def of(self, originals: Ints) -> tuple[Ints, Ints]:
        """All copies, and which original each belongs to; none for -1."""
        which = np.flatnonzero(originals >= 0).astype(np.int32)
        if self._alone:
            return originals[which].astype(np.int32), which
        rows, first = ragged_take(self._first, originals[which])
        return self._order[rows], np.repeat(which, np.diff(first)).astype(np.int32)


def _sorted(n: int, *parts: tuple[npt.NDArray[np.generic], ...]) -> Doors:
    node, seconds, place, edge, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    open_ones = np.flatnonzero(seconds < np.inf)
    order = open_ones[np.argsort(place[open_ones], kind="stable")]
    return Doors(
        node=node[order].astype(np.int32),
        seconds=seconds[order].astype(np.float64),
        place=place[order].astype(np.int32),
        edge=edge[order].astype(np.int32),
        share=share[order].astype(np.float64),
        n_places=n,
    )


def direct_s(edge_s: Floats, start: Snapped, end: Snapped) -> Floats:
    """Seconds along one edge, without any node, from every start (rows) to every end (columns); else inf.

    So it is where both stand on one edge and the end lies ahead on it, or on its twin.
    """
    found = np.full((len(start), len(end)), np.inf)
    row, column = np.nonzero((start.edge[:, None] == end.edge[None, :]) & (start.edge >= 0)[:, None])
    gap = end.fraction[column] - start.fraction[row]
    ahead = _part_s(edge_s, start.edge[row], np.abs(gap))
    behind = _part_s(edge_s, start.twin[row], np.abs(gap))
    found[row, column] = np.minimum(np.where(gap >= 0, ahead, np.inf), np.where(gap <= 0, behind, np.inf))
    return found


def _part_s(edge_s: Floats, edge: Ints, share: Floats) -> Floats:
    """Seconds for a share of an edge; nothing of a closed edge takes no time, and no edge (-1) leads nowhere."""
    seconds = np.multiply(edge_s[edge], share, out=np.zeros(len(edge)), where=share > 0)
    return np.where(edge >= 0, seconds, np.inf)

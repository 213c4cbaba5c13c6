"""Chains of street segments between junctions become one edge each, by OSMnx's own rules.

What is an endpoint follows OSMnx's `simplification._is_endpoint` (G. Boeing, "Topological Graph Simplification
Solutions to the Street Intersection Miscount Problem", Transactions in GIS 29(3), 2025), so that counts agree.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_data.roads.network import Ints, Offsets

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chains:
    """Edges made of consecutive segments.

    Parameters
    ----------
    segment : (s,) int64
        Segments of all chains, one chain after the other, in the direction of travel.
    first : (m+1,) int64
        Segments ``segment[first[e]:first[e+1]]`` make up edge e.
    """

    segment: Index
    first: Offsets

    def ends(self, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
        """First and last node of each chain, given the ends of the segments."""
        return tail[self.first_segment()], head[self.last_segment()]

    def first_segment(self) -> Index:
        """Segment each chain begins with."""
        return self.segment[self.first[:-1]]

    def last_segment(self) -> Index:
        """Segment each chain ends with."""
        return self.segment[self.first[1:] - 1]


def find_endpoints(tail: Ints, head: Ints, n_nodes: int) -> npt.NDArray[np.bool_]:
    """Whether each node is a true end of an edge: a junction, a dead end, a change of direction, or a loop's node."""
    leaving = np.bincount(tail, minlength=n_nodes)
    arriving = np.bincount(head, minlength=n_nodes)
    low, high = np.minimum(tail, head).astype(np.int64), np.maximum(tail, head)
    pairs = np.unique(low * n_nodes + high)
    neighbours = np.bincount(pairs // n_nodes, minlength=n_nodes) + np.bincount(pairs % n_nodes, minlength=n_nodes)
    degree = leaving + arriving
    inner = (neighbours == 2) & ((degree == 2) | (degree == 4)) & (leaving > 0) & (arriving > 0)
    inner[tail[tail == head]] = False
    return np.asarray(~inner)


def find_chains(tail: Ints, head: Ints, n_nodes: int) -> Chains:
    """Join segments across all nodes that are not endpoints.

    Of several segments between the same two nodes inside a chain, one is kept; closed rings without any junction are
    left out, for nothing leads to them.
    """
    endpoint = find_endpoints(tail, head, n_nodes)
    kept = _without_doubles(tail, head, endpoint, n_nodes)
    root, place = _root_and_place(tail[kept], head[kept], endpoint)
    order = np.lexsort((place, root))
    root = root[order]
    starts = np.flatnonzero(np.diff(root, prepend=-1))
    first = np.append(starts, len(root)).astype(np.int64)
    chains = Chains(kept[order], first)
    return _only_whole(chains, tail, head, endpoint)


def _without_doubles(tail: Ints, head: Ints, endpoint: npt.NDArray[np.bool_], n_nodes: int) -> Index:
    """All segments between endpoints, and the first of each set of equal segments at inner nodes."""
    _, once = np.unique(tail.astype(np.int64) * n_nodes + head, return_index=True)
    kept = endpoint[tail] & endpoint[head]
    kept[once] = True
    return np.flatnonzero(kept)


def _root_and_place(tail: Ints, head: Ints, endpoint: npt.NDArray[np.bool_]) -> tuple[Index, Index]:
    """For each segment the first segment of its chain and the number of steps from there (pointer doubling)."""
    root = _previous(tail, head, endpoint)
    place = (root != np.arange(len(root))).astype(np.int64)
    for _ in range(len(root).bit_length()):
        further = root[root]
        if np.array_equal(further, root):
            break
        place += place[root]
        root = further
    return root, place


def _previous(tail: Ints, head: Ints, endpoint: npt.NDArray[np.bool_]) -> Index:
    """The segment before each segment; itself where its tail is an endpoint or nothing leads on."""
    everyone = np.arange(len(tail))
    by_head = np.argsort(head, kind="stable")
    into = np.searchsorted(head[by_head], np.arange(len(endpoint) + 1))
    begin, end = into[tail], into[tail + 1]
    last = max(len(tail) - 1, 0)
    one, other = by_head[np.minimum(begin, last)], by_head[np.minimum(begin + 1, last)]
    before = np.where((end > begin) & (tail[one] != head), one, everyone)
    turning = (end > begin + 1) & (tail[one] == head) & (tail[other] != head)
    before = np.where(turning, other, before)
    return np.asarray(np.where(endpoint[tail], everyone, before), dtype=np.int64)


def _only_whole(chains: Chains, tail: Ints, head: Ints, endpoint: npt.NDArray[np.bool_]) -> Chains:
    start, end = chains.ends(tail, head)
    whole = endpoint[start] & endpoint[end]
    size = np.diff(chains.first)
    return Chains(
        segment=chains.segment[np.repeat(whole, size)],
        first=np.concatenate([[0], np.cumsum(size[whole])]).astype(np.int64),
    )

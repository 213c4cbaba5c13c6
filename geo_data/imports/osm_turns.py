"""From turn restrictions as tagged (ways and a node) to restrictions on edges."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from geo_data.imports.osm_read import Streets, Turn
from geo_data.roads.compile import Restriction
from geo_data.roads.network import Ints
from geo_data.roads.simplify import Chains

NO_JUNCTION = "there is no junction at its node"
NOT_FOUND = "a road is not on the network"
UNCLEAR = "a road passes through the node, so its arm is unclear"

_Arms = dict[tuple[int, int], list[int]]


@dataclass(frozen=True)
class _Junctions:
    """Edges into and out of the nodes that restrictions name, by node and way; and the ends of all edges."""

    arriving: _Arms
    leaving: _Arms
    tail: Ints
    head: Ints

    def has(self, node: int) -> bool:
        return node in self._nodes

    @cached_property
    def _nodes(self) -> set[int]:
        return {node for node, _ in self.arriving} | {node for node, _ in self.leaving}


def edge_restrictions(
    streets: Streets, chains: Chains, tail: Ints, head: Ints
) -> tuple[list[Restriction], Counter[str]]:
    """Find the edges each restriction speaks of.

    Parameters
    ----------
    streets : Streets
    chains : Chains
        Edges as chains of the streets' segments.
    tail, head : (m,) int32
        Ends of the chains.

    Returns
    -------
    list of Restriction, Counter
        The restrictions, and how many were ignored by reason.
    """
    way = np.array(streets.way_ids, dtype=np.int64)[streets.row]
    vias = {streets.number[turn.via_node] for turn in streets.turns if turn.via_node in streets.number}
    junctions = _Junctions(
        arriving=_arms(vias, head, way[chains.last_segment()]),
        leaving=_arms(vias, tail, way[chains.first_segment()]),
        tail=tail,
        head=head,
    )
    found: list[Restriction] = []
    ignored: Counter[str] = Counter()
    for turn in streets.turns:
        rules = list(_rules(turn, streets.number.get(turn.via_node, -1), junctions))
        found += [rule for rule in rules if isinstance(rule, Restriction)]
        ignored.update([rule for rule in rules if isinstance(rule, str)][:1])
    return found, ignored


def _arms(nodes: set[int], end: Ints, way: npt.NDArray[np.int64]) -> _Arms:
    """Edges that touch the given nodes, by node and the way they touch it with."""
    arms: _Arms = defaultdict(list)
    for edge in np.flatnonzero(np.isin(end, list(nodes))):
        arms[int(end[edge]), int(way[edge])].append(int(edge))
    return dict(arms)


def _rules(turn: Turn, via: int, junctions: _Junctions) -> Iterator[Restriction | str]:
    """Restrictions a tagged turn stands for, or the reason why it stands for none."""
    if not junctions.has(via):
        yield NOT_FOUND if via < 0 else NO_JUNCTION
        return
    only = turn.kind.startswith("only_")
    for from_way in turn.from_ways:
        for to_way in turn.to_ways:
            into, out = junctions.arriving.get((via, from_way), []), junctions.leaving.get((via, to_way), [])
            back = [(i, o) for i in into for o in out if junctions.tail[i] == junctions.head[o]]
            if not into or not out:
                yield NOT_FOUND
            elif len(into) == len(out) == 1:
                yield Restriction(into[0], via, out[0], only)
            elif from_way == to_way and turn.kind == "no_u_turn":
                yield from (Restriction(i, via, o, only) for i, o in back)
            else:
                yield UNCLEAR

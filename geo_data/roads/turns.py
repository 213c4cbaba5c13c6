"""Turn restrictions and turn costs as local node splits, so that a plain shortest-path search obeys them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_data.roads.network import Floats, Ints
from geo_data.roads.turn_costs import NO_COSTS, TurnCosts


@dataclass(frozen=True, slots=True)
class Restriction:
    """One banned, or one compulsory, turn.

    Parameters
    ----------
    from_edge : int
        The edge one comes by; its head is ``via_node``.
    via_node : int
    to_edge : int
        The exit one must not take, or, where ``only``, the one exit one may take; its tail is ``via_node``.
    only : bool
        Whether ``to_edge`` is the one exit allowed.
    """

    from_edge: int
    via_node: int
    to_edge: int
    only: bool


@dataclass(frozen=True)
class Splits:
    """What restrictions and costs do to a graph of n nodes and m edges.

    Parameters
    ----------
    head : (m,) int32
        New head of every edge; n + c where it leads to copy c.
    node_origin : (c,) int32
        The node each copy stands for.
    edge_origin, edge_tail : (k,) int32
        Edges that leave the copies: which edge each stands for, and the copy (n + c) it leaves.
    turn_s : (k,) float64
        What turning into each of them costs.
    applied : int
        Restrictions in force.
    ignored : Counter
        Restrictions not in force, by reason.
    """

    head: Ints
    node_origin: Ints
    edge_origin: Ints
    edge_tail: Ints
    turn_s: Floats
    applied: int
    ignored: Counter[str]


NOT_ON_NETWORK = "a road is not on the network"
NOT_JOINED = "the roads do not meet at the node"
NO_EXIT = "it would leave no way on"


def plan_splits(
    tail: Ints,
    head: Ints,
    alive: npt.NDArray[np.bool_],
    n_nodes: int,
    restrictions: Sequence[Restriction],
    costs: TurnCosts = NO_COSTS,
) -> Splits:
    """Give every edge after which turns are restricted, or cost, a copy of its head with exits of its own.

    Restrictions on the same edge are combined; edges into one node with the same exits and costs share a copy.
    """
    by_edge, ignored = _sort_by_edge(tail, head, alive, restrictions)
    dear = _costs_by_edge(costs, alive)
    exits = _exits_of({int(head[edge]) for edge in (*by_edge, *dear)}, tail, alive)
    new_head = head.astype(np.int32)
    copies: dict[tuple[int, tuple[tuple[int, float], ...]], int] = {}
    applied = 0
    for edge in dict.fromkeys((*by_edge, *dear)):
        node, rules = int(head[edge]), by_edge.get(edge, [])
        allowed = _allowed(exits[node], rules)
        if not allowed:
            ignored[NO_EXIT] += len(rules)
            allowed = exits[node]
        else:
            applied += len(rules)
        ways = tuple((to, dear.get(edge, {}).get(to, 0.0)) for to in allowed)
        if len(allowed) < len(exits[node]) or any(seconds for _, seconds in ways):
            new_head[edge] = n_nodes + copies.setdefault((node, ways), len(copies))
    out = [(edge, n_nodes + copy, seconds) for (_, ways), copy in copies.items() for edge, seconds in ways]
    return Splits(
        head=new_head,
        node_origin=np.array([node for node, _ in copies], dtype=np.int32),
        edge_origin=np.array([edge for edge, _, _ in out], dtype=np.int32),
        edge_tail=np.array([copy for _, copy, _ in out], dtype=np.int32),
        turn_s=np.array([seconds for _, _, seconds in out], dtype=np.float64),
        applied=applied,
        ignored=ignored,
    )


def _costs_by_edge(costs: TurnCosts, alive: npt.NDArray[np.bool_]) -> dict[int, dict[int, float]]:
    found: dict[int, dict[int, float]] = defaultdict(dict)
    some = alive[costs.from_edge] & alive[costs.to_edge]
    columns = (costs.from_edge[some].tolist(), costs.to_edge[some].tolist(), costs.seconds[some].tolist())
    for edge, to, seconds in zip(*columns, strict=True):
        found[edge][to] = seconds
    return found


def _exits_of(nodes: set[int], tail: Ints, alive: npt.NDArray[np.bool_]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for edge in np.flatnonzero(alive & np.isin(tail, list(nodes))):
        found[int(tail[edge])].append(int(edge))
    return {node: tuple(edges) for node, edges in found.items()}


def _sort_by_edge(
    tail: Ints, head: Ints, alive: npt.NDArray[np.bool_], restrictions: Sequence[Restriction]
) -> tuple[dict[int, list[Restriction]], Counter[str]]:
    by_edge: dict[int, list[Restriction]] = defaultdict(list)
    ignored: Counter[str] = Counter()
    for rule in restrictions:
        if not (alive[rule.from_edge] and alive[rule.to_edge]):
            ignored[NOT_ON_NETWORK] += 1
        elif head[rule.from_edge] != rule.via_node or tail[rule.to_edge] != rule.via_node:
            ignored[NOT_JOINED] += 1
        else:
            by_edge[rule.from_edge].append(rule)
    return by_edge, ignored


def _allowed(exits: tuple[int, ...], rules: Sequence[Restriction]) -> tuple[int, ...]:
    """Exits left by all rules together; several compulsory turns leave a choice between them."""
    banned = {rule.to_edge for rule in rules if not rule.only}
    only = {rule.to_edge for rule in rules if rule.only}
    return tuple(edge for edge in exits if edge not in banned and (not only or edge in only))

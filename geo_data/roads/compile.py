"""From loose road edges to a compiled network: one connected whole, in rows, with turn restrictions built in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dispatch.errors import InvalidInput
from geo_data.roads.network import Ints, Network
from geo_data.roads.road_edges import RoadEdges, RoadEdgesBuilder
from geo_data.roads.turn_costs import NO_COSTS, TurnCosts
from geo_data.roads.turns import Restriction, Splits, plan_splits

__all__ = ["Restriction", "RoadEdges", "RoadEdgesBuilder", "compile_network"]

# Sparse matrices read a zero as "no edge", so two map nodes on one spot are taken to lie a centimetre apart.
SHORTEST_M = 0.01


def compile_network(
    edges: RoadEdges,
    restrictions: Sequence[Restriction] = (),
    *,
    costs: TurnCosts = NO_COSTS,
    title: str,
    source: str,
    schematic: bool,
    dropped: Mapping[str, int] | None = None,
    ignored: Mapping[str, int] | None = None,
) -> Network:
    """Keep the largest strongly connected part, build the restrictions into it and sort it into rows.

    The result is strongly connected for a driver: from every edge, every edge can be reached, itself or as a copy. Base
    edges that restrictions cut off are dropped and counted, and a restriction that would leave its edge without any
    exit is ignored and counted: on the ground somebody does leave that road. A base node whose every entrance is
    restricted is entered as its copies only, so a search towards an edge must look at all copies of that edge.

    Parameters
    ----------
    edges : RoadEdges
    restrictions : sequence of Restriction
        Edge and node numbers of ``edges``.
    costs : TurnCosts
        The same.
    title, source : str
        What the network is and where it comes from; shown to people.
    schematic : bool
        Whether it is a drawn stand-in (示意路网).
    dropped, ignored : mapping of str to int, optional
        Roads dropped and restrictions ignored before this step, by reason; they are kept in ``meta``.

    Returns
    -------
    Network
        Base nodes and edges first (``edge_origin[:base_edges]`` counts up from 0), copies after them.

    Raises
    ------
    InvalidInput
        When nothing is connected.
    """
    losses: Counter[str] = Counter(dropped or {})
    kept, splits = _settle(edges, restrictions, costs, losses)
    skipped = Counter(ignored or {}) + splits.ignored
    meta = {
        "title": title,
        "source": source,
        "schematic": schematic,
        "base_edges": len(kept),
        "restrictions_applied": splits.applied,
        "restrictions_ignored": dict(sorted(skipped.items())),
        "dropped": dict(sorted(losses.items())),
    }
    return _assemble(edges, kept, splits, meta)


def _settle(
    edges: RoadEdges, restrictions: Sequence[Restriction], costs: TurnCosts, losses: Counter[str]
) -> tuple[npt.NDArray[np.int64], Splits]:
    """Edges to keep, and the splits among them, such that nothing is cut off."""
    alive = np.ones(edges.n_edges, dtype=bool)
    _keep_connected(edges, alive, losses, "not connected")
    while True:
        splits = plan_splits(edges.tail, edges.head, alive, edges.n_nodes, restrictions, costs)
        lost = _cut_off(edges, alive, splits)
        if not lost.any():
            return np.flatnonzero(alive), splits
        losses["edges cut off by turn restrictions"] += int(lost.sum())
        alive &= ~lost
        _keep_connected(edges, alive, losses, "cut off by turn restrictions")


def _keep_connected(edges: RoadEdges, alive: npt.NDArray[np.bool_], losses: Counter[str], reason: str) -> None:
    before = np.unique(np.concatenate([edges.tail[alive], edges.head[alive]]))
    label = _largest_part(edges.tail[alive], edges.head[alive], edges.n_nodes)
    inside = alive & label[edges.tail] & label[edges.head]
    if not inside.any():
        raise InvalidInput("No two places in these roads can be reached from each other: check the area and the tags.")
    losses[f"edges {reason}"] += int(alive.sum() - inside.sum())
    losses[f"nodes {reason}"] += len(before) - int(label.sum())
    alive &= inside


def _largest_part(tail: Ints, head: Ints, n_nodes: int) -> npt.NDArray[np.bool_]:
    """Whether each node belongs to the strongly connected part with the most nodes."""
    graph = coo_array((np.ones(len(tail), dtype=np.int32), (tail, head)), shape=(n_nodes, n_nodes)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    return np.asarray(label == np.bincount(label).argmax())


def _cut_off(edges: RoadEdges, alive: npt.NDArray[np.bool_], splits: Splits) -> npt.NDArray[np.bool_]:
    """Living edges of which no copy lies in the largest part of the split graph."""
    live = np.flatnonzero(alive)
    origin = np.concatenate([live, splits.edge_origin])
    tail = np.concatenate([edges.tail[live], splits.edge_tail])
    head = splits.head[origin]
    inside = _largest_part(tail, head, edges.n_nodes + len(splits.node_origin))
    usable = np.zeros(edges.n_edges, dtype=bool)
    usable[origin[inside[tail] & inside[head]]] = True
    return alive & ~usable


def _assemble(edges: RoadEdges, kept: npt.NDArray[np.int64], splits: Splits, meta: dict[str, Any]) -> Network:
    """Renumber nodes and edges, base first, and lay them out in rows."""
    nodes = _beside_each_other(edges, np.unique(edges.tail[kept]))
    base_nodes = len(nodes)
    number = np.full(edges.n_nodes + len(splits.node_origin), -1, dtype=np.int32)
    number[nodes] = np.arange(base_nodes, dtype=np.int32)
    number[edges.n_nodes :] = base_nodes + np.arange(len(splits.node_origin), dtype=np.int32)

    origin = np.concatenate([kept, splits.edge_origin])
    tail = number[np.concatenate([edges.tail[kept], splits.edge_tail])]
    order = np.argsort(tail, kind="stable")
    origin, tail = origin[order], tail[order]
    edge_number = np.empty(edges.n_edges, dtype=np.int32)
    edge_number[origin[: len(kept)]] = np.arange(len(kept), dtype=np.int32)

    rows = edges.take(origin)
    node_origin = np.concatenate([np.arange(base_nodes), number[splits.node_origin]]).astype(np.int32)
    counts = np.bincount(tail, minlength=len(node_origin))
    name, ref, names = _compact_names(rows)
    return Network(
        node_lon=edges.node_lon[nodes][node_origin],
        node_lat=edges.node_lat[nodes][node_origin],
        node_origin=node_origin,
        first_out=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        tail=tail,
        head=number[splits.head[origin]],
        edge_origin=edge_number[origin],
        length_m=np.maximum(rows.length_m, SHORTEST_M),
        speed_kph=rows.speed_kph,
        turn_s=np.concatenate([np.zeros(len(kept)), splits.turn_s])[order],
        road_class=rows.road_class,
        flags=rows.flags,
        lanes=rows.lanes,
        name=name,
        ref=ref,
        first_point=rows.first_point,
        point_lon=rows.point_lon,
        point_lat=rows.point_lat,
        names=names,
        meta={**meta, "base_nodes": base_nodes},
    )


def _beside_each_other(edges: RoadEdges, nodes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Nodes along a Hilbert curve: what is searched together lies together in memory, which halves the time of it."""
    from geopandas import GeoSeries, points_from_xy  # noqa: PLC0415  (slow to import; only a compiler asks)

    places = GeoSeries(points_from_xy(edges.node_lon[nodes], edges.node_lat[nodes]))
    return nodes[np.argsort(places.hilbert_distance().to_numpy(), kind="stable")]


def _compact_names(rows: RoadEdges) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Number only the names still in use; a line break inside a name becomes a blank, for names are stored by line."""
    used = np.unique(np.concatenate([rows.name, rows.ref]))
    used = used[used >= 0]
    number = np.full(len(rows.names) + 1, -1, dtype=np.int32)  # the last place is for "none", index -1
    number[used] = np.arange(len(used), dtype=np.int32)
    return number[rows.name], number[rows.ref], tuple(" ".join(rows.names[i].split()) for i in used)

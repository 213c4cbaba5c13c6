"""What a turn costs at a junction of main roads: a left turn across traffic, a U-turn, by how large the junction is.

Speeds here are means over whole links, junctions included (see `geo_data.roads.speeds`), so driving straight on or turning
right costs nothing more. What a left turn and a U-turn cost besides is **assumed**: about the difference that a
protected left phase makes at signals of the size usual for the class (control delays of level of service B to C,
10 to 35 s, Highway Capacity Manual 2010, exhibit 18-4).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_data.roads.network import RAMP, ROAD_CLASSES, Floats
from geo_data.roads.plane import to_plane
from geo_data.roads.road_edges import RoadEdges, ragged_take

LEFT_S = {"trunk": 20.0, "primary": 20.0, "secondary": 14.0, "tertiary": 8.0}
U_TURN_S = {"trunk": 30.0, "primary": 30.0, "secondary": 22.0, "tertiary": 15.0}
LEGS = 3  # main roads that meet in a junction, at least
LEFT_FROM = np.radians(45.0)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TurnCosts:
    """Seconds that turns cost; turns not named cost nothing.

    Parameters
    ----------
    from_edge, to_edge : (k,) int64
        The edge one comes by, and the one that leaves its head.
    seconds : (k,) float64
        More than 0.
    """

    from_edge: Rows
    to_edge: Rows
    seconds: Floats


NO_COSTS = TurnCosts(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))


def assumed_turn_costs(edges: RoadEdges) -> TurnCosts:
    """Costs of all left and U-turns between main roads (trunk to tertiary, no ramps) where at least three meet."""
    rank = np.array([ROAD_CLASSES.index(name) for name in LEFT_S])
    main = np.isin(edges.road_class, rank) & (edges.flags & RAMP == 0)
    largest = _largest_at_junctions(edges, np.flatnonzero(main))
    come = np.flatnonzero(main & (largest[edges.head] < len(ROAD_CLASSES)))
    go = np.flatnonzero(main)
    go = go[np.argsort(edges.tail[go], kind="stable")]
    first = np.searchsorted(edges.tail[go], np.arange(edges.n_nodes + 1)).astype(np.int64)
    rows, offsets = ragged_take(first, edges.head[come])
    start, stop = np.repeat(come, np.diff(offsets)), go[rows]
    seconds = _seconds(edges, start, stop, largest[edges.head[start]])
    some = seconds > 0
    return TurnCosts(start[some], stop[some], seconds[some])


def _largest_at_junctions(edges: RoadEdges, main: Rows) -> npt.NDArray[np.int64]:
    """For each node the rank of the largest road in its junction; beyond all ranks where there is none."""
    ends = np.concatenate([edges.tail[main], edges.head[main]]).astype(np.int64)
    others = np.concatenate([edges.head[main], edges.tail[main]])
    legs = np.unique(np.column_stack([ends, others])[ends != others], axis=0)
    count = np.bincount(legs[:, 0], minlength=edges.n_nodes)
    largest = np.full(edges.n_nodes, len(ROAD_CLASSES))
    np.minimum.at(largest, ends, np.tile(edges.road_class[main], 2))
    return np.where(count >= LEGS, largest, len(ROAD_CLASSES))


def _seconds(edges: RoadEdges, start: Rows, stop: Rows, largest: npt.NDArray[np.int64]) -> Floats:
    left_s, back_s = (np.array([table.get(name, 0.0) for name in ROAD_CLASSES]) for table in (LEFT_S, U_TURN_S))
    first, last = edges.first_point[:-1], edges.first_point[1:] - 1
    turned = _heading(edges, first[stop], first[stop] + 1) - _heading(edges, last[start] - 1, last[start])
    turned = (turned + np.pi) % (2 * np.pi) - np.pi  # counter-clockwise, so left is more than 0
    back = edges.head[stop] == edges.tail[start]
    left = (turned > LEFT_FROM) & ~back
    return np.where(back, back_s[largest], np.where(left, left_s[largest], 0.0))


def _heading(edges: RoadEdges, a: Rows, b: Rows) -> Floats:
    step = to_plane(edges.point_lon[b], edges.point_lat[b]) - to_plane(edges.point_lon[a], edges.point_lat[a])
    return np.asarray(np.arctan2(step[:, 1], step[:, 0]))

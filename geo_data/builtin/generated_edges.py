"""Generated streets as road edges, beside the drawn ones: all reachable, both ways or one way, named or not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo_data.builtin.generated import SECONDARY_M, SEED, TERTIARY_M, Plan
from geo_data.builtin.junctions import Index
from geo_data.builtin.places import builtin_places
from geo_data.builtin.roads import builtin_roads
from geo_data.builtin.street_names import street_names
from geo_data.builtin.water import water_in_plane
from geo_data.roads.free_flow import FREE_FLOW_KPH
from geo_data.roads.network import GENERATED, ROAD_CLASSES
from geo_data.roads.plane import CENTRE, M_PER_LAT, M_PER_LON, Points
from geo_data.roads.road_edges import RoadEdges, polyline_length_m, ragged_take

SHORTEST_STUB_M = 35.0
THIN_M = 3.0
RURAL_M = 285.0  # where streets lie wider apart they are country lanes
LANES = {"secondary": 2}

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Stretches of street between neighbouring junctions, drawn by the points ``first[i]:first[i+1]``."""

    street: Index
    tail: Index
    head: Index
    first: Index
    point: Points

    def take(self, rows: Index) -> "_Pieces":
        points, first = ragged_take(self.first, rows)
        return _Pieces(self.street[rows], self.tail[rows], self.head[rows], first, self.point[points])


def with_streets(drawn: RoadEdges, nodes: Mapping[str, int], plan: Plan) -> RoadEdges:
    """Add the streets of ``plan`` to the drawn roads.

    Parameters
    ----------
    drawn : RoadEdges
        A strongly connected whole.
    nodes : mapping of str to int
        Node of every place on a drawn road, by key.
    plan : Plan

    Returns
    -------
    RoadEdges
        The drawn edges first, then those flagged GENERATED; strongly connected where the drawn ones are.
    """
    pieces = _thinned(_pieces(plan))
    pieces = pieces.take(np.flatnonzero(_wanted(pieces, plan)))
    number, extra = _numbered(pieces, plan, nodes, drawn.n_nodes)
    pieces = replace(pieces, tail=number[pieces.tail], head=number[pieces.head])
    total = drawn.n_nodes + len(extra)
    joined = _joined(pieces, total, drawn.n_nodes)
    pieces = pieces.take(np.flatnonzero(joined))
    way = _open_traps(drawn, pieces, plan.one_way[pieces.street], total)
    lonlat = np.column_stack([CENTRE.lon + extra[:, 0] / M_PER_LON, CENTRE.lat + extra[:, 1] / M_PER_LAT]).round(6)
    node_lon = np.concatenate([drawn.node_lon, lonlat[:, 0]])
    node_lat = np.concatenate([drawn.node_lat, lonlat[:, 1]])
    forward = _columns(pieces, plan, np.flatnonzero(way >= 0), node_lon, node_lat, reverse=False)
    backward = _columns(pieces, plan, np.flatnonzero(way <= 0), node_lon, node_lat, reverse=True)
    names = _names(plan)
    return _merged(drawn, [forward, backward], names, node_lon, node_lat)


def _pieces(plan: Plan) -> _Pieces:
    """Cut the streets at their junctions; bends stay."""
    stations, lines = plan.stations, plan.streets.line
    point, street = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(point, axis=0, prepend=point[:1]).T)
    begins = np.flatnonzero(np.diff(street, prepend=-1))
    walked = np.cumsum(step)
    at_m = walked - np.repeat(walked[begins], np.diff([*begins, len(street)]))
    inner = np.ones(len(street), dtype=bool)
    inner[begins] = inner[[*(begins[1:] - 1), len(street) - 1]] = False
    all_street = np.concatenate([stations.street, street[inner]])
    all_at = np.concatenate([stations.at_m, at_m[inner]])
    all_junction = np.concatenate([stations.junction, np.full(inner.sum(), -1)])
    all_point = np.vstack([plan.stations.point[stations.junction], point[inner]])
    order = np.lexsort((all_junction < 0, all_at, all_street))
    at = np.flatnonzero(all_junction[order] >= 0)
    begin, end = at[:-1], at[1:]
    same = all_street[order][begin] == all_street[order][end]
    begin, end = begin[same], end[same]
    size = end - begin + 1
    first = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    flat = np.arange(first[-1]) + np.repeat(begin - first[:-1], size)
    sorted_junction = all_junction[order]
    return _Pieces(
        all_street[order][begin], sorted_junction[begin], sorted_junction[end], first, all_point[order][flat]
    )


def _wanted(pieces: _Pieces, plan: Plan) -> Flags:
    """Which pieces are streets: on dry, built-up land and worth driving."""
    start, end = pieces.point[pieces.first[:-1]], pieces.point[pieces.first[1:] - 1]
    lines = _lines(pieces)
    uses = np.bincount(np.concatenate([pieces.tail, pieces.head]), minlength=len(plan.stations.point))
    on_road = np.array([bool(key) for key in plan.stations.knot])
    ends = ((uses == 1) & ~on_road)[pieces.tail] | ((uses == 1) & ~on_road)[pieces.head]
    wanted = (pieces.tail != pieces.head) & ~(ends & (shapely.length(lines) < SHORTEST_STUB_M))
    wanted &= np.isfinite(plan.spacing.at((start + end) / 2))
    return np.asarray(wanted & ~shapely.intersects(water_in_plane(), lines))


def _thinned(pieces: _Pieces) -> _Pieces:
    """Leave out bends that nobody would see; files, tiles and searches carry every point."""
    point, piece = shapely.get_coordinates(shapely.simplify(_lines(pieces), THIN_M), return_index=True)
    first = np.searchsorted(piece, np.arange(len(pieces.street) + 1)).astype(np.int64)
    return replace(pieces, first=first, point=point)


def _lines(pieces: _Pieces) -> npt.NDArray[np.object_]:
    return np.asarray(
        shapely.linestrings(pieces.point, indices=np.repeat(np.arange(len(pieces.street)), np.diff(pieces.first)))
    )


def _numbered(pieces: _Pieces, plan: Plan, nodes: Mapping[str, int], drawn: int) -> tuple[Index, Points]:
    """Node number of each junction, and the points of the new nodes."""
    number = np.array([nodes.get(key, -1) if key else -1 for key in plan.stations.knot], dtype=np.int64)
    seen = np.unique(np.concatenate([pieces.tail, pieces.head]))
    new = seen[number[seen] < 0]
    number[new] = drawn + np.arange(len(new))
    return number, plan.stations.point[new]


def _joined(pieces: _Pieces, n_nodes: int, drawn: int) -> Flags:
    """Whether each piece is joined to a drawn road by other pieces."""
    tail, head = (np.where(end < drawn, drawn - 1, end) for end in (pieces.tail, pieces.head))
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(n_nodes, n_nodes))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label[tail] == label[drawn - 1])


def _open_traps(drawn: RoadEdges, pieces: _Pieces, way: npt.NDArray[np.int8], n_nodes: int) -> npt.NDArray[np.int8]:
    """Make one-way pieces two-way where something could be entered and not left, or left and not entered."""
    way = way.copy()
    while True:
        ahead, back = way >= 0, way <= 0
        tail = np.concatenate([drawn.tail, pieces.tail[ahead], pieces.head[back]])
        head = np.concatenate([drawn.head, pieces.head[ahead], pieces.tail[back]])
        graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(n_nodes, n_nodes))
        _, label = connected_components(graph, directed=True, connection="strong")
        trapped = (label[pieces.tail] != label[pieces.head]) & (way != 0)
        if not trapped.any():
            return way
        way[trapped] = 0


def _columns(
    pieces: _Pieces,
    plan: Plan,
    rows: Index,
    node_lon: npt.NDArray[np.float64],
    node_lat: npt.NDArray[np.float64],
    *,
    reverse: bool,
) -> dict[str, npt.NDArray[Any]]:
    some = pieces.take(rows)
    point, tail, head = some.point, some.tail, some.head
    if reverse:
        size = np.diff(some.first)
        flip = np.repeat(some.first[:-1] + some.first[1:] - 1, size) - np.arange(len(point))
        point, tail, head = point[flip], head, tail
    lon, lat = (CENTRE.lon + point[:, 0] / M_PER_LON).round(6), (CENTRE.lat + point[:, 1] / M_PER_LAT).round(6)
    for end, node in ((some.first[:-1], tail), (some.first[1:] - 1, head)):
        lon[end], lat[end] = node_lon[node], node_lat[node]
    road_class = _class(plan)[some.street]
    speed, lanes = (
        np.array(values) for values in zip(*((FREE_FLOW_KPH[c], LANES.get(c, 1)) for c in ROAD_CLASSES), strict=True)
    )
    return {
        "tail": tail.astype(np.int32),
        "head": head.astype(np.int32),
        "length_m": polyline_length_m(some.first, lon, lat),
        "speed_kph": speed[road_class],
        "road_class": road_class.astype(np.uint8),
        "flags": np.full(len(rows), GENERATED, dtype=np.uint8),
        "lanes": lanes[road_class].astype(np.uint8),
        "street": some.street,
        "size": np.diff(some.first),
        "lon": lon,
        "lat": lat,
    }


def _class(plan: Plan) -> Index:
    middle = shapely.get_coordinates(shapely.line_interpolate_point(plan.streets.line, 0.5, normalized=True))
    width = plan.streets.width_m
    small = np.where(plan.spacing.at(middle) > RURAL_M, "unclassified", "residential")
    name = np.where(width > SECONDARY_M, "secondary", np.where(width > TERTIARY_M, "tertiary", small))
    rank = {c: i for i, c in enumerate(ROAD_CLASSES)}
    return np.array([rank[c] for c in name.tolist()], dtype=np.int64)


def _names(plan: Plan) -> list[str]:
    taken = {road.name for road in builtin_roads()}
    taken |= {name for place in builtin_places() for name in (place.name, *place.aliases)}
    return street_names(plan.streets.width_m > TERTIARY_M, taken, np.random.default_rng(SEED + 1))


def _merged(
    drawn: RoadEdges,
    more: list[dict[str, npt.NDArray[Any]]],
    street_names: list[str],
    node_lon: npt.NDArray[np.float64],
    node_lat: npt.NDArray[np.float64],
) -> RoadEdges:
    known = {name: i for i, name in enumerate(drawn.names)}
    index = np.array([known.setdefault(name, len(known)) if name else -1 for name in street_names], dtype=np.int32)
    size = np.concatenate([np.diff(drawn.first_point), *(part["size"] for part in more)])

    def column(key: str, of: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(drawn, of), *(part[key] for part in more)])

    count = sum(len(part["tail"]) for part in more)
    same = ("tail", "head", "length_m", "speed_kph", "road_class", "flags", "lanes")
    return RoadEdges(
        node_lon=node_lon,
        node_lat=node_lat,
        **{key: column(key, key) for key in same},
        name=np.concatenate([drawn.name, *(index[part["street"]] for part in more)]),
        ref=np.concatenate([drawn.ref, np.full(count, -1, dtype=np.int32)]),
        first_point=np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
        point_lon=column("lon", "point_lon"),
        point_lat=column("lat", "point_lat"),
        names=list(known),
    )

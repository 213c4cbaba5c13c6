"""Measure how far the built-in network is to be believed; exit code 0 only when all that is asked of it holds.

Distances are compared with a graph of city bus stops (``guangzhou/bus_stop_network.graphml.gz``: one edge from each stop
to the next of a route, 1.15 times the straight line long), the shape of the streets with two real extracts
(``osm/``). All are looked for in the folder GZ_SHARED, else in ../shared/data.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import STRtree

from dispatch.unit import GUANGZHOU_TIME
from geo_data.builtin import builtin_network, builtin_places
from geo_data.builtin.roads import builtin_roads, named_points
from geo_data.builtin.water import water_in_plane
from geo_data.districts import district_polygons, districts_of
from geo_data.imports.graphml import read_graph
from geo_data.imports.openstreetmap import import_osm
from geo_data.roads.derived import twin_of
from geo_data.roads.network import BRIDGE, GENERATED, RAMP, ROAD_CLASSES, TUNNEL, Network
from geo_data.roads.network_file import load
from geo_data.roads.plane import Points, to_plane
from geo_data.roads.routing import Router
from geo_data.roads.snapping import Snapped

SEED = 7
NEAR_M, NAMED_NEAR_M = 150.0, 400.0
WET_M = 20.0
USED_M = 20.0  # a stop this near a bend, a named point or a place gave its position to the tables
BANKS = 500
SAME_SPOT_M = 5.0
SAME_CROSSING_M = 400.0  # a bus goes straight from stop to stop here, so it crosses water beside its bridge
ANY_TIME = datetime(2025, 6, 4, 4, tzinfo=GUANGZHOU_TIME)  # distances are the same at all hours
CORE = (113.22, 113.342, 23.08, 23.18)  # 12.5 x 11 km, the size of the extract of Shanghai

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, help="a compiled network instead of the built-in one")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--no-extracts", action="store_true", help="leave Shanghai and Porto out")
    chosen = parser.parse_args()
    shared = Path(os.environ.get("GZ_SHARED", Path(__file__).resolve().parent.parent.parent / "shared" / "data"))
    network = load(chosen.network) if chosen.network else builtin_network()
    stops = Stops(shared / "guangzhou" / "bus_stop_network.graphml.gz")
    roads = Roads(network)
    held = [
        *_distances(roads, stops, chosen.pairs),
        *_coverage(roads, stops),
        *_rivers(roads),
        _districts(roads),
    ]
    _say("", "shape of the streets")
    _shape("built-in, 12.5 x 11 km of the old centre", network, CORE)
    if not chosen.no_extracts:
        _shape("Shanghai, 12.5 x 11 km", import_osm(shared / "osm" / "shanghai_center.osm.gz"))
        _shape("Porto, greater", import_osm(shared / "osm" / "porto_portugal.osm.pbf"))
    _shape("built-in, whole", network)
    _say("", "all hold" if all(held) else f"{held.count(False)} of {len(held)} do not hold")
    return 0 if all(held) else 1


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _verdict(what: str, holds: bool) -> bool:
    _say(f"{'  ok ' if holds else 'MISS '} {what}")
    return holds


class Stops:
    """The graph of bus stops."""

    def __init__(self, path: Path) -> None:
        graph = read_graph(path)
        self.lon, self.lat = (np.array([float(node[key]) for node in graph.nodes.values()]) for key in "xy")
        self.point = to_plane(self.lon, self.lat)
        self.name = [str(node.get("name", "")) for node in graph.nodes.values()]
        number = {node: i for i, node in enumerate(graph.nodes)}
        ends = np.array([(number[a], number[b]) for a, b, _ in graph.edges])
        length = np.array([max(float(edge["length"]), 0.1) for _, _, edge in graph.edges])
        self.graph = _lightest(ends[:, 0], ends[:, 1], length, len(number))
        self.legs = shapely.linestrings(np.stack([self.point[ends[:, 0]], self.point[ends[:, 1]]], axis=1))
        self.used = self._used()

    def _used(self) -> Flags:
        """Whether a stop gave its position to a bend, a named point or a place of the tables."""
        told = [w.position for road in builtin_roads() for w in road.waypoints]
        told += [place.position for place in [*builtin_places(), *named_points().values()]]
        tree = STRtree(shapely.points(to_plane([p.lon for p in told], [p.lat for p in told])))
        used = np.zeros(len(self.point), dtype=bool)
        used[tree.query(shapely.points(self.point), predicate="dwithin", distance=USED_M)[0]] = True
        return used


class Roads:
    """The network as lines in the plane and as a graph by length; places join it on open roads only."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.closed = np.zeros(network.n_edges, dtype=bool)
        self.twin = twin_of(network)
        self.router = Router(network)
        self.plain_router = Router(replace(network, turn_s=np.zeros(network.n_edges)))
        point = to_plane(network.point_lon, network.point_lat)
        size = np.diff(network.first_point)
        self.lines = shapely.linestrings(point, indices=np.repeat(np.arange(network.n_edges), size))
        self.node = to_plane(network.node_lon, network.node_lat)
        limited = {road.name for road in builtin_roads() if road.limited and road.name}
        barred = np.array([name in limited for name in network.names])
        self.is_open = (network.road_class > 0) & (network.flags & RAMP == 0)
        self.is_open &= network.edge_origin == np.arange(network.n_edges)
        self.is_open &= ~((network.name >= 0) & barred[network.name])
        self.open = np.flatnonzero(self.is_open)
        self.tree = STRtree(self.lines[self.open])

    def offsets_m(self, points: Points) -> Numbers:
        """Distance to the nearest open road."""
        nearest = self.open[self.tree.nearest(shapely.points(points))]
        return np.asarray(shapely.distance(self.lines[nearest], shapely.points(points)))

    def wet(self) -> npt.NDArray[np.int64]:
        """Edges that cross water by bridge or tunnel."""
        above = self.network.flags & (BRIDGE | TUNNEL) > 0
        return np.flatnonzero(above & (shapely.length(shapely.intersection(self.lines, water_in_plane())) > WET_M))

    def close_crossings_without(self, legs: npt.NDArray[np.object_]) -> int:
        """Close the crossings of water that no ``legs`` of bus routes come near; return how many edges they are."""
        over = shapely.intersection(legs, water_in_plane())
        over = over[shapely.length(over) > WET_M]
        wet = self.wet()
        spans = shapely.intersection(self.lines[wet], water_in_plane())
        bused = np.unique(STRtree(over).query(spans, predicate="dwithin", distance=SAME_CROSSING_M)[0])
        self.closed[np.delete(wet, bused)] = True
        return int(self.closed.sum())

    def distances_m(self, start: Points, end: Points, *, fastest: bool = False) -> Numbers:
        """Road distance for each pair of points, straight to the nearest open road first and last; inf for no way.

        ``fastest`` measures the route that takes least time in free flow, which is the one we would drive; else the
        shortest.
        """
        speed_kph = np.where(self.closed, 0.0, self.network.speed_kph if fastest else 36.0)
        router = (self.router if fastest else self.plain_router).reweighted(speed_kph)
        ways = [
            router.route(self._stand(a), self._stand(b), ANY_TIME)
            for a, b in zip(shapely.points(start), shapely.points(end), strict=True)
        ]
        metres = np.array([way.metres if way else np.inf for way in ways])
        return metres + self.offsets_m(start) + self.offsets_m(end)

    def _stand(self, spot: shapely.Point) -> Snapped:
        """The nearest place on an open road."""
        edge = self.open[[self.tree.nearest(spot)]]
        share = shapely.line_locate_point(self.lines[edge], spot, normalized=True)
        return Snapped(edge.astype(np.int32), self.twin[edge], np.asarray(share, dtype=np.float64), np.zeros(1))


def _lightest(tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64], weight: Numbers, n: int) -> csr_array:
    """Sparse graph, of several edges between two nodes the lightest."""
    order = np.lexsort((weight, head, tail))
    key = tail[order].astype(np.int64) * n + head[order]
    first = order[np.unique(key, return_index=True)[1]]
    return coo_array((weight[first], (tail[first], head[first])), shape=(n, n)).tocsr()


def _distances(roads: Roads, stops: Stops, n: int) -> list[bool]:
    random = np.random.default_rng(SEED)
    pair = random.integers(0, len(stops.point), (n * 4, 2))
    straight = np.hypot(*(stops.point[pair[:, 0]] - stops.point[pair[:, 1]]).T)
    pair = pair[(straight > 3_000) & (straight < 40_000)][:n]
    by_bus = np.array([dijkstra(stops.graph, indices=a)[b] for a, b in pair])
    start, end = stops.point[pair[:, 0]], stops.point[pair[:, 1]]
    ratio = roads.distances_m(start, end, fastest=True) / by_bus
    _say("length of our fastest route / bus-graph distance, random pairs of stops 3 to 40 km apart")
    held = _ratio("all pairs", ratio)
    low = ratio < 0.7
    apart = np.hypot(*(start - end).T)
    _say(
        f"      {low.mean():.1%} of pairs lie below 0.7; there the bus goes {np.median((by_bus / apart)[low]):.2f} times the "
        f"straight line and we {np.median((ratio * by_bus / apart)[low]):.2f} (medians; all pairs: bus "
        f"{np.median(by_bus / apart):.2f}, we {np.median(ratio * by_bus / apart):.2f})"
    )
    closed = roads.close_crossings_without(stops.legs)
    _ratio(
        f"not asked: without the crossings of water that no bus uses ({closed} edges)",
        roads.distances_m(start, end, fastest=True) / by_bus,
    )
    roads.closed[:] = False
    unused = ~stops.used[pair].any(axis=1)
    _ratio("pairs of stops not used in the tables", ratio[unused])
    some = slice(0, len(pair) // 4)
    _ratio(
        "not asked: the shortest route by length, a quarter of the pairs",
        roads.distances_m(start[some], end[some]) / by_bus[some],
    )
    return held


def _ratio(what: str, ratio: Numbers) -> list[bool]:
    n, finite = len(ratio), np.isfinite(ratio)
    low, median, high = np.quantile(ratio, [0.05, 0.5, 0.95])
    order = np.sort(ratio)
    near = order[[int(n / 2 - 0.98 * np.sqrt(n)), int(n / 2 + 0.98 * np.sqrt(n))]]
    return [
        _verdict(f"{what}: reached {finite.sum()} of {n}", bool(finite.all())),
        _verdict(f"{what}: median {median:.3f} (95 % {near[0]:.3f} to {near[1]:.3f}, n = {n})", 0.9 <= median <= 1.1),
        _verdict(f"{what}: 5 to 95 % of pairs between {low:.3f} and {high:.3f}", bool(low >= 0.7 and high <= 1.4)),
    ]


def _coverage(roads: Roads, stops: Stops) -> list[bool]:
    away = roads.offsets_m(stops.point)
    known = {}
    drawn = roads.network.flags & GENERATED == 0
    names = {name for road in builtin_roads() if len(name := road.name) > 2}
    for i in np.flatnonzero(drawn & (roads.network.name >= 0)):
        known.setdefault(roads.network.names[roads.network.name[i]], []).append(i)
    longest_first = sorted(names & set(known), key=len, reverse=True)
    namesake = [next((road for road in longest_first if name.startswith(road)), None) for name in stops.name]
    merged = {name: shapely.union_all(roads.lines[edges]) for name, edges in known.items() if name in set(namesake)}
    named = np.array([name is not None for name in namesake])
    gap = np.array(
        [
            shapely.distance(merged[name], shapely.Point(point)) if name else np.nan
            for name, point in zip(namesake, stops.point, strict=True)
        ]
    )
    _say("", f"bus stops ({len(away)}, of which {stops.used.sum()} gave a position to the tables)")
    held = [
        _share("stops within 150 m of an open road", away <= NEAR_M, 0.9),
        _share("stops named after a road of ours, within 400 m of it", gap[named] <= NAMED_NEAR_M, 0.8),
    ]
    _say("", "the same, only stops not used in the tables")
    _share("stops within 150 m of an open road", away[~stops.used] <= NEAR_M, 0.9)
    _share("stops named after a road of ours, within 400 m of it", gap[named & ~stops.used] <= NAMED_NEAR_M, 0.8)
    home = np.array(districts_of(stops.lon, stops.lat), dtype=object)
    for district in district_polygons()["name"]:
        here = home == district
        _say(f"      {district}: {np.mean(away[here] <= NEAR_M):.1%} within 150 m (n = {here.sum()})")
    return held


def _share(what: str, yes: Sequence[bool] | Flags, least: float) -> bool:
    k, n = int(np.sum(yes)), len(yes)
    z, p = 1.96, k / n
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    return _verdict(f"{what}: {p:.1%} (Wilson 95 % {low:.1%} to {high:.1%}, n = {n})", p >= least)


def _rivers(roads: Roads) -> list[bool]:
    network, water = roads.network, water_in_plane()
    dry = network.flags & (BRIDGE | TUNNEL) == 0
    wet_m = shapely.length(shapely.intersection(roads.lines[dry], water))
    _say("", "rivers")
    held = _verdict(
        f"{(wet_m > WET_M).sum()} of {dry.sum()} edges without bridge or tunnel cross over {WET_M:.0f} m of water",
        not (wet_m > WET_M).any(),
    )
    start, end = _banks(roads)
    spans = roads.lines[roads.wet()]
    at = shapely.get_coordinates(shapely.line_interpolate_point(spans, 0.5, normalized=True))
    via = np.hypot(*(start[:, None] - at).transpose(2, 0, 1)) + np.hypot(*(end[:, None] - at).transpose(2, 0, 1))
    by_road = roads.distances_m(start, end)
    shorter = by_road < via.min(axis=1) - SAME_SPOT_M
    straight = np.hypot(*(end - start).T)
    return [
        held,
        _verdict(
            f"{shorter.sum()} of {len(start)} pairs on both banks of a river arm are nearer by road than straight to the "
            f"nearest of {len(spans)} bridge and tunnel edges and on; road / straight: median "
            f"{np.median(by_road / straight):.1f}",
            not shorter.any(),
        ),
    ]


def _banks(roads: Roads) -> tuple[Points, Points]:
    """Pairs of open junctions within 1.5 km of each other on land that a river arm parts."""
    random = np.random.default_rng(SEED)
    water = water_in_plane()
    land = shapely.get_parts(shapely.box(*water.bounds).difference(water))
    nodes = np.unique(roads.network.tail[roads.open])
    nodes = nodes[shapely.dwithin(water, shapely.points(roads.node[nodes]), 500.0)]
    which, part = STRtree(land).query(shapely.points(roads.node[nodes]), predicate="within")
    home = np.full(roads.network.n_nodes, -1)
    home[nodes[which]] = part
    nodes = nodes[home[nodes] >= 0]
    tree = STRtree(shapely.points(roads.node[nodes]))
    a, b = tree.query(shapely.points(roads.node[nodes]), predicate="dwithin", distance=1_500.0)
    a, b = nodes[a], nodes[b]
    apart = np.flatnonzero(home[a] != home[b])
    chosen = random.choice(apart, BANKS, replace=False)
    return roads.node[a[chosen]], roads.node[b[chosen]]


def _districts(roads: Roads) -> bool:
    network = roads.network
    graph = coo_array((np.ones(network.n_edges), (network.tail, network.head)), shape=(network.n_nodes,) * 2)
    _, label = connected_components(graph, connection="strong")
    whole = label == np.bincount(label).argmax()  # a node that every road enters as a copy of it is never entered
    reached = np.isin(np.arange(network.n_nodes), network.node_origin[whole])
    base = network.node_origin == np.arange(network.n_nodes)
    home = np.array(districts_of(network.node_lon[base], network.node_lat[base]), dtype=object)
    names = list(district_polygons()["name"])
    _say("", "districts")
    return _verdict(
        f"{len(names)} districts, every junction reaches every other",
        len(names) == 11 and bool(reached[base].all()) and set(names) <= set(home.tolist()),
    )


def _shape(what: str, network: Network, window: tuple[float, float, float, float] | None = None) -> None:
    """Circuity, junctions for each square kilometre and shares of classes, base edges only."""
    base = network.edge_origin == np.arange(network.n_edges)
    tail, head = network.node_origin[network.tail], network.node_origin[network.head]
    lon, lat = network.node_lon, network.node_lat
    if window:
        inside = (lon > window[0]) & (lon < window[1]) & (lat > window[2]) & (lat < window[3])
        base &= inside[tail] & inside[head]
    tail, head, length = tail[base], head[base], network.length_m[base]
    point = to_plane(lon, lat)
    point[:, 0] *= np.cos(np.radians(lat.mean())) / np.cos(np.radians(23.13))
    straight = np.hypot(*(point[tail] - point[head]).T)
    pairs = np.unique(np.sort(np.column_stack([tail, head]), axis=1), axis=0)
    ways = np.bincount(pairs[pairs[:, 0] != pairs[:, 1]].ravel())
    corners = np.flatnonzero(ways >= 3)
    used = np.unique(tail)
    area = shapely.convex_hull(shapely.multipoints(point[used])).area / 1e6
    cells = len(np.unique((point[used] // 500).astype(int), axis=0)) * 0.25
    keys = set(zip(tail.tolist(), head.tolist(), strict=True))
    single = np.array([(b, a) not in keys for a, b in zip(tail.tolist(), head.tolist(), strict=True)])
    total = length.sum()
    shares = ", ".join(
        f"{name} {length[network.road_class[base] == i].sum() / total:.0%}"
        for i, name in enumerate(ROAD_CLASSES)
        if (network.road_class[base] == i).any()
    )
    dead = int((ways == 1).sum())
    four = int((ways >= 4).sum())
    _say(
        f"  {what}: {len(used)} nodes, {len(tail)} edges, circuity {total / straight.sum():.3f}, "
        f"{len(corners) / area:.1f} junctions a km2 of hull, {len(corners) / cells:.1f} of built-up cells (500 m), "
        f"mean edge {length.mean():.0f} m, dead ends {dead / len(used):.1%}, four ways and more "
        f"{four / max(1, len(corners)):.0%} of junctions, one-way {single.mean():.1%} of edges",
        f"    length by class: {shares}",
    )


if __name__ == "__main__":
    sys.exit(main())

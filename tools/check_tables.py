"""Check the hand-compiled tables of the built-in network: run it after every change to them.

Prints what is implausible and ends with exit code 1 if anything is. With ``--stops FILE`` (a table of bus stops with
columns name, lon, lat, district) it also measures roads and borders against the stops, with sample sizes and Wilson
intervals.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Point

from dispatch.location import distance_m
from geo_data.builtin import builtin_network, builtin_places
from geo_data.builtin.courses import draw
from geo_data.builtin.roads import Road, builtin_roads, named_points
from geo_data.builtin.tables import rows
from geo_data.builtin.water import water_in_plane
from geo_data.districts import district_of, districts_of
from geo_data.network import ROAD_CLASSES
from geo_data.plane import to_plane

NEIGHBOURS = ("佛山市", "清远市", "东莞市", "惠州市", "中山市")
TABLES = ("points", "roads", "rivers", "greens", "borders", "border_points", "districts", "places")
LONGEST_STEP_M = {True: 16_000, False: 8_000}  # by limited access
SHORTEST_STEP_M = 5
NAMED_WATER_M = 600
NEAR_M = 400  # a stop named after a road stands this near it
WET_M = 20


def main() -> int:
    """Run every check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=Path, help="table of bus stops: name, lon, lat, district")
    stops = parser.parse_args().stops
    problems = [*_sources(), *_points(), *_roads(), *_crossings(), *_places()]
    _say(*problems, f"{len(problems)} problems", "")
    _counts()
    if stops:
        _against_stops(pd.read_csv(stops).dropna(subset=["district"]))
    return 1 if problems else 0


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def _sources() -> Iterator[str]:
    for table in TABLES:
        for line, row in enumerate(rows(table), start=2):
            if not row.get("source", "").strip():
                yield f"{table}.csv:{line}: no source"


def _points() -> Iterator[str]:
    used = Counter(w.name for road in builtin_roads() for w in road.waypoints)
    for point in named_points().values():
        home = district_of(point.position)
        if point.district != home and not (home is None and point.district in NEIGHBOURS):
            yield f"points.csv, {point.name}: says {point.district}, lies in {home or 'no district'}"
        if not used[point.name]:
            yield f"points.csv, {point.name}: no road passes it"
        if point.kind == "interchange" and used[point.name] < 2:
            yield f"points.csv, {point.name}: an interchange of one road"


def _roads() -> Iterator[str]:
    for road in builtin_roads():
        label = f"roads.csv, {road.name or road.ref or 'unnamed'}"
        if road.road_class not in ROAD_CLASSES:
            yield f"{label}: unknown class {road.road_class}"
        for a, b in pairwise(road.waypoints):
            step = distance_m(a.position, b.position)
            if not SHORTEST_STEP_M < step < LONGEST_STEP_M[road.limited]:
                yield f"{label}: {step:.0f} m from {a.key} to {b.key}"
        yield from (f"{label}: doubles back at {key}" for key in _hairpins(road))


def _hairpins(road: Road) -> Iterator[str]:
    points = to_plane([w.position.lon for w in road.waypoints], [w.position.lat for w in road.waypoints])
    step = np.diff(points, axis=0)
    for i, (a, b) in enumerate(pairwise(step), start=1):
        turn = np.degrees(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))
        if abs(turn) > (100 if road.limited else 150):
            yield road.waypoints[i].key


def _crossings() -> Iterator[str]:
    bridges = [p for p in named_points().values() if p.kind in ("bridge", "tunnel", "crossing")]
    spots = to_plane([p.position.lon for p in bridges], [p.position.lat for p in bridges])
    for road in builtin_roads():
        if road.structure in ("bridge", "tunnel"):
            continue
        for wet in shapely.get_parts(draw(road).line.intersection(water_in_plane())):
            if wet.length > WET_M and shapely.distance(shapely.points(spots), wet).min() > NAMED_WATER_M:
                yield f"roads.csv, {road.name}: {wet.length:.0f} m of water without a bridge"


def _places() -> Iterator[str]:
    twice = Counter((place.name, place.kind) for place in builtin_places())
    yield from (f"places.csv, {name}: listed {n} times as {kind}" for (name, kind), n in twice.items() if n > 1)
    for place in builtin_places():
        home = district_of(place.position)
        if home != place.district and place.kind not in ("bridge", "tunnel"):
            yield f"places.csv, {place.name}: says {place.district}, lies in {home or 'no district'}"


def _counts() -> None:
    network = builtin_network()
    roads = builtin_roads()
    kinds = Counter(point.kind for point in named_points().values())
    _say(
        f"roads: {len(roads)} rows, {len({r.name for r in roads if r.name})} names",
        f"named points: {sum(kinds.values())} ({', '.join(f'{n} {kind}' for kind, n in kinds.most_common())})",
        f"places: {len(builtin_places())}",
        f"network: {network.n_nodes} nodes, {network.n_edges} edges, {network.length_m.sum() / 1e3:.0f} km of edges, "
        f"dropped {network.meta['dropped']}, fingerprint {network.fingerprint}",
    )


def _against_stops(stops: pd.DataFrame) -> None:
    points = to_plane(stops["lon"], stops["lat"])
    open_roads = shapely.union_all([draw(road).line for road in builtin_roads() if not road.limited])
    away = shapely.distance(shapely.points(points), open_roads)
    _share("stops within 150 m of an open road", int(np.sum(away <= 150)), len(points))
    found = np.array(districts_of(stops["lon"], stops["lat"]), dtype=object)
    _share("stops in the district they name", int((found == stops["district"].to_numpy()).sum()), len(found))
    near = _named_after_roads(stops["name"].tolist(), points)
    _share(f"stops named after a road within {NEAR_M} m of it", sum(near), len(near))


def _named_after_roads(names: list[str], points: np.ndarray) -> list[bool]:
    lines: dict[str, list[LineString]] = defaultdict(list)
    for road in builtin_roads():
        if len(road.name) > 2:
            lines[road.name].append(draw(road).line)
    longest_first = sorted(lines, key=len, reverse=True)
    near = []
    for name, point in zip(names, points, strict=True):
        namesake = next((road for road in longest_first if name.startswith(road)), None)
        if namesake:
            near.append(min(line.distance(Point(point)) for line in lines[namesake]) <= NEAR_M)
    return near


def _share(what: str, k: int, n: int) -> None:
    z, p = 1.96, k / n
    middle, half = (p + z * z / (2 * n)), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    _say(f"{what}: {p:.1%} (Wilson 95 % {low:.1%} to {high:.1%}, n = {n})")


if __name__ == "__main__":
    sys.exit(main())

"""Check the hand-compiled tables of the built-in network: run it after every change to them.

Prints what is implausible or too little and ends with exit code 1 if anything is. With ``--stops FILE`` (a table of bus
stops with columns name, lon, lat, district) it also measures roads and borders against the stops, with sample sizes and
Wilson intervals, and says how many of the stops lie where a position of ours lies.
"""

import argparse
import re
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

from dispatch.errors import InvalidInput
from dispatch.location import Position, distance_m
from geo_data.builtin import builtin_network, builtin_places
from geo_data.builtin.courses import draw
from geo_data.builtin.kilometres import extent_km, posted_roads, posts_at
from geo_data.builtin.named_junctions import builtin_junctions, meeting, open_courses
from geo_data.builtin.road_aliases import road_aliases
from geo_data.builtin.roads import NamedPoint, Road, builtin_roads, named_points
from geo_data.builtin.tables import rows, split
from geo_data.builtin.water import water_in_plane
from geo_data.districts import district_of, districts_of
from geo_data.roads.network import ROAD_CLASSES
from geo_data.roads.plane import position_of, to_plane

NEIGHBOURS = ("佛山市", "清远市", "东莞市", "惠州市", "中山市")
TABLES = (
    *("points", "junctions", "kilometre_posts", "roads", "road_aliases", "rivers", "waters", "greens"),
    *("borders", "border_points", "districts", "places"),
)
NAMED_KINDS = ("interchange", "junction", "bridge", "tunnel")  # of points people name
NAMED_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary")
LEAST_NAMED_POINTS, LEAST_NAMED_ROADS = 600, 150
AS_DRAWN_M = 50.0  # a point that is where something is drawn lies this near it
LONGEST_STEP_M = {True: 16_000, False: 8_000}  # by limited access
SHORTEST_STEP_M = 5
NAMED_WATER_M = 600
NEAR_M = 400  # a stop named after a road stands this near it
WET_M = 20
TAKEN_M = 12.0  # a position of ours this near a stop was probably taken from it: we round to about 10 m


def main() -> int:
    """Run every check; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stops", type=Path, help="table of bus stops: name, lon, lat, district")
    stops = parser.parse_args().stops
    checks = (_sources, _enough, _points, _junctions, _roads, _aliases, _posts, _crossings, _places)
    problems = [problem for check in checks for problem in check()]
    _say(*problems, f"{len(problems)} problems", "")
    _counts()
    if stops:
        table = pd.read_csv(stops)
        _against_stops(table.dropna(subset=["district"]))
        _taken_from(table)
    return 1 if problems else 0


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


def _sources() -> Iterator[str]:
    for table in TABLES:
        for line, row in enumerate(rows(table), start=2):
            if not row.get("source", "").strip():
                yield f"{table}.csv:{line}: no source"


def _enough() -> Iterator[str]:
    points = sum(point.kind in NAMED_KINDS for point in named_points().values()) + len(list(rows("junctions")))
    if points < LEAST_NAMED_POINTS:
        yield f"only {points} named interchanges, junctions, bridges and tunnels, of {LEAST_NAMED_POINTS} wanted"
    if (roads := len(_named_roads())) < LEAST_NAMED_ROADS:
        yield f"only {roads} named roads of class tertiary and above, of {LEAST_NAMED_ROADS} wanted"


def _named_roads() -> set[str]:
    return {road.name for road in builtin_roads() if road.name and road.road_class in NAMED_CLASSES}


def _points() -> Iterator[str]:
    yield from _repeated("points")
    used = Counter(w.name for road in builtin_roads() for w in road.waypoints)
    drawn = shapely.union_all([draw(road).line for road in builtin_roads()])
    for point in named_points().values():
        home = district_of(point.position)
        if point.district != home and not (home is None and point.district in NEIGHBOURS):
            yield f"points.csv, {point.name}: says {point.district}, lies in {home or 'no district'}"
        if not used[point.name]:
            yield from _beside_no_road(point, drawn)
        if point.kind == "interchange" and used[point.name] == 1:
            yield f"points.csv, {point.name}: an interchange of one road"


def _beside_no_road(point: NamedPoint, drawn: shapely.Geometry) -> Iterator[str]:
    """A point that no course names must have a road within what its source states as its uncertainty."""
    stated = re.search(r"about (\d+) m", point.source)
    within_m = float(stated.group(1)) if stated else AS_DRAWN_M
    away_m = drawn.distance(Point(to_plane(point.position.lon, point.position.lat)))
    if away_m > within_m:
        yield f"points.csv, {point.name}: the nearest road passes at {away_m:.0f} m, stated is {within_m:.0f} m"


def _repeated(table: str) -> Iterator[str]:
    names = Counter(row["name"] for row in rows(table))
    yield from (f"{table}.csv, {name}: listed {n} times" for name, n in names.items() if n > 1)


def _junctions() -> Iterator[str]:
    yield from _repeated("junctions")
    for row in rows("junctions"):
        roads = split(row["roads"])
        try:
            home = district_of(position_of(meeting(roads, open_courses())))
        except InvalidInput as error:
            yield str(error)
            continue
        if row["name"] != "与".join(roads[:2]) + "交叉口":
            yield f"junctions.csv, {row['name']}: is not named for {' and '.join(roads[:2])}"
        if row["district"] != home:
            yield f"junctions.csv, {row['name']}: says {row['district']}, lies in {home or 'no district'}"


def _aliases() -> Iterator[str]:
    drawn = {name for road in builtin_roads() for name in (road.name, road.ref) if name}
    for alias, meant in road_aliases().items():
        if alias in drawn:
            yield f"road_aliases.csv, {alias}: a road is drawn under this name"
        for one in meant:
            if one.road not in drawn or one.part not in ("", "N", "E", "S", "W"):
                yield f"road_aliases.csv, {alias}: no road {one.road} or no side {one.part!r}"


def _posts() -> Iterator[str]:
    """Both ends of every count are found again."""
    for posted in posted_roads():
        first_km, last_km = extent_km(posted)
        if not (posts_at(posted.road, first_km) and posts_at(posted.road, last_km)):
            yield f"kilometre_posts.csv, {posted.road}: no position for km {first_km:.0f} or {last_km:.0f}"


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
        f"roads: {len(roads)} rows, {len(_named_roads())} names, {len(road_aliases())} other names",
        f"points: {sum(kinds.values())} ({', '.join(f'{n} {kind}' for kind, n in kinds.most_common())})",
        f"junctions of two roads: {len(builtin_junctions())}; with the points that bear a name "
        f"{sum(kinds[kind] for kind in NAMED_KINDS) + len(builtin_junctions())}",
        f"roads with kilometre posts: {len(posted_roads())}",
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


def _taken_from(stops: pd.DataFrame) -> None:
    """Say how many stops lie where our tables have a position, so that nobody turns the tables into an extract."""
    bends = [w.position for road in builtin_roads() for w in road.waypoints if not w.name]
    places = [Position(float(row["lon"]), float(row["lat"])) for row in rows("places")]
    ours = {"points": [p.position for p in named_points().values()], "bends of roads": bends, "places": places}
    ours["junctions, which are computed"] = [junction.position for junction in builtin_junctions()]
    stopped = shapely.points(to_plane(stops["lon"], stops["lat"]))
    taken = np.zeros(len(stops), dtype=bool)
    for what, positions in ours.items():
        at = shapely.points(to_plane([p.lon for p in positions], [p.lat for p in positions]))
        beside = shapely.STRtree(at).query(stopped, predicate="dwithin", distance=TAKEN_M)
        taken[beside[0]] = True
        _share(f"{what} within {TAKEN_M:.0f} m of a stop", len(set(beside[1])), len(positions))
    _share(f"stops within {TAKEN_M:.0f} m of any of these", int(taken.sum()), len(stops))
    _share("stops named like a place and rounding to its position", *_rounded_to_places(stops))


def _rounded_to_places(stops: pd.DataFrame) -> tuple[int, int]:
    """Places are rounded to three decimals: a stop taken for one is known by its name and the same three decimals."""
    names: dict[tuple[float, float], list[str]] = defaultdict(list)
    for row in rows("places"):
        names[round(float(row["lon"]), 3), round(float(row["lat"]), 3)].append(row["name"].removesuffix("站"))
    found = 0
    for name, lon, lat in zip(stops["name"], stops["lon"], stops["lat"], strict=True):
        found += any(
            place in name or name.rstrip("站0123456789") in place for place in names[round(lon, 3), round(lat, 3)]
        )
    return found, len(stops)


def _share(what: str, k: int, n: int) -> None:
    z, p = 1.96, k / n
    middle, half = (p + z * z / (2 * n)), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    _say(f"{what}: {p:.1%} (Wilson 95 % {low:.1%} to {high:.1%}, n = {n})")


if __name__ == "__main__":
    sys.exit(main())

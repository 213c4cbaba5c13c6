"""Where open roads meet: at shared points, where they cross, and where one ends beside another."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import shapely
from shapely import LineString, Point, STRtree

from geo_data.builtin.courses import Course, Knot

SAME_PLACE_M = 45.0  # a crossing this near a shared point is that point
REACH_M = 260.0  # an end this near another road was meant to reach it


def join_open_roads(courses: Sequence[Course]) -> None:
    """Add to each open course the knots it shares with others; roads in tunnels meet nothing on their way."""
    open_air = [course for course in courses if not course.road.limited]
    surface = [course for course in open_air if course.road.structure != "tunnel"]
    _reach_others(open_air, surface, courses)
    for a, b, point in _crossings(surface):
        key = f"x{point.x:.1f},{point.y:.1f}"
        a.add(a.line.project(point), key)
        b.add(b.line.project(point), key)
    _merge_near_knots(open_air, courses)


def _crossings(courses: Sequence[Course]) -> Iterator[tuple[Course, Course, Point]]:
    lines = [course.line for course in courses]
    first, second = STRtree(lines).query(lines, predicate="intersects")
    for i, j in sorted((int(i), int(j)) for i, j in zip(first, second, strict=True) if i < j):
        for point in _points(shapely.intersection(lines[i], lines[j])):
            if not _is_shared(courses[i], courses[j], point):
                yield courses[i], courses[j], point


def _points(shape: shapely.Geometry) -> list[Point]:
    parts = shapely.get_parts(shape)
    return [part if isinstance(part, Point) else part.interpolate(0.5, normalized=True) for part in parts]


def _is_shared(a: Course, b: Course, point: Point) -> bool:
    return bool(_keys_near(a, point) & _keys_near(b, point))


def _keys_near(course: Course, point: Point) -> set[str]:
    at_m = course.line.project(point)
    return {knot.key for knot in course.knots if abs(knot.at_m - at_m) < SAME_PLACE_M}


def _reach_others(open_air: Sequence[Course], surface: Sequence[Course], courses: Sequence[Course]) -> None:
    used = uses(courses)
    tree = STRtree([course.line for course in surface])
    for course in open_air:
        for last in (False, True):
            end = course.knots[-1 if last else 0]
            if used[end.key] == 1:
                _reach(course, last, [surface[i] for i in tree.query(_end(course, last).buffer(REACH_M))])


def _end(course: Course, last: bool) -> Point:
    return Point(course.line.coords[-1 if last else 0])


def _reach(course: Course, last: bool, others: Sequence[Course]) -> None:
    """Join an end to the nearest other road; the line grows by the missing bit."""
    end, key = _end(course, last), course.knots[-1 if last else 0].key
    near = [(other.line.distance(end), other.road.name, other) for other in others if other is not course]
    near = [found for found in near if found[0] <= REACH_M]
    if not near:
        return
    other = min(near, key=lambda found: found[:2])[2]
    at_m = other.line.project(end)
    other.add(at_m, key)
    _grow(course, last, other.line.interpolate(at_m))


def _grow(course: Course, last: bool, to: Point) -> None:
    points, missing = list(course.line.coords), to.distance(_end(course, last))
    if missing < 1:
        return
    end = (to.x, to.y)
    course.line = LineString([*points, end] if last else [end, *points])
    if not last:
        course.knots = [Knot(knot.at_m + missing, knot.key) for knot in course.knots]
    knot = course.knots.pop(-1 if last else 0)
    course.add(course.line.length if last else 0.0, knot.key)


def _merge_near_knots(open_air: Sequence[Course], courses: Sequence[Course]) -> None:
    """Make one place of shared knots that lie a few metres apart on any road."""
    used = uses(courses)
    chosen: dict[str, str] = {}

    def root(key: str) -> str:
        while key in chosen:
            key = chosen[key]
        return key

    for course in open_air:
        shared = [knot for knot in course.knots if used[knot.key] > 1]
        for a, b in pairwise(shared):
            if b.at_m - a.at_m < SAME_PLACE_M and root(a.key) != root(b.key):
                kept, gone = sorted((root(a.key), root(b.key)), key=_weight)
                chosen[gone] = kept
    for course in courses:
        course.knots = [Knot(knot.at_m, root(knot.key)) for knot in course.knots]


def _weight(key: str) -> tuple[int, str]:
    """Named points outlast coordinates, and those outlast computed crossings."""
    return (2 if key[0] == "x" else 1 if key[0].isdigit() else 0), key


def uses(courses: Sequence[Course]) -> Counter[str]:
    """How many roads know each place."""
    return Counter(key for course in courses for key in {knot.key for knot in course.knots})

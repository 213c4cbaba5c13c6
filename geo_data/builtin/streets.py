"""Open roads as edges: one node where roads meet, two edges a stretch."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from shapely import Point

from geo_data.builtin.courses import Course, Knot
from geo_data.builtin.curves import part, shifted_right
from geo_data.builtin.drawing import Drawing
from geo_data.roads.network import DUAL
from geo_data.roads.plane import Points

APART_M = 8.0  # from the centre line to the middle of a carriageway
SHORTEST_APART_M = 350.0  # between nearer junctions both carriageways are drawn as one line


def add_streets(drawing: Drawing, courses: Sequence[Course], used: Mapping[str, int]) -> dict[str, int]:
    """Add the open courses to ``drawing`` and return the node of every place where they meet or end, by key.

    Parameters
    ----------
    used : mapping of str to int
        How many roads know each place: those that several know become nodes.
    """
    streets = [course for course in courses if not course.road.limited]
    nodes: dict[str, int] = {}
    for course in streets:
        kept = _kept(course, used)
        for knot in kept:
            if knot.key not in nodes:
                point = course.line.interpolate(knot.at_m)
                nodes[knot.key] = drawing.node(np.array([point.x, point.y]))
        for a, b in pairwise(kept):
            _stretch(drawing, course, (a, b), nodes)
    return nodes


def _kept(course: Course, used: Mapping[str, int]) -> list[Knot]:
    ends = (course.knots[0], course.knots[-1])
    kept = [knot for knot in course.knots if used[knot.key] > 1 or knot in ends]
    return [knot for before, knot in zip([None, *kept], kept, strict=False) if before is None or before.key != knot.key]


def _stretch(drawing: Drawing, course: Course, ends: tuple[Knot, Knot], nodes: Mapping[str, int]) -> None:
    a, b = ends
    road, points = course.road, part(course.line, a.at_m, b.at_m)
    tail, head = nodes[a.key], nodes[b.key]
    if not road.dual or road.oneway:
        drawing.edge(tail, head, points[1:-1], road, oneway=road.oneway)
        return
    if b.at_m - a.at_m < SHORTEST_APART_M:
        drawing.edge(tail, head, points[1:-1], road, flags=DUAL, oneway=False)
        return
    drawing.edge(tail, head, _carriageway(points), road, flags=DUAL)
    drawing.edge(head, tail, _carriageway(points[::-1]), road, flags=DUAL)


def _carriageway(points: Points) -> Points:
    """Points of the right-hand side between two junctions, drawing in a little before each."""
    line = shifted_right(points, APART_M)
    length = float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())
    if length < 6 * APART_M:
        return line[1:-1]
    first = line[0] + 2 * APART_M * _unit(points[1] - points[0])
    last = line[-1] - 2 * APART_M * _unit(points[-1] - points[-2])
    return np.vstack([first, line[1:-1], last])


def _unit(step: Points) -> Points:
    return np.asarray(step / max(Point(0, 0).distance(Point(step)), 1e-9))

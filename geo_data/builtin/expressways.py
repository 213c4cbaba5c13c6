"""Limited-access roads as two chains of edges that touch other roads only by ramps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from shapely import LineString

from geo_data.builtin.courses import Course
from geo_data.builtin.curves import heading, part, shifted_right
from geo_data.builtin.drawing import Drawing
from geo_data.builtin.roads import Road
from geo_data.roads.network import DUAL
from geo_data.roads.plane import Points

APART_M = 12.0  # from the centre line to the middle of a carriageway
RAMP_REACH_M = 280.0  # ramps leave this far before an interchange and arrive this far behind it


@dataclass(frozen=True, slots=True)
class RampEnd:
    """A node where ramps of ``road`` may start or end, and the direction of travel there."""

    road: Road
    node: int
    direction: Points


@dataclass
class Interchange:
    """The ramp ends of all roads at one named point."""

    exits: list[RampEnd] = field(default_factory=list)
    entries: list[RampEnd] = field(default_factory=list)


def add_expressways(
    drawing: Drawing, courses: Sequence[Course], interchanges: Sequence[str], streets: Mapping[str, int]
) -> Mapping[str, Interchange]:
    """Add the limited-access courses to ``drawing`` and return their ramp ends by interchange.

    Parameters
    ----------
    interchanges : sequence of str
        Keys of the named points where ramps may be.
    streets : mapping
        Nodes of open roads by key: an expressway that ends at one runs into it.
    """
    found: dict[str, Interchange] = defaultdict(Interchange)
    for course in courses:
        if not course.road.limited:
            continue
        turning = {} if course.is_ring else _last_nodes(drawing, course, interchanges, streets)
        for backwards in (False, True):
            _carriageway(drawing, course, backwards, found, turning, interchanges)
    return found


def _last_nodes(
    drawing: Drawing, course: Course, interchanges: Sequence[str], streets: Mapping[str, int]
) -> dict[str, int]:
    """Nodes of the ends at no interchange: that of an open road, else one where both carriageways turn."""
    ends = [(course.knots[0].key, course.line.coords[0]), (course.knots[-1].key, course.line.coords[-1])]
    free = [(key, point) for key, point in ends if key not in interchanges]
    return {key: streets[key] if key in streets else drawing.node(np.array(point)) for key, point in free}


def _carriageway(
    drawing: Drawing,
    course: Course,
    backwards: bool,
    found: dict[str, Interchange],
    turning: Mapping[str, int],
    interchanges: Sequence[str],
) -> None:
    line = course.line.reverse() if backwards else course.line
    knots = [(line.length - k.at_m, k.key) if backwards else (k.at_m, k.key) for k in course.knots]
    knots.sort()
    stations = _stations([knot for knot in knots if knot[1] in interchanges], line.length)
    ends = {0.0: turning.get(knots[0][1]), line.length: turning.get(knots[-1][1])}
    nodes = {at_m: node for at_m, node in ends.items() if node is not None}
    for at_m in sorted({0.0, line.length, *(at_m for at_m, _, _ in stations)}):
        if course.is_ring and at_m == line.length:
            nodes[at_m] = nodes[0.0]
        elif at_m not in nodes:
            nodes[at_m] = drawing.node(_beside(line, at_m))
    for a, b in pairwise(sorted(nodes)):
        drawing.edge(nodes[a], nodes[b], shifted_right(part(line, a, b), APART_M)[1:-1], course.road, flags=DUAL)
    for at_m, key, leaves in stations:
        end = RampEnd(course.road, nodes[at_m], heading(line, at_m))
        (found[key].exits if leaves else found[key].entries).append(end)


def _stations(knots: Sequence[tuple[float, str]], length_m: float) -> list[tuple[float, str, bool]]:
    """Distances where ramps leave (True) and arrive (False).

    Ramps of neighbours never overtake each other, and where the road begins or ends its last node is the ramp's.
    """
    found = []
    for i, (at_m, key) in enumerate(knots):
        before = at_m - (knots[i - 1][0] if i else 0.0)
        after = (knots[i + 1][0] if i + 1 < len(knots) else length_m) - at_m
        begins, ends = at_m < 1, at_m > length_m - 1
        if not begins:
            found.append((length_m if ends else at_m - min(RAMP_REACH_M, 0.4 * before), key, True))
        if not ends:
            found.append((0.0 if begins else at_m + min(RAMP_REACH_M, 0.4 * after), key, False))
    return found


def _beside(line: LineString, at_m: float) -> Points:
    point, along = line.interpolate(at_m), heading(line, at_m)
    return np.array([point.x, point.y]) + APART_M * np.array([along[1], -along[0]])

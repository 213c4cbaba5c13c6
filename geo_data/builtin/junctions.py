"""Where generated streets meet the drawn roads and each other: few metres apart become one junction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from geo_data.builtin.blocks import Shapes
from geo_data.builtin.courses import Course, Knot
from geo_data.roads.plane import Points

Index = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

TOUCH_M = 0.6
SAME_M = 24.0  # streets that end this near each other on one road end at one junction
FREE = -1


@dataclass(frozen=True, eq=False)
class Stations:
    """What lies along generated streets, sorted by street and distance: their ends and the junctions between.

    Parameters
    ----------
    street : (k,) int64
    at_m : (k,) float64
    junction : (k,) int64
        Number of the junction or dead end there.
    point : (j, 2) float64
        Where each junction is, in metres.
    knot : list of str
        For each junction the key of the place on a drawn road; empty where it lies on generated streets only.
    """

    street: Index
    at_m: Numbers
    junction: Index
    point: Points
    knot: list[str]


@dataclass(frozen=True, eq=False)
class _Ends:
    """Both ends of every street (row 2 i and 2 i + 1): the line they lie on, and where on it."""

    host: Index  # first the drawn roads, then the streets; FREE for a dead end
    at_m: Numbers
    point: Points


def meet(courses: Sequence[Course], used: dict[str, int], streets: Shapes) -> Stations:
    """Find the junctions of generated streets and add those on drawn roads to the courses as knots.

    Parameters
    ----------
    courses : sequence of Course
        Open roads that streets may join; they receive knots.
    used : mapping of str to int
        How many roads know each place; new places are entered.
    streets : (n,) LineString
        A street ends only at roads or at streets before it.
    """
    roads = len(courses)
    lines = np.concatenate([np.array([course.line for course in courses], dtype=object), streets])
    length = shapely.length(lines)
    ends = _ends(lines, roads)
    leads_to = np.arange(len(ends.host))  # an end near the end of its host is that end
    on_street = ends.host >= roads
    host_end = 2 * (ends.host - roads)
    leads_to = np.where(on_street & (ends.at_m < SAME_M), host_end, leads_to)
    leads_to = np.where(on_street & (length[ends.host] - ends.at_m < SAME_M), host_end + 1, leads_to)
    while not np.array_equal(leads_to, leads_to[leads_to]):
        leads_to = leads_to[leads_to]
    own = np.flatnonzero((leads_to == np.arange(len(leads_to))) & (ends.host != FREE))
    own = own[np.lexsort((ends.at_m[own], ends.host[own]))]
    group, group_at = _grouped(ends.host[own], ends.at_m[own])
    group_host = ends.host[own][np.unique(group, return_index=True)[1]]
    free = np.flatnonzero(ends.host == FREE)
    junction = np.empty(len(leads_to), dtype=np.int64)
    junction[own] = group
    junction[free] = len(group_at) + np.arange(len(free))
    junction = junction[leads_to]
    point = np.vstack([_along(lines[group_host], group_at), ends.point[free]])
    knots = _knots(courses, used, group_host, group_at) + [""] * len(free)
    inner = np.flatnonzero(group_host >= roads)
    last = length[roads:]
    street = np.concatenate([np.repeat(np.arange(len(streets)), 2), group_host[inner] - roads])
    at_m = np.concatenate([np.column_stack([np.zeros_like(last), last]).ravel(), group_at[inner]])
    junction = np.concatenate([junction, inner])
    order = np.lexsort((at_m, street))
    return Stations(street[order], at_m[order], junction[order], point, knots)


def _ends(lines: Shapes, roads: int) -> _Ends:
    streets = lines[roads:]
    points = shapely.get_coordinates([shapely.get_point(streets, 0), shapely.get_point(streets, -1)])
    points = points.reshape(2, -1, 2).transpose(1, 0, 2).reshape(-1, 2)
    of = np.repeat(np.arange(len(streets)), 2) + roads
    end, host = STRtree(lines).query(shapely.points(points), predicate="dwithin", distance=TOUCH_M)
    earlier = host < of[end]
    end, host = end[earlier], host[earlier]
    order = np.lexsort((host, end))
    first = order[np.unique(end[order], return_index=True)[1]]
    hosts = np.full(len(points), FREE, dtype=np.int64)
    hosts[end[first]] = host[first]
    at_m = np.zeros(len(points))
    found = hosts != FREE
    at_m[found] = shapely.line_locate_point(lines[hosts[found]], shapely.points(points[found]))
    return _Ends(hosts, at_m, points)


def _grouped(host: Index, at_m: Numbers) -> tuple[Index, Numbers]:
    """Number of the junction of each end (sorted by host and distance), and where each junction lies."""
    new = np.ones(len(host), dtype=bool)
    new[1:] = (np.diff(host) != 0) | (np.diff(at_m) > SAME_M)
    group = np.cumsum(new) - 1
    return group, np.bincount(group, at_m) / np.bincount(group)


def _along(lines: Shapes, at_m: Numbers) -> Points:
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(lines, at_m)))


def _knots(courses: Sequence[Course], used: dict[str, int], host: Index, at_m: Numbers) -> list[str]:
    """Keys of the junctions on drawn roads: a place already there, or a new one."""
    keys = [""] * len(host)
    for i, course in enumerate(courses):
        there = [knot for knot in course.knots if used[knot.key] > 1 or knot in (course.knots[0], course.knots[-1])]
        places = np.array([knot.at_m for knot in there])
        new = []
        for j in range(*np.searchsorted(host, [i, i + 1])):
            nearest = int(np.abs(places - at_m[j]).argmin())
            keys[j] = there[nearest].key if abs(places[nearest] - at_m[j]) < SAME_M else f"g{j}"
            if keys[j] == f"g{j}":
                new.append(Knot(float(at_m[j]), keys[j]))
                used[keys[j]] = 2
        course.knots = sorted([*course.knots, *new], key=lambda knot: (knot.at_m, knot.key))
    return keys

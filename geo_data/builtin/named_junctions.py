"""Junctions people name: the table says which two roads meet, the drawing says where. No position is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.roads import builtin_roads
from geo_data.builtin.tables import rows, split
from geo_data.roads.plane import Points, position_of, to_plane

REACH_M = 60.0  # roads that end this near each other meet there
ONE_SPOT_M = 150.0  # meetings closer together are one junction


@dataclass(frozen=True, slots=True)
class Junction:
    """Two roads that meet.

    Parameters
    ----------
    name : str
        ``A路与B路交叉口``.
    aliases : tuple of str
        What people also say, e.g. ``石牌桥``; mostly empty.
    roads : tuple of str
        The two roads; a third tells which of several meetings is meant, the one nearest to it.
    position : Position
        Computed from the points of the two roads; within 60 m of their crossing in the network.
    district : str
        One of the 11 districts, as the table says.
    source : str
    """

    name: str
    aliases: tuple[str, ...]
    roads: tuple[str, ...]
    position: Position
    district: str
    source: str


@cache
def builtin_junctions() -> tuple[Junction, ...]:
    """Return the named junctions, in the order of the table.

    Raises
    ------
    InvalidInput
        When two roads do not meet exactly once and no third tells which meeting is meant.
    """
    lines, table = open_courses(), list(rows("junctions"))
    positions = [position_of(meeting(split(row["roads"]), lines)) for row in table]
    return tuple(
        Junction(row["name"], split(row["aliases"]), split(row["roads"]), at, row["district"], row["source"])
        for row, at in zip(table, positions, strict=True)
    )


def meeting(roads: Sequence[str], lines: Mapping[str, shapely.Geometry]) -> Points:
    """Where the first two of ``roads`` meet, in metres (see `geo_data.roads.plane`).

    Parameters
    ----------
    roads : sequence of str
        Two names; a third chooses the nearest of several meetings.
    lines : mapping of str to geometry
        Course of each road in metres.

    Raises
    ------
    InvalidInput
        When a name is not drawn, when the roads do not meet, or when they meet more than once and no third tells.
    """
    if missing := [road for road in roads if road not in lines] or (len(roads) not in (2, 3)):
        raise InvalidInput(f"junctions.csv, {'|'.join(roads)}: name two or three drawn roads ({missing}).")
    spots = _spots(lines[roads[0]], lines[roads[1]])
    if not spots:
        raise InvalidInput(f"junctions.csv: {roads[0]} and {roads[1]} do not meet as drawn.")
    if len(spots) > 1 and len(roads) == 2:
        raise InvalidInput(f"junctions.csv: {roads[0]} and {roads[1]} meet {len(spots)} times; add a third road.")
    return min(spots, key=lambda spot: float(shapely.distance(lines[roads[-1]], shapely.Point(spot))))


@cache
def open_courses() -> dict[str, shapely.Geometry]:
    """Return the course of each open road by name, straight from point to point: near enough, and quick.

    Returns
    -------
    dict of str to MultiLineString
        In metres (see `geo_data.roads.plane`).
    """
    roads = [road for road in builtin_roads() if road.name and not road.limited and road.structure != "tunnel"]
    stops = [stop.position for road in roads for stop in road.waypoints]
    which = np.repeat(np.arange(len(roads)), [len(road.waypoints) for road in roads])
    courses = np.asarray(
        shapely.linestrings(to_plane([at.lon for at in stops], [at.lat for at in stops]), indices=which)
    )
    names = np.array([road.name for road in roads])
    return {name: shapely.multilinestrings(courses[names == name]) for name in dict.fromkeys(names.tolist())}


def _spots(a: shapely.Geometry, b: shapely.Geometry) -> list[Points]:
    crossing = shapely.intersection(a, b)
    if crossing.is_empty:
        bridge = shapely.shortest_line(a, b)
        ends = shapely.get_coordinates(bridge)
        return [ends.mean(axis=0)] if bridge.length <= REACH_M else []
    found: list[Points] = []
    for part in shapely.get_parts(crossing):
        spot = shapely.get_coordinates(part).mean(axis=0)
        if all(np.hypot(*(spot - other)) > ONE_SPOT_M for other in found):
            found.append(spot)
    return found

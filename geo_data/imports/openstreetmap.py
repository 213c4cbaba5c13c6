"""Import of an OpenStreetMap extract: read, simplify, merge attributes, compile."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput
from geo_data.imports.osm_places import read_places
from geo_data.imports.osm_read import Streets, read_streets
from geo_data.imports.osm_turns import edge_restrictions
from geo_data.network_places import pack
from geo_data.roads.compile import RoadEdges, compile_network
from geo_data.roads.network import BRIDGE, TUNNEL, Floats, Ints, Network
from geo_data.roads.road_edges import great_circle_m
from geo_data.roads.simplify import Chains, find_chains
from geo_data.roads.turn_costs import assumed_turn_costs

Progress = Callable[[str], None]


def _quiet(_: str) -> None:
    """Report nothing."""


def import_osm(path: Path, *, title: str = "", progress: Progress = _quiet) -> Network:
    """Compile the streets of an OpenStreetMap file (.osm, .osm.gz, .osm.pbf), with its named places.

    Parameters
    ----------
    path : Path
    title : str
        Shown to people; the file's name when empty.
    progress : callable
        Told the name of each step as it begins.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When the file is broken, or holds no connected streets for cars.
    """
    progress("reading the streets")
    streets = read_streets(path)
    progress("joining segments between junctions")
    chains = find_chains(streets.tail, streets.head, len(streets.node_lon))
    if not len(chains.segment):
        raise InvalidInput(
            f"{path} holds only rings of streets that nothing leads to: check that it is the extract you meant."
        )
    edges = merge_chains(streets, chains)
    progress("finding the turn restrictions")
    restrictions, ignored = edge_restrictions(streets, chains, edges.tail, edges.head)
    progress("compiling")
    network = compile_network(
        edges,
        restrictions,
        costs=assumed_turn_costs(edges),
        title=title or path.name.split(".")[0],
        source=f"OpenStreetMap ({path.name})",
        schematic=False,
        dropped=streets.skipped,
        ignored=ignored + streets.ignored,
    )
    progress("reading the places")
    return replace(network, places=pack(read_places(path)))


def merge_chains(streets: Streets, chains: Chains) -> RoadEdges:
    """One edge for each chain: lengths and times add up; class, name and the like come from the longest part."""
    tail, head = chains.ends(streets.tail, streets.head)
    segment, owner = chains.segment, np.repeat(np.arange(len(tail)), np.diff(chains.first))
    lon, lat = streets.node_lon, streets.node_lat
    a, b = streets.tail[segment], streets.head[segment]
    length = great_circle_m(lon[a], lat[a], lon[b], lat[b])
    row = streets.row[segment]
    speed = np.array([road.speed_kph for road in streets.roads])[row]
    length = np.maximum(length, 1e-6)  # so that two points on one spot still have a speed
    length_m = np.bincount(owner, length, len(tail)).astype(np.float64)
    longest = _longest_row(owner, row, length)
    names, name, ref = _names(streets, longest)
    point, first_point = _points(streets, chains)
    return RoadEdges(
        node_lon=lon,
        node_lat=lat,
        tail=tail,
        head=head,
        length_m=length_m,
        speed_kph=length_m / np.bincount(owner, length / speed, len(tail)),
        road_class=np.array([road.road_class for road in streets.roads], dtype=np.uint8)[longest],
        flags=_flags(streets, chains, row, longest),
        lanes=np.array([road.lanes for road in streets.roads], dtype=np.uint8)[longest],
        name=name,
        ref=ref,
        first_point=first_point,
        point_lon=lon[point],
        point_lat=lat[point],
        names=names,
    )


def _longest_row(owner: npt.NDArray[np.int64], row: Ints, length: Floats) -> npt.NDArray[np.int64]:
    """The row that makes up most of each chain."""
    part, where = np.unique(np.column_stack([owner, row]), axis=0, return_inverse=True)
    total = np.bincount(where.ravel(), length, len(part))
    order = np.lexsort((total, part[:, 0]))
    last = np.append(np.flatnonzero(np.diff(part[order, 0])), len(part) - 1)
    return np.asarray(part[order[last], 1], dtype=np.int64)


def _flags(streets: Streets, chains: Chains, row: Ints, longest: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """Flags of the longest part, and BRIDGE and TUNNEL where any part is one."""
    of_row = np.array([road.flags for road in streets.roads], dtype=np.uint8)
    anywhere = np.bitwise_or.reduceat(of_row[row], chains.first[:-1])
    return np.asarray(of_row[longest] | (anywhere & (BRIDGE | TUNNEL)), dtype=np.uint8)


def _names(streets: Streets, row: npt.NDArray[np.int64]) -> tuple[list[str], Ints, Ints]:
    number: dict[str, int] = {}
    columns = []
    for texts in ([road.name for road in streets.roads], [road.ref for road in streets.roads]):
        of_row = [number.setdefault(text, len(number)) if text else -1 for text in texts]
        columns.append(np.array(of_row, dtype=np.int32)[row])
    return list(number), columns[0], columns[1]


def _points(streets: Streets, chains: Chains) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Nodes along each chain, ends included, and their offsets."""
    first = chains.first + np.arange(len(chains.first))
    points = np.empty(first[-1], dtype=np.int64)
    inner = np.ones(first[-1], dtype=bool)
    inner[first[1:] - 1] = False
    points[inner] = streets.tail[chains.segment]
    points[~inner] = streets.head[chains.last_segment()]
    return points, first

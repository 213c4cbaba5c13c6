"""A street graph with attributes as OSMnx gives them, and its way into a compiled network.

Nothing but node positions is required: what is missing is measured or takes the default of the road class.
"""

import ast
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.imports.osm_tags import road, road_class_of
from geo_data.roads.compile import RoadEdges, RoadEdgesBuilder, compile_network
from geo_data.roads.network import ROAD_CLASSES, Network
from geo_data.roads.turn_costs import assumed_turn_costs

Node = Hashable


@dataclass
class StreetGraph:
    """Nodes with ``x`` and ``y`` in WGS-84 degrees, and directed edges; values are text or what OSMnx holds.

    Parameters
    ----------
    nodes : dict
        Attributes by node.
    edges : list of (tail, head, attributes)
    title : str
        Empty where none.
    """

    nodes: dict[Node, Mapping[str, Any]] = field(default_factory=dict)
    edges: list[tuple[Node, Node, Mapping[str, Any]]] = field(default_factory=list)
    title: str = ""


def _quiet(_: str) -> None:
    """Report nothing."""


def compile_graph(graph: StreetGraph, *, title: str, source: str, progress: Callable[[str], None] = _quiet) -> Network:
    """Compile a street graph; it knows no turn restrictions."""
    progress("reading roads and their tags")
    edges = edges_of_graph(graph)
    progress("compiling")
    return compile_network(edges, costs=assumed_turn_costs(edges), title=title, source=source, schematic=False)


def edges_of_graph(graph: StreetGraph) -> RoadEdges:
    """Loose road edges from a street graph.

    Raises
    ------
    InvalidInput
        When a node has no position in degrees, a geometry cannot be read, or there are no edges.
    """
    if not graph.edges:
        raise InvalidInput("The graph holds no roads: check that it is the file or place you meant.")
    builder = RoadEdgesBuilder()
    number = {node: builder.node(_position(node, data)) for node, data in graph.nodes.items()}
    pairs = {(tail, head) for tail, head, _ in graph.edges}
    lines = _lines([data.get("geometry") or None for _, _, data in graph.edges])
    for (tail, head, data), line in zip(graph.edges, lines, strict=True):
        _add(builder, (number[tail], number[head]), data, line, both_ways=(head, tail) in pairs)
    return builder.build()


def _add(
    builder: RoadEdgesBuilder, ends: tuple[int, int], data: Mapping[str, Any], line: list[Position], *, both_ways: bool
) -> None:
    tags = {key: text for key in _TAGS if (text := _tag(key, data.get(key)))}
    meaning = road(tags, "forward", both_ways=both_ways)
    length_m = _number(data.get("length"))
    builder.edge(
        *ends,
        line,
        road_class=ROAD_CLASSES[meaning.road_class],
        flags=meaning.flags,
        speed_kph=_speed_kph(data, length_m) or meaning.speed_kph,
        lanes=meaning.lanes,
        name=meaning.name,
        ref=meaning.ref,
        length_m=length_m,
    )


_TAGS = ("highway", "maxspeed", "lanes", "name", "name:zh", "ref", "bridge", "tunnel", "junction")


def _position(node: Node, data: Mapping[str, Any]) -> Position:
    try:
        return Position(float(data["x"]), float(data["y"]))
    except (KeyError, TypeError, ValueError):
        message = f"Node {node} has no x and y in degrees: save the graph unprojected, in WGS-84 (epsg:4326)."
        raise InvalidInput(message) from None


def _values(value: object) -> list[str]:
    """All values of an attribute; OSMnx merges several into a list, and saves that as text."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            return [str(value)]
    values = value if isinstance(value, list | tuple | set) else [value]
    return [text for item in values if item is not None and (text := str(item)) not in ("", "nan", "None")]


def _tag(key: str, value: object) -> str:
    """One tag value for several: the highest class, all limits, fewest lanes, any bridge, the first name."""
    values = _values(value)
    if not values:
        return ""
    if key == "highway":
        return min(values, key=_rank)
    if key == "maxspeed":
        return ";".join(values)
    if key in ("bridge", "tunnel"):
        return next((text for text in values if text != "no"), "no")
    return min(values, key=_lanes) if key == "lanes" else values[0]


def _rank(highway: str) -> tuple[int, int]:
    road_class, ramp = road_class_of(highway)
    return ROAD_CLASSES.index(road_class), ramp


def _lanes(text: str) -> float:
    return _number(text.split(";", maxsplit=1)[0]) or np.inf


def _number(value: object) -> float | None:
    """A finite number above zero, else None."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if 0 < number < np.inf else None


def _speed_kph(data: Mapping[str, Any], length_m: float | None) -> float | None:
    """The speed the graph itself tells, outright or by a travel time in seconds."""
    if speed := _number(data.get("speed_kph")):
        return speed
    travel_s = _number(data.get("travel_time"))
    return 3.6 * length_m / travel_s if travel_s and length_m else None


def _lines(geometries: list[Any]) -> Iterator[list[Position]]:
    """Points of each geometry, which is well-known text, a shapely line or None."""
    try:
        shapes = [shapely.from_wkt(item) if isinstance(item, str) else item for item in geometries]
        points, owner = shapely.get_coordinates(np.array(shapes, dtype=object), return_index=True)
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise InvalidInput(f"A road has a geometry that cannot be read ({error}): save the graph again.") from None
    first = np.searchsorted(owner, np.arange(len(geometries) + 1)).tolist()
    for i, _ in enumerate(geometries):
        yield [Position(lon, lat) for lon, lat in points[first[i] : first[i + 1]].tolist()]

"""Import of a street graph as OSMnx saves it (GraphML), or as OSMnx holds it in memory.

Nothing but node positions is required: what is missing is measured or takes the default of the road class.
"""

import ast
import gzip
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
import shapely

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position
from geo_data.compile import RoadEdges, RoadEdgesBuilder, compile_network
from geo_data.network import RAMP, ROAD_CLASSES, Network
from geo_data.osm_tags import road, road_class_of

Graph = nx.MultiDiGraph


def _quiet(_: str) -> None:
    """Report nothing."""


def import_graphml(path: Path, *, title: str = "", progress: Callable[[str], None] = _quiet) -> Network:
    """Compile a street graph from a .graphml or .graphml.gz file.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When the file is not GraphML, is cut short, or a node has no position in degrees.
    """
    progress("reading the graph")
    graph = read_graph(path)
    title = title or str(graph.graph.get("name") or path.name.split(".")[0])
    return compile_graph(graph, title=title, source=f"GraphML ({path.name})", progress=progress)


def compile_graph(graph: Graph, *, title: str, source: str, progress: Callable[[str], None] = _quiet) -> Network:
    """Compile a street graph whose nodes have ``x`` and ``y`` in WGS-84 degrees; it knows no turn restrictions."""
    progress("reading roads and their tags")
    edges = edges_of_graph(graph)
    progress("compiling")
    return compile_network(edges, title=title, source=source, schematic=False)


def read_graph(path: Path) -> Graph:
    """Read GraphML, plain or gzipped, as a directed multigraph; an undirected graph gets both directions."""
    if not path.is_file():
        raise Unavailable(f"No file at {path}: give the path of a GraphML file.")
    if path.stat().st_size == 0:
        raise InvalidInput(f"{path} is empty: save or download it again.")
    opener: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as stream:
            graph = nx.read_graphml(stream, force_multigraph=True)
    except (ParseError, nx.NetworkXError, EOFError, zlib.error, OSError, ValueError, KeyError) as error:
        detail = " ".join(str(error).split())
        raise InvalidInput(f"{path} is not a whole GraphML file ({detail}): save or download it again.") from None
    return graph if graph.is_directed() else graph.to_directed()


def edges_of_graph(graph: Graph) -> RoadEdges:
    """Loose road edges from a directed street graph.

    Raises
    ------
    InvalidInput
        When a node has no position in degrees, or there are no edges.
    """
    if graph.number_of_edges() == 0:
        raise InvalidInput("The graph holds no roads: check that it is the file or place you meant.")
    builder = RoadEdgesBuilder()
    number = {node: builder.node(_position(node, data)) for node, data in graph.nodes(data=True)}
    for tail, head, data in graph.edges(data=True):
        _add(builder, (number[tail], number[head]), data, both_ways=graph.has_edge(head, tail))
    return builder.build()


def _add(builder: RoadEdgesBuilder, ends: tuple[int, int], data: Mapping[str, Any], *, both_ways: bool) -> None:
    tags = {key: _tag(key, data[key]) for key in _TAGS if data.get(key) is not None}
    meaning = road(tags, "forward", both_ways=both_ways)
    length_m = _number(data.get("length"))
    builder.edge(
        *ends,
        _line(data.get("geometry")),
        road_class=ROAD_CLASSES[meaning.road_class],
        flags=meaning.flags,
        speed_kph=_speed_kph(data, length_m) or meaning.speed_kph,
        lanes=meaning.lanes,
        name=meaning.name,
        ref=meaning.ref,
        length_m=length_m,
    )


_TAGS = ("highway", "maxspeed", "lanes", "name", "name:zh", "ref", "bridge", "tunnel", "junction")


def _position(node: object, data: Mapping[str, Any]) -> Position:
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
    return [str(item) for item in value] if isinstance(value, list | tuple | set) else [str(value)]


def _tag(key: str, value: object) -> str:
    """One tag value for several: the highest class, all limits, fewest lanes, any bridge, the first name."""
    values = [text for text in _values(value) if text not in ("", "nan", "None")]
    if not values:
        return ""
    if key == "highway":
        return min(values, key=_rank)
    if key == "maxspeed":
        return ";".join(values)
    if key in ("bridge", "tunnel"):
        return next((text for text in values if text != "no"), "no")
    return min(values, key=_first_number) if key == "lanes" else values[0]


def _rank(highway: str) -> tuple[int, int]:
    road_class, ramp = road_class_of(highway)
    return ROAD_CLASSES.index(road_class), ramp & RAMP


def _first_number(text: str) -> float:
    return _number(text.split(";", maxsplit=1)[0]) or np.inf


def _number(value: object) -> float | None:
    """A finite number above zero, else None."""
    try:
        number = float(_values(value)[0])
    except (ValueError, IndexError):
        return None
    return number if np.isfinite(number) and number > 0 else None


def _speed_kph(data: Mapping[str, Any], length_m: float | None) -> float | None:
    """The speed the graph itself tells, outright or by a travel time in seconds."""
    if speed := _number(data.get("speed_kph")):
        return speed
    travel_s = _number(data.get("travel_time"))
    return 3.6 * length_m / travel_s if travel_s and length_m else None


def _line(geometry: object) -> list[Position]:
    if geometry is None or geometry == "":
        return []
    try:
        line = shapely.from_wkt(geometry) if isinstance(geometry, str) else geometry
        return [Position(lon, lat) for lon, lat in shapely.get_coordinates(line).tolist()]
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise InvalidInput(f"A road has a geometry that cannot be read ({error}): save the graph again.") from None

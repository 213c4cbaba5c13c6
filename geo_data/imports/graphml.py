"""Reading a street graph as OSMnx saves it: GraphML, plain or gzipped."""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast
from xml.etree.ElementTree import Element, ParseError, iterparse

from dispatch.errors import InvalidInput, Unavailable
from geo_data.imports.street_graph import StreetGraph, compile_graph
from geo_data.roads.network import Network
from geo_data.unpacking import open_gzip


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
    title = title or graph.title or path.name.split(".")[0]
    return compile_graph(graph, title=title, source=f"GraphML ({path.name})", progress=progress)


def read_graph(path: Path) -> StreetGraph:
    """Read GraphML as a directed street graph; an undirected edge gets both directions.

    Attributes stay text, as OSMnx saves them.
    """
    if not path.is_file():
        raise Unavailable(f"No file at {path}: give the path of a GraphML file.")
    if path.stat().st_size == 0:
        raise InvalidInput(f"{path} is empty: save or download it again.")
    packed = path.suffix == ".gz"
    try:
        with cast(IO[bytes], open_gzip(path) if packed else path.open("rb")) as stream:
            return _parse(stream)
    except InvalidInput:
        raise
    except (ParseError, EOFError, zlib.error, OSError, ValueError) as error:
        detail = " ".join(str(error).split())
        raise InvalidInput(f"{path} is not a whole GraphML file ({detail}): save or download it again.") from None


def _parse(stream: IO[bytes]) -> StreetGraph:
    """Read element by element: several times faster than building the whole tree."""
    graph = StreetGraph()
    names: dict[str, str] = {}
    undirected = False
    # Python's expat limits entity expansion and opens no outside entities, so hostile files do no harm.
    for event, element in iterparse(stream, events=("start", "end")):  # noqa: S314
        kind = element.tag.rpartition("}")[2]
        if event == "start":
            if kind == "graph":
                undirected = element.get("edgedefault") == "undirected"
        elif kind == "key":
            names[element.get("id", "")] = element.get("attr.name", "")
        elif kind == "node":
            graph.nodes[element.get("id")] = _data(element, names)
            element.clear()
        elif kind == "edge":
            _edge(graph, element, names, undirected=undirected)
            element.clear()
        elif kind == "graph":
            graph.title = _data(element, names).get("name", "")
    return graph


def _data(element: Element, names: dict[str, str]) -> dict[str, str]:
    children = (child for child in element if child.tag.endswith("data"))
    return {names.get(child.get("key", ""), ""): child.text or "" for child in children}


def _edge(graph: StreetGraph, element: Element, names: dict[str, str], *, undirected: bool) -> None:
    ends, data = (element.get("source"), element.get("target")), _data(element, names)
    if not {*ends} <= graph.nodes.keys():
        raise ValueError(f"edge from {ends[0]} to {ends[1]} names a node that is not there")
    graph.edges.append((*ends, data))
    if undirected:
        graph.edges.append((*ends[::-1], {**data, "geometry": ""}))

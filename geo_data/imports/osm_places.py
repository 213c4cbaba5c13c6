"""Reading named places from an OpenStreetMap file: points, areas by a point on them, bridges and tunnels by their ways."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.osm.types import Area, Node, Way

from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.imports.osm_place_tags import KINDS, exit_names
from geo_data.imports.osm_tags import Tags
from geo_data.imports.osm_whole import reading
from geo_data.imports.place_finding import FoundPlaces

_SORTS = (*(key for key, _, _ in KINDS), "bridge:name", "tunnel:name", "addr:housenumber")
_EXIT_ROADS = ("motorway", "trunk")


def read_places(path: Path) -> list[Place]:
    """Read every named place and every house number of a road.

    Returns
    -------
    list of Place
        Without district; the same name of one kind stands once a spot. A place that the edge of the extract cuts is
        read from the part inside; an area that does not close is left out.

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        When the file is broken or cut short.
    """
    reader = _Reader()
    with reading(path):
        sorts = osmium.filter.KeyFilter(*_SORTS)
        for item in osmium.FileProcessor(path).with_locations().with_areas(sorts).with_filter(sorts):
            reader.read(item)
    return reader.places()


@dataclass
class _Exit:
    """A numbered exit, until a way tells which road it is on."""

    tags: Tags
    position: Position
    road: str = ""


@dataclass
class _Reader:
    found: FoundPlaces = field(default_factory=FoundPlaces)
    exits: dict[int, _Exit] = field(default_factory=dict)
    wkb: Any = field(default_factory=osmium.geom.WKBFactory)

    def read(self, item: object) -> None:
        if isinstance(item, Node):
            self._node(item)
        elif isinstance(item, Way):
            self._way(item)
        elif isinstance(item, Area):
            self._area(item)

    def _node(self, node: Node) -> None:
        tags, position = dict(node.tags), Position(node.location.lon, node.location.lat)
        if tags.get("highway") == "motorway_junction":
            self.exits[node.id] = _Exit(tags, position)
        else:
            self.found.add(tags, position)

    def _way(self, way: Way) -> None:
        """A street is no place, but may be a bridge, a tunnel or a roundabout; closed ways come again as areas."""
        tags = dict(way.tags)
        if _is_street(tags):
            if tags.get("highway") in _EXIT_ROADS and self.exits:
                self._name_exits(way, tags.get("name") or tags.get("ref", ""))
            if position := _middle(way):
                self.found.add_street(tags, position)
        elif not way.is_closed() and (position := _middle(way)):
            self.found.add(tags, position)

    def _name_exits(self, way: Way, road: str) -> None:
        for node in way.nodes:
            if node.ref in self.exits:
                self.exits[node.ref].road = road

    def _area(self, area: Area) -> None:
        tags = dict(area.tags)
        if _is_street(tags):
            return
        try:
            shape = shapely.from_wkb(bytes.fromhex(self.wkb.create_multipolygon(area)))
        except RuntimeError:  # points that lie outside the extract
            return
        point = shape.representative_point()
        self.found.add(tags, Position(point.x, point.y))

    def places(self) -> list[Place]:
        for one in self.exits.values():
            names = exit_names(self.found.names(one.tags), one.tags.get("ref", ""), one.road)
            self.found.keep(names, "interchange", one.position)
        return self.found.places()


def _is_street(tags: Tags) -> bool:
    places = ("services", "rest_area", "bus_stop")
    return "highway" in tags and tags.get("highway") not in places and tags.get("area") != "yes"


def _middle(way: Way) -> Position | None:
    """The middle of the points that lie inside the extract."""
    inside = [(node.location.lon, node.location.lat) for node in way.nodes if node.location.valid()]
    if len(inside) < 2:
        return None
    lon, lat = np.array(inside, dtype=float).T
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(lon), np.diff(lat)))])
    half = along[-1] / 2
    return Position(float(np.interp(half, along, lon)), float(np.interp(half, along, lat)))

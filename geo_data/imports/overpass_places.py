"""Named places from what OSMnx downloads: one row a thing, one column a tag."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.imports.osm_place_tags import KINDS
from geo_data.imports.place_finding import FoundPlaces

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_NO_KINDS: dict[str, str] = {}
_ALSO = tuple((key, _NO_KINDS, "any") for key in ("addr:housenumber", "bridge:name", "tunnel:name"))
# All buildings of a city would be a download of their own, and few bear a name: they are read from files only.
WANTED: dict[str, bool | str | list[str]] = {
    key: True if other else [value for value, kind in by_value.items() if kind]
    for key, by_value, other in (*KINDS, *_ALSO)
    if key != "building"
}


def places_of(frame: "GeoDataFrame") -> list[Place]:
    """Places of a frame of features in WGS-84; an area stands for a point on it, a line for its middle."""
    found = FoundPlaces()
    for tags, shape in _rows(frame):
        if shape is None or shape.is_empty:
            continue
        line = shape.geom_type.endswith("LineString")
        point = shape.interpolate(0.5, normalized=True) if line else shape.representative_point()
        position = Position(point.x, point.y)
        if line and "highway" in tags:
            found.add_street(tags, position)
        else:
            found.add(tags, position)
    return found.places()


def _rows(frame: "GeoDataFrame") -> Iterator[tuple[dict[str, str], Any]]:
    columns = [str(column) for column in frame.columns if column != frame.geometry.name]
    values = zip(*(frame[column] for column in columns), strict=True) if columns else iter([()] * len(frame))
    for row, shape in zip(values, frame.geometry, strict=True):
        yield {key: value for key, value in zip(columns, row, strict=True) if isinstance(value, str)}, shape

"""Positions to PostGIS points and back."""

from typing import Any

from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely import Point

from dispatch.location import Position

WGS84 = 4326


def point(position: Position) -> Any:
    """Make a value for a ``Point, 4326`` column."""
    return from_shape(Point(position.lon, position.lat), srid=WGS84)


def position(element: WKBElement) -> Position:
    """Read a ``Point, 4326`` column."""
    (corner,) = to_shape(element).coords
    return Position(corner[0], corner[1])

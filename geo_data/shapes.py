"""Positions to PostGIS points and back."""

from geoalchemy2.elements import WKBElement
from geoalchemy2.shape import to_shape

from dispatch.location import Position

WGS84 = 4326


def point(position: Position) -> str:
    """Make a value for a ``Point, 4326`` column: extended well-known text, every digit kept."""
    return f"SRID={WGS84};POINT({position.lon!r} {position.lat!r})"


def position(element: WKBElement) -> Position:
    """Read a ``Point, 4326`` column."""
    (corner,) = to_shape(element).coords
    return Position(corner[0], corner[1])

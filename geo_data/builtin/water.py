"""Rivers and hills of the built-in Guangzhou, drawn from centre lines with widths and from outlines."""

from functools import cache
from typing import TYPE_CHECKING, Any

import shapely
from shapely import LineString, Polygon

from geo_data.builtin.tables import rows
from geo_data.roads.plane import CENTRE, M_PER_LAT, M_PER_LON, to_plane

WGS84 = 4326

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


@cache
def _rivers() -> list[tuple[str, Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows("rivers"):
        line = LineString(_plane_points(row["points"]))
        found.setdefault(row["name"], []).append(line.buffer(float(row["width_m"]) / 2, quad_segs=4))
    for row in rows("waters"):  # lakes, and the estuary up to the coast: as outlines
        found.setdefault(row["name"], []).append(Polygon(_plane_points(row["points"])))
    return [(name, shapely.union_all(parts)) for name, parts in found.items()]


@cache
def _greens() -> list[tuple[str, Any]]:
    return [(row["name"], Polygon(_plane_points(row["points"])).buffer(150).buffer(-150)) for row in rows("greens")]


@cache
def water_in_plane() -> Any:
    """All water as one prepared shape in metres (see `geo_data.roads.plane`)."""
    shape = shapely.union_all([shape for _, shape in _rivers()])
    shapely.prepare(shape)
    return shape


@cache
def greens_in_plane() -> Any:
    """All hills and parks as one shape in metres."""
    return shapely.union_all([shape for _, shape in _greens()])


def water_polygons() -> "GeoDataFrame":
    """Return the rivers as polygons: columns ``name`` and ``geometry``, WGS-84."""
    return _frame(_rivers())


def green_polygons() -> "GeoDataFrame":
    """Return the large hills and parks as polygons: columns ``name`` and ``geometry``, WGS-84."""
    return _frame(_greens())


def _frame(shapes: list[tuple[str, Any]]) -> "GeoDataFrame":
    geometry = [shapely.transform(shape, _to_degrees) for _, shape in shapes]
    from geopandas import GeoDataFrame  # noqa: PLC0415  (slow to import; most processes never ask)

    return GeoDataFrame({"name": [name for name, _ in shapes]}, geometry=geometry, crs=WGS84)


def _to_degrees(points: Any) -> Any:
    return (points / [M_PER_LON, M_PER_LAT] + [CENTRE.lon, CENTRE.lat]).round(6)


def _plane_points(cell: str) -> Any:
    corners = [tuple(map(float, corner.split())) for corner in cell.split(";")]
    return to_plane([lon for lon, _ in corners], [lat for _, lat in corners])

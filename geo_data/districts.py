"""The 11 districts of Guangzhou, with simplified borders compiled by hand: good to about half a kilometre."""

from functools import cache
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Point, STRtree

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.tables import rows

WGS84 = 4326
CELL_DEG = 0.005  # half a kilometre

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


def district_of(position: Position) -> str | None:
    """Tell the district of a position.

    Parameters
    ----------
    position : Position

    Returns
    -------
    str or None
        E.g. ``天河区``; None outside Guangzhou, which includes the sea.
    """
    inside = _cells().get((floor(position.lon / CELL_DEG), floor(position.lat / CELL_DEG)))
    if inside is not None:
        return inside
    return districts_of(np.array([position.lon]), np.array([position.lat]))[0]


@cache
def _cells() -> dict[tuple[int, int], str]:
    """The district of each cell of a grid that lies wholly in one: most positions need no geometry."""
    names, tree = _index()
    west, south, east, north = shapely.total_bounds(tree.geometries) / CELL_DEG
    column, row = np.mgrid[floor(west) : floor(east) + 1, floor(south) : floor(north) + 1].reshape(2, -1)
    boxes = np.asarray(shapely.box(*(np.array([column, row, column + 1, row + 1]) * CELL_DEG)))
    areas, cells = STRtree(boxes).query(tree.geometries, predicate="covers")
    return {(i, j): names[area] for i, j, area in zip(column[cells].tolist(), row[cells].tolist(), areas, strict=True)}


def districts_of(lon: npt.ArrayLike, lat: npt.ArrayLike) -> list[str | None]:
    """Tell the district of many positions.

    Parameters
    ----------
    lon, lat : (n,) array
        WGS-84 degrees.

    Returns
    -------
    list of str or None
        One for each position; None outside Guangzhou.
    """
    names, tree = _index()
    found: list[str | None] = [None] * np.size(lon)
    points, areas = tree.query(shapely.points(np.ravel(lon), np.ravel(lat)), predicate="intersects")
    for point, area in zip(points[::-1], areas[::-1], strict=True):
        found[point] = names[area]
    return found


@cache
def district_polygons() -> "GeoDataFrame":
    """Return the districts as polygons: columns ``name``, ``name_en`` and ``geometry``, WGS-84, in the table's order.

    Neighbours share every point of their border, so there are no gaps and no overlaps.

    Raises
    ------
    InvalidInput
        When the borders in the tables do not close around a district.
    """
    areas = shapely.get_parts(shapely.polygonize([LineString(line) for line in _borders()]))
    districts = list(rows("districts"))
    from geopandas import GeoDataFrame  # noqa: PLC0415  (slow to import; most processes never ask)

    return GeoDataFrame(
        {"name": [row["name"] for row in districts], "name_en": [row["name_en"] for row in districts]},
        geometry=[_around(row, areas) for row in districts],
        crs=WGS84,
    )


def _around(district: dict[str, str], areas: npt.NDArray[Any]) -> Any:
    inside = Point(float(district["lon"]), float(district["lat"]))
    for area in areas:
        if area.contains(inside):
            return area
    raise InvalidInput(f"borders.csv: the borders around {district['name']} do not close; check their common points.")


def _borders() -> list[list[tuple[float, float]]]:
    shared = {row["name"]: (float(row["lon"]), float(row["lat"])) for row in rows("border_points")}
    return [[_corner(text.strip(), shared) for text in row["points"].split(";")] for row in rows("borders")]


def _corner(text: str, shared: dict[str, tuple[float, float]]) -> tuple[float, float]:
    if text in shared:
        return shared[text]
    lon, lat = map(float, text.split())
    return lon, lat


@cache
def _index() -> tuple[list[str], STRtree]:
    frame = district_polygons()
    return list(frame["name"]), STRtree(list(frame.geometry))

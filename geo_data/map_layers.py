"""Load what the map shows into the tables that `geo_data.vector_tiles` cuts tiles from."""

import hashlib
import json
from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Connection, insert, select, text

from geo_data.builtin.places import Place
from geo_data.roads.network import BRIDGE, RAMP, ROAD_CLASSES, TUNNEL, Network
from geo_data.roads.road_edges import ragged_take
from geo_data.tables.schema import map_source

DRAWN_FLAGS = RAMP | BRIDGE | TUNNEL
WGS84, MERCATOR = 4326, 3857

# What is named first when there is room for few names; other kinds come last.
PLACE_RANKS = {
    "district": 0,
    "airport": 1,
    "railway_station": 1,
    "town": 2,
    "hospital": 2,
    "university": 2,
    "landmark": 3,
    "metro_station": 3,
    "bus_terminal": 3,
    "government": 3,
    "port": 3,
}
LAST_RANK = 4


def load_map(
    connection: Connection,
    network: Network,
    districts: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame,
    places: Sequence[Place],
    green: gpd.GeoDataFrame | None = None,
) -> bool:
    """Replace the map tables, inside the caller's transaction; nothing is done when they hold the same map already.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction. Other loaders wait for its end, readers see the old map until then.
    network : Network
        Its roads, each drawn once, pieces of one name, class and kind joined.
    districts, water : GeoDataFrame
        Polygons with a column ``name``, in any reference system they state; a district is also named as a place.
    places : sequence of Place
        Named points.
    green : GeoDataFrame, optional
        Hills and parks, as water.

    Returns
    -------
    bool
        Whether anything was loaded.
    """
    connection.execute(text("LOCK TABLE map_source IN SHARE ROW EXCLUSIVE MODE"))
    kinds = {"district": districts, "water": water} | ({"green": green} if green is not None else {})
    areas = [row for kind, frame in kinds.items() for row in _areas(kind, frame)]
    points = [*_district_names(districts), *_places(places)]
    fingerprint = _fingerprint(network, areas, points)
    if connection.execute(select(map_source.c.fingerprint)).scalar() == fingerprint:
        return False
    for table in ("map_source", "map_roads", "map_areas", "map_places"):
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  (not TRUNCATE: readers keep the old map)
    _copy(connection, "map_roads (class, rank, name, flags, geom)", road_rows(network))
    _copy(connection, "map_areas (kind, name, geom)", areas)
    _copy(connection, "map_places (kind, name, rank, geom)", points)
    title = str(network.meta.get("title", ""))
    source = {"network": network.fingerprint, "title": title, "schematic": network.schematic}
    connection.execute(insert(map_source).values(fingerprint=fingerprint, **source))
    for table in ("map_roads", "map_areas", "map_places"):
        connection.execute(text(f"ANALYZE {table}"))
    return True


Row = tuple[str | int, ...]


def road_rows(network: Network) -> list[Row]:
    """Roads as (class, rank, name, flags, geometry) with the geometry as hexadecimal EWKB in web mercator."""
    edges = drawn_edges(network)
    flags = network.flags[edges] & DRAWN_FLAGS
    names = np.where(network.name[edges] >= 0, network.name[edges], network.ref[edges])
    kinds = np.column_stack([network.road_class[edges], names, flags])
    order = np.lexsort(kinds.T[::-1])
    kinds, pieces = kinds[order], _lines(network, edges[order])
    groups, first = np.unique(kinds, axis=0, return_index=True)
    rows: list[Row] = []
    for (rank, name, flag), some in zip(groups, np.split(pieces, first[1:]), strict=True):
        chains = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(some)))
        label = network.names[name] if name >= 0 else ""
        rows += [(ROAD_CLASSES[rank], int(rank), label, int(flag), shape) for shape in _hex(chains)]
    return rows


def drawn_edges(network: Network) -> npt.NDArray[np.int64]:
    """Edges to draw: no copies made for turn restrictions, and of a road's two directions the first."""
    originals = np.flatnonzero(network.edge_origin == np.arange(network.n_edges))
    tail = network.node_origin[network.tail[originals]]
    head = network.node_origin[network.head[originals]]
    ends = np.sort(np.column_stack([tail, head]), axis=1)
    same = np.column_stack([ends, network.name[originals], np.round(network.length_m[originals])])
    _, first = np.unique(same, axis=0, return_index=True)
    return originals[np.sort(first)]


def _lines(network: Network, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    points, offsets = ragged_take(network.first_point, edges)
    lonlat = np.column_stack([network.point_lon[points], network.point_lat[points]])
    lines = shapely.linestrings(lonlat, indices=np.repeat(np.arange(len(edges)), np.diff(offsets)))
    return np.asarray(gpd.GeoSeries(lines, crs=WGS84).to_crs(MERCATOR).array, dtype=object)


def _areas(kind: str, frame: gpd.GeoDataFrame) -> list[Row]:
    shapes = frame.geometry.to_crs(MERCATOR).make_valid()
    polygons = [shapely.multipolygons(_polygons(s)) for s in shapes]
    return [(kind, str(name), shape) for name, shape in zip(frame["name"], _hex(polygons), strict=True)]


def _polygons(shape: shapely.Geometry) -> list[shapely.Geometry]:
    parts = shapely.get_parts(shapely.get_parts([shape]))  # twice: a collection may hold multipolygons
    return [p for p in parts if p.geom_type == "Polygon"]


def _district_names(districts: gpd.GeoDataFrame) -> list[Row]:
    centres = districts.geometry.to_crs(MERCATOR).representative_point()
    return [_place_row("district", str(n), c) for n, c in zip(districts["name"], _hex(centres), strict=True)]


def _places(places: Sequence[Place]) -> list[Row]:
    points = [shapely.Point(p.position.lon, p.position.lat) for p in places]
    shapes = _hex(gpd.GeoSeries(points, crs=WGS84).to_crs(MERCATOR))
    return [_place_row(p.kind, p.name, shape) for p, shape in zip(places, shapes, strict=True)]


def _place_row(kind: str, name: str, shape: str) -> Row:
    return (kind, name, PLACE_RANKS.get(kind, LAST_RANK), shape)


def _hex(shapes: Iterable[object]) -> list[str]:
    marked = shapely.set_srid(np.asarray(list(shapes), dtype=object), MERCATOR)
    return list(shapely.to_wkb(marked, hex=True, include_srid=True))


def _fingerprint(network: Network, *tables: list[Row]) -> str:
    digest = hashlib.sha256(network.fingerprint.encode())
    digest.update(json.dumps([network.meta.get("title"), network.schematic, *tables]).encode())
    return digest.hexdigest()[:16]


def _copy(connection: Connection, target: str, rows: Iterable[Row]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (an open connection has one)
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)

"""Vector tiles of the offline map, cut by PostGIS; one query a tile.

Layers and fields:

======  ========  ====================================
layer   geometry  fields
======  ========  ====================================
areas   polygon   kind (district, water, green), name
roads   line      class, rank, name, flags
places  point     kind, name, rank
======  ========  ====================================

A feature without a name has no field ``name``.
"""

from sqlalchemy import Connection, text

from dispatch.errors import InvalidInput

DEEPEST_ZOOM = 22
TILE_UNITS = 4096  # the size of a tile in its own units
MARGIN = 64  # drawn beyond the edge, so that line caps and labels join up
SCHEME = 1  # raise when the same map is to be cut differently, so that browsers fetch it anew

# The least important road class (index into ROAD_CLASSES) drawn up to a zoom: motorway to primary from afar.
ROADS_UP_TO_ZOOM = ((8, 1), (11, 2), (12, 3), (13, 4), (DEEPEST_ZOOM, 8))
PLACES_UP_TO_ZOOM = ((9, 0), (11, 1), (13, 2), (14, 3), (DEEPEST_ZOOM, 9))

# A tile pixel is a 512th of the tile's width; detail below half a pixel is dropped.
_TILE = text("""
WITH tile AS (
    SELECT box, ST_Expand(box, width * :margin / :units) AS reach, width / 1024 AS detail
    FROM (SELECT ST_TileEnvelope(:z, :x, :y) AS box) AS envelope,
         LATERAL (SELECT ST_XMax(box) - ST_XMin(box) AS width) AS size
), roads AS (
    SELECT class, rank, nullif(name, '') AS name, flags, ST_AsMVTGeom(ST_Simplify(geom, detail, true), box, :units, :margin) AS geom
    FROM map_roads, tile
    WHERE geom && reach AND rank <= :road_rank AND (ST_Length(geom) > detail OR :z > 13)
    ORDER BY rank DESC, id
), areas AS (
    SELECT kind, nullif(name, '') AS name, ST_AsMVTGeom(ST_Simplify(ST_ClipByBox2D(geom, reach), detail), box, :units, :margin) AS geom
    FROM map_areas, tile
    WHERE geom && reach AND (kind = 'district' OR ST_Area(geom) > 16 * detail * detail)
    ORDER BY id
), places AS (
    SELECT kind, name, rank, ST_AsMVTGeom(geom, box, :units, :margin) AS geom
    FROM map_places, tile
    WHERE geom && reach AND rank <= :place_rank
    ORDER BY rank, id
)
SELECT coalesce((SELECT ST_AsMVT(areas, 'areas', :units, 'geom') FROM areas WHERE geom IS NOT NULL), '')
    || coalesce((SELECT ST_AsMVT(roads, 'roads', :units, 'geom') FROM roads WHERE geom IS NOT NULL), '')
    || coalesce((SELECT ST_AsMVT(places, 'places', :units, 'geom') FROM places WHERE geom IS NOT NULL), '')
""")


def tile(connection: Connection, z: int, x: int, y: int) -> bytes:
    """Cut one Mapbox vector tile; empty where there is nothing to show.

    Parameters
    ----------
    connection : sqlalchemy.Connection
    z, x, y : int
        Zoom, column from the west, row from the north, as web maps count.

    Raises
    ------
    InvalidInput
        When there is no such tile.
    """
    if not 0 <= z <= DEEPEST_ZOOM or not (0 <= x < 2**z and 0 <= y < 2**z):
        raise InvalidInput(
            f"There is no tile {z}/{x}/{y}: zoom goes from 0 to {DEEPEST_ZOOM}, x and y from 0 to 2^z-1."
        )
    figures = {"z": z, "x": x, "y": y, "units": TILE_UNITS, "margin": MARGIN}
    ranks = {"road_rank": _at_zoom(ROADS_UP_TO_ZOOM, z), "place_rank": _at_zoom(PLACES_UP_TO_ZOOM, z)}
    return bytes(connection.execute(_TILE, figures | ranks).scalar_one())


def etag(connection: Connection) -> str:
    """Name the map all tiles are cut from; changes when another map is loaded. ``empty`` before the first."""
    loaded = connection.execute(text("SELECT fingerprint FROM map_source")).scalar()
    return f"{loaded}-{SCHEME}" if loaded else "empty"


def _at_zoom(table: tuple[tuple[int, int], ...], z: int) -> int:
    return next(rank for deepest, rank in table if z <= deepest)

"""The map in the database and the tiles cut from it, read back with GDAL's own decoder."""

from collections.abc import Callable
from dataclasses import replace
from math import asinh, pi, radians, tan
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiLineString, Point, box, from_wkb
from sqlalchemy import Connection, Engine, text

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.database import transaction
from geo_data.map_layers import drawn_edges, load_map, road_rows
from geo_data.roads.network import BRIDGE, DUAL, Network
from geo_data.vector_tiles import DEEPEST_ZOOM, etag, tile

MIDDLE = Position(113.305, 23.105)
NODES = [Position(113.30, 23.10), Position(113.31, 23.10), Position(113.32, 23.10), Position(113.31, 23.11)]


@pytest.fixture(scope="module")
def network(make_network: Callable[..., Network]) -> Network:
    """Two pieces of a motorway and a nameless side street, all both ways, and a copy made for a turn restriction."""
    pairs = [(0, 1, "机场高速"), (1, 2, "机场高速"), (1, 3, "")]
    edges = [(a, b, -1.0, 60.0, name) for a, b, name in pairs] + [(b, a, -1.0, 60.0, name) for a, b, name in pairs]
    made = make_network(NODES + NODES[1:2], [*edges, (4, 2, -1.0, 60.0, "机场高速", 1)], [1])
    side = made.name < 0
    return replace(made, road_class=np.where(side, 6, 0).astype(np.uint8), meta={"title": "试验", "schematic": True})


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": ["天河区"]}, geometry=[box(113.2, 23.0, 113.4, 23.2)], crs=4326)


@pytest.fixture(scope="module")
def water() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": ["珠江"]}, geometry=[box(113.29, 23.095, 113.33, 23.098)], crs=4326)


def named(name: str, kind: str, where: Position = MIDDLE) -> Place:
    return Place(name=name, aliases=(), kind=kind, position=where, district="天河区", source="test")


PLACES = [named("南站", "railway_station"), named("某收费站", "toll_gate")]

Load = Callable[..., bool]


@pytest.fixture
def load(connection: Connection, network: Network, districts: gpd.GeoDataFrame, water: gpd.GeoDataFrame) -> Load:
    def loaded(network: Network = network, places: list[Place] = PLACES, green: gpd.GeoDataFrame | None = None) -> bool:
        return load_map(connection, network, districts, water, places, green)

    return loaded


def at(where: Position, z: int) -> tuple[int, int, int]:
    """The tile that holds a point (OpenStreetMap wiki, Slippy map tilenames)."""
    x = int((where.lon + 180) / 360 * 2**z)
    return z, x, int((1 - asinh(tan(radians(where.lat))) / pi) / 2 * 2**z)


def on_map(where: Position) -> Point:
    """The point in web mercator."""
    return gpd.GeoSeries([Point(where.lon, where.lat)], crs=4326).to_crs(3857).iloc[0]


def decode(body: bytes, z: int, x: int, y: int, folder: Path) -> dict[str, gpd.GeoDataFrame]:
    file = folder / str(z) / str(x) / f"{y}.pbf"  # where GDAL reads the place of the tile from
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    return {name: pyogrio.read_dataframe(file, layer=name) for name, _ in pyogrio.list_layers(file)}


# -- roads drawn once --------------------------------------------------------------------------------------------


def test_each_road_is_drawn_once_whatever_its_directions_and_copies(network: Network) -> None:
    assert network.n_edges == 7
    assert len(drawn_edges(network)) == 3


def test_pieces_of_one_name_and_class_become_one_line(network: Network) -> None:
    rows = road_rows(network)
    assert [row[:4] for row in rows] == [("motorway", 0, "机场高速", 0), ("residential", 6, "", 0)]
    line = gpd.GeoSeries([from_wkb(rows[0][4])], crs=3857).to_crs(4326).iloc[0]
    assert sorted(round(lon, 6) for lon, _ in line.coords) == [113.30, 113.31, 113.32]


def test_a_bridge_is_a_line_of_its_own_and_a_divided_road_is_not(network: Network) -> None:
    flags = np.where((network.tail == 0) | (network.head == 0), BRIDGE, DUAL).astype(np.uint8)
    assert [row[3] for row in road_rows(replace(network, flags=flags))] == [0, BRIDGE, 0]


def test_no_road_of_a_real_network_is_lost_or_drawn_twice(shanghai: Network) -> None:
    edges = drawn_edges(shanghai)
    drawn = MultiLineString([shanghai.edge_points(e) for e in edges]).length
    lines = gpd.GeoSeries([from_wkb(row[4]) for row in road_rows(shanghai)], crs=3857).to_crs(4326)
    stored = shapely.length(lines.array).sum()
    assert stored == pytest.approx(drawn, rel=1e-6)
    base = np.flatnonzero(shanghai.edge_origin == np.arange(shanghai.n_edges))
    corner = shanghai.node_origin  # an edge may lead to a copy of its junction
    ends = [{frozenset(corner[[shanghai.tail[e], shanghai.head[e]]].tolist()) for e in some} for some in (edges, base)]
    assert ends[0] == ends[1]


# -- loading -----------------------------------------------------------------------------------------------------


def test_the_same_map_is_loaded_once(load: Load, connection: Connection) -> None:
    assert load() is True
    assert load() is False
    assert connection.execute(text("SELECT network, title, schematic FROM map_source")).one()[1:] == ("试验", True)
    assert connection.execute(text("SELECT count(*) FROM map_roads")).scalar() == 2


def test_another_map_replaces_the_first_and_has_another_tag(load: Load, connection: Connection) -> None:
    assert etag(connection) == "empty"
    load()
    first = etag(connection)
    assert load(places=PLACES[:1]) is True
    assert etag(connection) not in ("empty", first)
    names = connection.execute(text("SELECT name FROM map_places ORDER BY name")).scalars().all()
    assert sorted(names) == ["南站", "天河区"]


def test_a_map_that_fails_to_load_leaves_the_old_one(
    database_engine: Engine, network: Network, districts: gpd.GeoDataFrame, water: gpd.GeoDataFrame
) -> None:
    with transaction(database_engine) as connection:
        load_map(connection, network, districts, water, PLACES)
        before = etag(connection)
    broken = replace(network, road_class=network.road_class + 100)
    with pytest.raises(IndexError), transaction(database_engine) as connection:
        load_map(connection, broken, districts, water, PLACES)
    with transaction(database_engine) as connection:
        assert etag(connection) == before
        assert connection.execute(text("SELECT count(*) FROM map_roads")).scalar() == 2


# -- tiles -------------------------------------------------------------------------------------------------------


def test_a_near_tile_shows_everything_with_its_fields(load: Load, connection: Connection, tmp_path: Path) -> None:
    load(green=gpd.GeoDataFrame({"name": [""]}, geometry=[box(113.301, 23.101, 113.304, 23.104)], crs=4326))
    where = at(MIDDLE, 15)
    layers = decode(tile(connection, *where), *where, tmp_path)
    assert set(layers) == {"roads", "areas", "places"}
    assert set(zip(layers["areas"]["kind"], layers["areas"]["name"].fillna("-"), strict=True)) >= {
        ("district", "天河区"),
        ("green", "-"),
    }
    assert list(layers["places"]["name"]) == ["南站", "某收费站"]
    assert list(layers["roads"]["class"]) == ["residential", "motorway"]  # the greater road on top
    assert layers["places"].distance(on_map(MIDDLE)).max() < 1.0


def test_a_tile_draws_a_road_where_it_lies(load: Load, connection: Connection, tmp_path: Path) -> None:
    load()
    where = at(NODES[3], 14)
    roads = decode(tile(connection, *where), *where, tmp_path)["roads"]
    side = roads[roads["class"] == "residential"]
    assert side.distance(on_map(NODES[3])).min() < 1.0
    assert "name" not in side or side["name"].isna().all()


def test_a_far_tile_shows_only_main_roads_and_great_places(load: Load, connection: Connection, tmp_path: Path) -> None:
    load()
    where = at(MIDDLE, 10)
    layers = decode(tile(connection, *where), *where, tmp_path)
    assert list(layers["roads"]["class"]) == ["motorway"]
    assert set(layers["places"]["name"]) == {"天河区", "南站"}


def test_a_tile_of_nothing_is_empty(load: Load, connection: Connection) -> None:
    load()
    assert tile(connection, 10, 0, 0) == b""


@pytest.mark.parametrize("z", [0, DEEPEST_ZOOM])
def test_the_outermost_tiles_of_each_zoom_exist(connection: Connection, z: int) -> None:
    assert tile(connection, z, 0, 0) == b""
    assert tile(connection, z, 2**z - 1, 2**z - 1) == b""


@given(z=st.integers(), x=st.integers(), y=st.integers())
def test_a_tile_that_cannot_be_is_refused_before_the_database_is_asked(z: int, x: int, y: int) -> None:
    if 0 <= z <= DEEPEST_ZOOM:
        x = 2**z + abs(x)
    with pytest.raises(InvalidInput, match="There is no tile"):
        tile(None, z, x, y)  # type: ignore[arg-type]

"""The built-in schematic Guangzhou: it is whole, it is where it should be, and it obeys the rivers."""

import re
from collections import Counter

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import LineString

from dispatch.location import Location, Position, distance_m
from geo_data.builtin import builtin_network, builtin_places, green_polygons, water_polygons
from geo_data.builtin.roads import builtin_roads, named_points
from geo_data.districts import district_of, district_polygons, districts_of
from geo_data.places.geocoder import Geocoder
from geo_data.places.reverse import ReverseGeocoder
from geo_data.roads.network import BRIDGE, GENERATED, RAMP, ROAD_CLASSES, TUNNEL, Network
from geo_data.roads.plane import point_of

DISTRICTS = set(district_polygons()["name"])
WATER_MARGIN_M = 600  # a named bridge this near explains why a road crosses water


@pytest.fixture(scope="module")
def network(builtin: Network) -> Network:
    return builtin


def nodes_of(network: Network, name: str) -> set[int]:
    edges = network.name == network.names.index(name)
    return {*network.tail[edges].tolist(), *network.head[edges].tolist()}


def corner(network: Network, one: str, other: str) -> list[Position]:
    shared = nodes_of(network, one) & nodes_of(network, other)
    return [Position(float(network.node_lon[v]), float(network.node_lat[v])) for v in sorted(shared)]


def test_the_network_says_that_it_is_schematic(network: Network) -> None:
    assert network.schematic
    assert network.meta["title"] == "广州示意路网 (schematic)"


def test_nothing_is_dropped_and_every_node_reaches_every_other(network: Network) -> None:
    assert sum(network.meta["dropped"].values()) == 0
    graph = coo_array((np.ones(network.n_edges), (network.tail, network.head)), shape=(network.n_nodes,) * 2)
    _, label = connected_components(graph, connection="strong")
    whole = label == np.bincount(label).argmax()  # a node that every road enters as a copy of it is left, never entered
    assert set(network.node_origin[whole].tolist()) == set(range(network.meta["base_nodes"]))


def test_the_same_tables_give_the_same_bytes(network: Network) -> None:
    assert builtin_network().fingerprint == network.fingerprint


def test_there_are_at_least_forty_named_expressways_and_arterials(network: Network) -> None:
    large = np.isin(network.road_class, [ROAD_CLASSES.index(c) for c in ("motorway", "trunk", "primary")])
    named = {network.edge_name(int(e)) for e in np.flatnonzero(large & (network.flags & RAMP == 0))}
    assert len(named - {""}) >= 150


def test_all_eleven_districts_have_roads(network: Network) -> None:
    found = Counter(districts_of(network.node_lon, network.node_lat))
    assert set(found) - {None} == DISTRICTS
    assert min(found[name] for name in DISTRICTS) >= 60


@pytest.mark.parametrize(
    ("one", "other", "lon", "lat"),
    [  # places read off by hand: metro exits and well-known corners
        ("黄埔大道西", "猎德大道", 113.3282, 23.1295),
        ("黄埔大道西", "体育西路", 113.3161, 23.1303),
        ("天河路", "体育西路", 113.3161, 23.1370),
        ("东风东路", "广州大道中", 113.3096, 23.1345),
        ("中山大道西", "科韵路", 113.3697, 23.1305),
        ("中山五路", "解放中路", 113.2574, 23.1278),
        ("新港西路", "广州大道南", 113.3099, 23.1003),
        ("开创大道", "科学大道", 113.4608, 23.1740),
        ("番禺大道北", "清河东路", 113.3805, 22.9395),
        ("花都大道", "凤凰北路", 113.2296, 23.4300),
        ("进港大道", "环市大道", 113.5305, 22.8036),
        ("广汕五路", "永龙大道", 113.5674, 23.2812),
    ],
)
def test_roads_meet_at_their_real_corners(network: Network, one: str, other: str, lon: float, lat: float) -> None:
    corners = corner(network, one, other)
    assert corners, f"{one} and {other} do not meet"
    assert min(distance_m(found, Position(lon, lat)) for found in corners) < 300


def test_expressways_are_left_only_by_ramps(network: Network) -> None:
    ring = np.array([network.edge_name(e) == "环城高速" for e in range(network.n_edges)])
    on_ring = set(network.tail[ring]) | set(network.head[ring])
    leaving = [e for e in range(network.n_edges) if network.tail[e] in on_ring and not ring[e]]
    assert leaving
    assert all(network.flags[e] & RAMP for e in leaving)


def test_water_is_crossed_only_on_bridges_and_in_tunnels(network: Network) -> None:
    water = water_polygons().union_all()
    wet = network.flags & (BRIDGE | TUNNEL) > 0
    lines = np.array([LineString(network.edge_points(e)) for e in range(network.n_edges)])
    shapely.prepare(water)
    touching = shapely.intersects(water, lines)
    assert np.any(touching & wet)
    dry = lines[touching & ~wet & (network.flags & RAMP == 0)]
    assert shapely.length(shapely.intersection(dry, water)).max(initial=0) * 111_000 < 60


def test_every_crossing_of_the_water_has_a_name(network: Network) -> None:
    names = [p for p in named_points().values() if p.kind in ("bridge", "tunnel", "crossing")]
    rows_across = {road.name for road in builtin_roads() if road.structure in ("bridge", "tunnel")}
    for edge in np.flatnonzero(network.flags & (BRIDGE | TUNNEL)):
        if network.edge_name(int(edge)) in rows_across:
            continue
        lon, lat = network.edge_points(int(edge)).mean(axis=0)
        middle, reach = Position(float(lon), float(lat)), network.length_m[edge] / 2 + WATER_MARGIN_M
        assert min(distance_m(p.position, middle) for p in names) < reach, network.edge_name(int(edge))


def test_the_way_round_is_longer_where_the_river_lies_between(network: Network) -> None:
    """From Haixinsha to the tower is 600 m through the water; by Guangzhou or Liede bridge it is over 2 km."""
    graph = coo_array((network.length_m, (network.tail, network.head)), shape=(network.n_nodes,) * 2).tocsr()
    north, south = Position(113.3157, 23.1152), Position(113.3180, 23.1098)
    here = [Position(float(x), float(y)) for x, y in zip(network.node_lon, network.node_lat, strict=True)]
    base = range(network.meta["base_nodes"])
    start = min(base, key=lambda v: distance_m(here[v], north))
    goal = min(base, key=lambda v: distance_m(here[v], south))
    walked = float(dijkstra(graph, indices=start)[network.node_origin == goal].min())
    assert distance_m(here[start], here[goal]) < 1_500
    assert walked > 2_000


def test_every_speed_is_plausible_for_its_class(network: Network) -> None:
    assert network.speed_kph.min() >= 30
    assert network.speed_kph.max() <= 100


def test_the_gazetteer_has_the_places_people_say() -> None:
    known = {name for place in builtin_places() for name in (place.name, *place.aliases)}
    wanted = (
        "岗顶 五山 科学城 大学城 体育中心 珠江新城 小蛮腰 火车东站 白云机场 长隆 南方医院 三元里立交 海珠桥 珠江隧道"
    )
    assert set(wanted.split()) <= known
    assert len(builtin_places()) >= 900


def test_no_place_is_listed_twice() -> None:
    twice = [key for key, n in Counter((p.name, p.kind) for p in builtin_places()).items() if n > 1]
    assert twice == []


def test_places_lie_in_the_district_they_name() -> None:
    places = builtin_places()
    found = districts_of([p.position.lon for p in places], [p.position.lat for p in places])
    wrong = [p.name for p, name in zip(places, found, strict=True) if p.district != name]
    assert {p.district for p in places} == DISTRICTS
    assert len(wrong) <= 0.02 * len(places), wrong


def test_every_fact_names_its_source() -> None:
    facts = [*builtin_roads(), *named_points().values(), *builtin_places()]
    assert all(fact.source.strip() for fact in facts)
    assert not any(re.search(r"geojson|\.csv", fact.source) for fact in facts)


def test_rivers_and_hills_are_valid_and_where_they_should_be() -> None:
    water, green = water_polygons(), green_polygons()
    assert water.geometry.is_valid.all()
    assert green.geometry.is_valid.all()
    assert {"珠江前航道", "珠江后航道", "珠江西航道", "流溪河", "增江", "沙湾水道", "狮子洋"} <= set(water["name"])
    assert "白云山" in set(green["name"])
    assert water.total_bounds[0] > 112.9
    assert water.total_bounds[3] < 24.0


def test_words_for_points_on_the_drawn_roads_lead_back_to_them(network: Network) -> None:
    geocoder, reverse = Geocoder(network, builtin_places(), district_of), ReverseGeocoder(network, builtin_places())
    drawn = (network.edge_origin == np.arange(network.n_edges)) & (network.flags & GENERATED == 0) & (network.name >= 0)
    back = 0
    for edge in np.random.default_rng(3).choice(np.flatnonzero(drawn), 120):
        here = Position(*map(float, network.edge_points(int(edge)).mean(axis=0)))
        again = geocoder.geocode(f"{district_of(here)}{reverse.words(point_of(here))}")
        back += isinstance(again, Location) and distance_m(again.position, here) < 300
    assert back >= 80  # the rest lie on roads that meet no other named road for a while

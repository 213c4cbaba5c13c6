"""So many metres on, and on the carriageway that leads the way told; and back from points to words."""

from collections.abc import Callable

import numpy as np
import pytest

from dispatch.location import Location, Position, distance_m
from geo_data.builtin.places import Place
from geo_data.districts import district_of
from geo_data.places.carriageway import bearing_deg, on_lane
from geo_data.places.geocoder import Geocoder
from geo_data.places.offset import moved
from geo_data.places.reverse import ReverseGeocoder
from geo_data.roads.compile import RoadEdgesBuilder, compile_network
from geo_data.roads.network import DUAL, Network
from geo_data.roads.plane import point_of, position_of

WEST, EAST, NORTH = Position(113.30, 23.12), Position(113.34, 23.12), Position(113.32, 23.14)
MIDDLE = Position(113.32, 23.12)
APART = 0.0003  # some 30 m between the carriageways


@pytest.fixture(scope="module")
def divided() -> Network:
    """天河路 from west to east with two carriageways, traffic on the right; 体育西路 leads north from its middle."""
    builder = RoadEdgesBuilder()
    spots = [Position(p.lon, p.lat + off) for off in (-APART / 2, APART / 2) for p in (WEST, MIDDLE, EAST)]
    for node in (*spots, NORTH):
        builder.node(node)
    for a, b in ((0, 1), (1, 2), (5, 4), (4, 3)):
        builder.edge(a, b, name="天河路", road_class="primary", oneway=True, flags=DUAL)
    for a, b in ((3, 0), (2, 5)):
        builder.edge(a, b, road_class="residential", oneway=True)
    for a, b in ((1, 4), (4, 6)):
        builder.edge(a, b, name="体育西路", road_class="secondary", oneway=False)
    return compile_network(builder.build(), title="test", source="test", schematic=True)


@pytest.fixture(scope="module")
def geocoder(divided: Network) -> Geocoder:
    airport = Place("白云机场", (), "airport", Position(113.30, 23.39), "花都区", "made up for this test")
    return Geocoder(divided, [airport], district_of)


def found(geocoder: Geocoder, text: str) -> Location:
    location = geocoder.geocode(text)
    assert isinstance(location, Location)
    return location


@pytest.mark.parametrize(("words", "side"), [("由西往东方向", -1), ("由东往西方向", 1), ("东行", -1), ("西行", 1)])
def test_the_place_lies_on_the_carriageway_that_leads_the_way_told(geocoder: Geocoder, words: str, side: int) -> None:
    location = found(geocoder, f"天河路与体育西路交叉口{words}")
    assert (location.position.lat - MIDDLE.lat) * side == pytest.approx(APART / 2, rel=0.05)
    assert location.bearing_deg == 180 + 90 * side  # kept, so that a track can be told to stand on the other side


def test_a_road_without_such_a_carriageway_is_left_alone(geocoder: Geocoder) -> None:
    plain, north = (found(geocoder, f"天河路与体育西路交叉口{words}") for words in ("", "北行"))
    assert plain.position == north.position
    assert plain.bearing_deg is None is north.bearing_deg


@pytest.mark.parametrize(("way", "lon", "lat"), [("东", 0.0049, 0.0), ("西", -0.0049, 0.0), ("北", 0.0, 0.0045)])
def test_so_many_metres_on_follow_the_road(geocoder: Geocoder, way: str, lon: float, lat: float) -> None:
    location = found(geocoder, f"天河路与体育西路交叉口往{way}500米")
    assert distance_m(location.position, Position(MIDDLE.lon + lon, MIDDLE.lat + lat)) < 45


def test_where_no_road_leads_that_way_the_metres_are_straight() -> None:
    assert moved(np.array([10.0, 20.0]), 100.0, "南", []) == pytest.approx([10.0, -80.0])


@pytest.mark.parametrize(
    ("words", "bearing"), [("由东向西", 270), ("北行", 0), ("从西南往东北方向", 45), ("往白云机场方向", 356)]
)
def test_words_of_direction_become_a_bearing(words: str, bearing: float) -> None:
    airport = point_of(Position(113.30, 23.39))
    found_deg = bearing_deg(words, point_of(MIDDLE), lambda name: airport if name == "白云机场" else None)
    assert found_deg == pytest.approx(bearing, abs=0.5)


@pytest.mark.parametrize(("words", "bearing"), [("往北", 0), ("出城方向", 102), ("进城方向", 282), ("往深圳方向", 130)])
def test_ways_out_of_town_and_to_other_cities_have_a_bearing(words: str, bearing: float) -> None:
    assert bearing_deg(words, point_of(MIDDLE), lambda _: None) == pytest.approx(bearing, abs=3)


def test_words_of_no_direction_give_none(divided: Network) -> None:
    assert bearing_deg("往某处方向", point_of(MIDDLE), lambda _: None) is None
    assert on_lane(divided, np.zeros(0, dtype=np.int64), point_of(MIDDLE), 90.0) is None


def test_a_point_is_told_by_its_road_the_nearest_corner_and_a_place(divided: Network) -> None:
    mall = Place("天河城", (), "mall", Position(113.3215, 23.1215), "天河区", "made up for this test")
    words = ReverseGeocoder(divided, [mall]).words
    assert words(point_of(Position(113.3225, 23.1199))) == "天河路(体育西路路口以东约260米),近天河城"
    assert words(point_of(MIDDLE)).startswith(("天河路(体育西路路口)", "体育西路(天河路路口)"))
    assert words(point_of(Position(113.32, 23.17))) == ""


def test_a_network_without_names_and_places_has_no_words(make_network: Callable[..., Network]) -> None:
    nodes = [MIDDLE, EAST]
    nameless = make_network(nodes, [(0, 1, -1, 36.0), (1, 0, -1, 36.0)])
    assert ReverseGeocoder(nameless, []).words(point_of(MIDDLE)) == ""


def test_points_and_positions_are_two_names_of_one_place() -> None:
    assert distance_m(position_of(point_of(MIDDLE)), MIDDLE) < 0.2


def test_a_junction_typed_in_pinyin_is_found_where_its_characters_are(geocoder: Geocoder) -> None:
    typed, written = (found(geocoder, text) for text in ("tianhelu yu tiyuxilu jiaochakou", "天河路与体育西路交叉口"))
    assert typed.position == written.position

"""Between two roads or two places: halfway, with half the gap as radius."""

import pytest

from dispatch.location import Location, Position, distance_m
from geo_data.builtin.places import Place
from geo_data.districts import district_of
from geo_data.places.between import end_name, stretch_ends
from geo_data.places.geocoder import Geocoder
from geo_data.roads.compile import RoadEdgesBuilder, compile_network

SOUTH, NORTH = Position(113.32, 23.120), Position(113.32, 23.128)
HALFWAY = Position(113.32, 23.124)
HALF_M = 445.0


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    """体育西路 leads north over 天河路 and 天河北路, which do not meet each other."""
    builder = RoadEdgesBuilder()
    for lat in (23.110, 23.120, 23.128, 23.140):
        builder.node(Position(113.32, lat))
    for lat in (23.120, 23.128):
        builder.node(Position(113.31, lat))
        builder.node(Position(113.33, lat))
    for a, b in ((0, 1), (1, 2), (2, 3)):
        builder.edge(a, b, name="体育西路", road_class="secondary", oneway=False)
    for a, b, name in ((4, 1, "天河路"), (1, 5, "天河路"), (6, 2, "天河北路"), (2, 7, "天河北路")):
        builder.edge(a, b, name=name, road_class="primary", oneway=False)
    network = compile_network(builder.build(), title="test", source="test", schematic=True)
    stations = [
        Place(f"{name}站", (f"地铁{name}站",), "metro_station", at, "天河区", "made up for this test")
        for name, at in (("体育中心", Position(113.321, 23.120)), ("林和西", Position(113.321, 23.128)))
    ]
    return Geocoder(network, stations, district_of)


@pytest.mark.parametrize(
    "text",
    [
        "天河路与天河北路之间的体育西路",
        "体育西路在天河路与天河北路之间",
        "天河区体育西路(天河路至天河北路段)两车追尾",
        "体育西路天河路口同天河北路口中间",
        "体育西路地铁体育中心站和林和西地铁站之间",
    ],
)
def test_the_place_is_halfway_on_the_road_with_half_the_gap_as_radius(geocoder: Geocoder, text: str) -> None:
    location = geocoder.geocode(text)
    assert isinstance(location, Location)
    assert distance_m(location.position, HALFWAY) < 30
    assert HALF_M <= location.uncertainty_m <= HALF_M + 100
    assert location.matched_text.startswith("体育西路(")


def test_between_two_places_without_a_road_is_halfway_between_them(geocoder: Geocoder) -> None:
    location = geocoder.geocode("体育中心地铁站和林和西地铁站之间")
    assert isinstance(location, Location)
    assert distance_m(location.position, Position(113.321, 23.124)) < 5


def test_ends_that_nobody_knows_leave_the_road(geocoder: Geocoder) -> None:
    location = geocoder.geocode("体育西路在某某路与无名路之间")
    assert isinstance(location, Location)
    assert location.matched_text == "体育西路"


@pytest.mark.parametrize("text", ["中间车道", "天河路之间", "从化到增城", "中间隔离带", "", "之间"])
def test_words_without_two_ends_tell_no_stretch(text: str) -> None:
    assert stretch_ends(text) is None


def test_an_end_is_the_road_of_its_corner() -> None:
    assert [end_name(words) for words in ("天河路口", "天河路交叉口", "沙贝出口", "口")] == [
        "天河路",
        "天河路",
        "沙贝",
        "口",
    ]

"""What names propose: ends of bridges, other spellings, names told whole, service areas with a direction."""

import pytest

from dispatch.location import Location, NotLocated, Position, distance_m
from geo_data.builtin.places import Place
from geo_data.places.geocoder import Geocoder
from geo_data.roads.compile import RoadEdgesBuilder, compile_network
from geo_data.roads.network import BRIDGE, DUAL

SOUTH, NORTH = Position(113.32, 23.100), Position(113.32, 23.110)
MIDDLE = Position(113.32, 23.105)
APART = 0.0002


def place(name: str, kind: str, at: Position) -> Place:
    return Place(name, (), kind, at, "天河区", "made up for this test")


PLACES = [
    place("猎德大桥", "bridge", MIDDLE),
    place("火村服务区", "service_area", Position(113.35, 23.12)),
    place("火村", "village", Position(113.40, 23.15)),
    place("仙村服务区", "service_area", Position(113.60, 23.15)),
    place("云埔工业区", "industrial", Position(113.45, 23.15)),
    place("增城站", "railway_station", Position(113.80, 23.20)),
]


@pytest.fixture(scope="module")
def geocoder() -> Geocoder:
    """猎德大桥 leads north; 广惠高速 has two carriageways from west to east, with a service area beside it."""
    builder = RoadEdgesBuilder()
    spots = [Position(lon, 23.12 + off) for off in (-APART, APART) for lon in (113.34, 113.36)]
    for node in (SOUTH, NORTH, *spots):
        builder.node(node)
    builder.edge(0, 1, name="猎德大桥", road_class="primary", oneway=False, flags=BRIDGE)
    builder.edge(2, 3, name="广惠高速", road_class="motorway", oneway=True, flags=DUAL)
    builder.edge(5, 4, name="广惠高速", road_class="motorway", oneway=True, flags=DUAL)
    for a, b in ((1, 4), (2, 0), (3, 5), (4, 2)):
        builder.edge(a, b, road_class="residential", oneway=False)
    network = compile_network(builder.build(), title="test", source="test", schematic=True)
    return Geocoder(network, PLACES, lambda _: "天河区")


def found(geocoder: Geocoder, text: str) -> Location:
    location = geocoder.geocode(text)
    assert isinstance(location, Location), location
    return location


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("猎德大桥", MIDDLE),
        ("猎德大桥南", SOUTH),
        ("猎德大桥北端", NORTH),
        ("猎德桥北", NORTH),
        ("猎德大桥由南往北", MIDDLE),
        ("猎德大桥北行", MIDDLE),
    ],
)
def test_a_side_of_a_bridge_is_its_end_and_a_direction_is_not(geocoder: Geocoder, text: str, at: Position) -> None:
    assert distance_m(found(geocoder, text).position, at) < 20


def test_an_end_that_is_not_told_widens_the_radius(geocoder: Geocoder) -> None:
    assert found(geocoder, "猎德大桥脚").uncertainty_m > found(geocoder, "猎德大桥").uncertainty_m


def test_a_name_told_whole_is_not_the_names_it_is_made_of(geocoder: Geocoder) -> None:
    location = found(geocoder, "火村服务区")
    assert location.matched_text == "火村服务区"
    assert not location.alternatives


@pytest.mark.parametrize(("way", "side"), [("往惠州方向", -1), ("往佛山方向", 1)])
def test_a_service_area_lies_on_the_carriageway_that_leads_the_way_told(
    geocoder: Geocoder, way: str, side: int
) -> None:
    location = found(geocoder, f"广惠高速火村服务区{way}")
    assert (location.position.lat - 23.12) * side == pytest.approx(APART, rel=0.1)


def test_an_industrial_park_is_found_by_either_of_its_words(geocoder: Geocoder) -> None:
    assert found(geocoder, "云埔工业园骏丰路").matched_text == "云埔工业区"


def test_another_spelling_counts_only_to_the_letter(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("猎江桥")
    assert isinstance(answer, NotLocated) or answer.matched_text != "猎德大桥"


def test_a_district_alone_points_at_no_station_that_bears_its_name(geocoder: Geocoder) -> None:
    answer = geocoder.geocode("增城区宁西工业园")
    assert not isinstance(answer, Location) or answer.matched_text != "增城站"


def test_a_station_told_as_one_is_no_choice_between_it_and_what_lies_beside_it(make_network) -> None:
    network = make_network([Position(113.316, 23.13), Position(113.316, 23.14)], [(0, 1, -1.0, 60.0, "体育西路")])
    station = place("体育西路站", "metro_station", Position(113.316, 23.134))
    corner = place("体育西路与天河路交叉口", "junction", Position(113.316, 23.137))
    location = found(Geocoder(network, [station, corner], lambda _: "天河区"), "地铁体育西路站")
    assert (location.matched_text, location.alternatives) == ("体育西路站", ())
    assert location.uncertainty_m < 500

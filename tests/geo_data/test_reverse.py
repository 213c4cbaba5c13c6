"""Words for a point: interchanges as places, ramps, landmarks and kilometre posts where no corner is near; and back."""

from math import radians, tan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.location import Location, Position, distance_m
from geo_data.builtin.kilometres import PostedRoad, extent_km, kilometre_at, posted_roads, posts_at
from geo_data.builtin.places import Place
from geo_data.places.geocoder import Geocoder
from geo_data.places.offset import moved
from geo_data.places.reverse import ReverseGeocoder
from geo_data.places.road_index import RoadShape
from geo_data.roads.compile import RoadEdgesBuilder, compile_network
from geo_data.roads.network import RAMP, Network
from geo_data.roads.plane import point_of

LAT, WEST, MIDDLE, EAST = 23.12, 113.30, 113.32, 113.42


@pytest.fixture(scope="module")
def expressway() -> Network:
    """测试高速 from west to east for twelve kilometres, with one interchange whose ramps begin half a kilometre off."""
    builder = RoadEdgesBuilder()
    for lon in (WEST, MIDDLE - 0.005, MIDDLE + 0.005, EAST):
        builder.node(Position(lon, LAT))
    builder.node(Position(MIDDLE, LAT + 0.004))
    builder.node(Position(MIDDLE, LAT + 0.010))
    for a, b in ((0, 1), (1, 2), (2, 3)):
        builder.edge(a, b, name="测试高速", road_class="motorway", oneway=False)
    builder.edge(4, 5, name="南北路", road_class="primary", oneway=False)
    for a, b in ((1, 4), (4, 2)):
        builder.edge(a, b, name="车陂立交", road_class="motorway", oneway=False, flags=RAMP)
    return compile_network(builder.build(), title="test", source="test", schematic=True)


def place(name: str, kind: str, lon: float, lat: float) -> Place:
    return Place(name, (), kind, Position(lon, lat), "天河区", "made up for this test")


INTERCHANGE = place("车陂立交", "interchange", MIDDLE, LAT)
FACTORY = place("东江水厂", "landmark", 113.41, LAT + 0.002)
FAR_OFF = place("山顶公园", "park", 113.405, LAT + 0.02)


@pytest.fixture(scope="module")
def geocoder(expressway: Network) -> Geocoder:
    return Geocoder(expressway, [INTERCHANGE, FACTORY, FAR_OFF], lambda _: "天河区")


@pytest.mark.parametrize(
    ("lon", "words"),
    [
        (MIDDLE, "测试高速(车陂立交)"),
        (MIDDLE + 0.02, "测试高速(车陂立交以东约2050米)"),
        (113.40, "测试高速(东江水厂以西约1050米)"),  # beside the road, though the park is nearer
    ],
)
def test_a_point_on_an_expressway_is_told_from_an_interchange_else_from_a_landmark_on_it(
    expressway: Network, lon: float, words: str
) -> None:
    told = ReverseGeocoder(expressway, [INTERCHANGE, FACTORY, FAR_OFF]).words(point_of(Position(lon, LAT)))
    assert told == words


def test_a_ramp_is_told_by_its_interchange(expressway: Network) -> None:
    words = ReverseGeocoder(expressway, [INTERCHANGE]).words(point_of(Position(MIDDLE, LAT + 0.004)))
    assert words.startswith(("车陂立交以北约440米匝道", "南北路"))


@given(share=st.floats(0, 1))
def test_words_for_a_point_on_the_road_lead_back_to_it(geocoder: Geocoder, share: float) -> None:
    here = Position(WEST + share * (EAST - WEST), LAT)
    answer = geocoder.geocode(geocoder.words_at(here))
    assert isinstance(answer, Location)
    # Eight directions tell a point beside a landmark to 22.5 degrees: some 100 m along the road at 240 m from the works.
    eighth_m = (
        distance_m(FACTORY.position, here) * tan(radians(22.5)) if abs(here.lon - FACTORY.position.lon) < 0.001 else 0.0
    )
    assert distance_m(answer.position, here) < max(60, eighth_m)


def test_metres_told_are_kept_on_a_road_that_bends() -> None:
    bend = np.array([[0.0, y] for y in np.arange(0, 1000, 30.0)] + [[x, 1000.0] for x in np.arange(0, 1000, 30.0)])
    found = moved(np.zeros(2), 1200.0, "北", [RoadShape(bend, drawn=True)])
    assert np.hypot(*found) == pytest.approx(1200.0, abs=35)


POSTED = [road for road in posted_roads() if not road.either_end]


@given(road=st.sampled_from(POSTED), share=st.floats(0.01, 0.99))
def test_the_kilometre_at_a_post_is_that_of_the_post(road: PostedRoad, share: float) -> None:
    first, last = extent_km(road)
    km = first + share * (last - first)
    post = next(post for post in posts_at(road.road, km) if post.road == road.road)
    assert kilometre_at(road.road, post.position) == pytest.approx(km, abs=0.02)


@pytest.mark.parametrize(
    ("road", "lon", "lat"), [("无名路", 113.3, 23.1), ("华南快速干线", 113.35, 23.15), ("机场高速", 113.6, 23.1)]
)
def test_no_kilometre_is_told_where_the_count_is_not_sure_or_the_road_is_elsewhere(
    road: str, lon: float, lat: float
) -> None:
    assert kilometre_at(road, Position(lon, lat)) is None

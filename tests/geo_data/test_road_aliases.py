"""Other names of roads: what they mean on the map, and when they are left alone."""

import numpy as np
import pytest

from dispatch.location import Location, Position, distance_m
from dispatch.vocabulary import MatchCode
from geo_data.builtin.places import Place
from geo_data.builtin.road_aliases import road_aliases
from geo_data.builtin.roads import builtin_roads
from geo_data.places.address import parse
from geo_data.places.geocoder import Geocoder
from geo_data.places.propose_names import PLACE_RADIUS_M
from geo_data.places.road_index import RoadIndex
from geo_data.roads.network import Network
from geo_data.roads.plane import point_of

RING = [(113.2, 23.1), (113.3, 23.17), (113.4, 23.1), (113.3, 23.05), (113.2, 23.1)]
LINES = {
    "环城高速": RING,
    "华南快速干线": [(113.36, 23.27), (113.345, 23.13), (113.32, 23.03)],
    "机场高速": [(113.26, 23.16), (113.29, 23.27), (113.2966, 23.372)],
    "京港澳高速": [(113.474, 23.77), (113.45, 23.594), (113.4535, 23.405)],
    "内环路": [(113.25, 23.14), (113.30, 23.14)],
    "东环路": [(113.36, 22.95), (113.37, 22.96)],
}


@pytest.fixture(scope="module")
def drawn(make_network) -> Network:
    nodes, edges = [], []
    for name, line in LINES.items():
        first = len(nodes)
        # fine steps, so that the sides of a ring are told by many short edges
        steps = np.linspace(0, len(line) - 1, 40 * (len(line) - 1) + 1)
        lon, lat = (np.interp(steps, range(len(line)), [p[i] for p in line]) for i in (0, 1))
        nodes += [Position(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]
        edges += [(i, i + 1, -1.0, 60.0, name) for i in range(first, len(nodes) - 1)]
    return make_network(nodes, edges)


@pytest.fixture(scope="module")
def geocoder(drawn: Network) -> Geocoder:
    bridge = Place("猎德大桥", (), "bridge", Position(113.3288, 23.1115), "海珠区", "made up for this test")
    return Geocoder(drawn, [bridge], lambda _: "天河区")


def located(geocoder: Geocoder, text: str) -> Location:
    answer = geocoder.geocode(text)
    assert isinstance(answer, Location), answer
    return answer


def test_every_alias_means_a_drawn_road() -> None:
    names = {road.name for road in builtin_roads()}
    assert {one.road for meant in road_aliases().values() for one in meant} <= names
    wanted = "绕城高速 北二环 东二环 西二环 北环 东环 南环 西环 华快 内环 京珠高速 南沙港快 机场北延线 虎门二桥 海印桥"
    assert set(wanted.split()) <= set(road_aliases())


def test_an_alias_is_known_to_the_index_and_runs_where_its_road_does(drawn: Network) -> None:
    index = RoadIndex(drawn)
    assert index.names.resolve("华快") == ("华快",)
    assert np.array_equal(index.shape(("华快",)).points, index.shape(("华南快速干线",)).points)


@pytest.mark.parametrize(
    ("alias", "axis", "sign"), [("北环", 1, 1), ("南环", 1, -1), ("东环高速", 0, 1), ("西环高速", 0, -1)]
)
def test_a_side_of_the_ring_is_only_that_side(drawn: Network, alias: str, axis: int, sign: int) -> None:
    index = RoadIndex(drawn)
    side, ring = index.shape((alias,)).points, index.shape(("环城高速",)).points
    middle = (ring.min(axis=0) + ring.max(axis=0)) / 2
    off = side - middle
    assert (sign * off[:, axis] > -300).all()
    assert len(side) < len(ring) / 2


def test_an_alias_of_a_road_that_is_not_drawn_is_not_known(drawn: Network) -> None:
    assert "虎门二桥" not in RoadIndex(drawn).names.known


def test_a_road_that_really_bears_the_name_keeps_it(make_network) -> None:
    here, there = Position(113.3, 23.1), Position(113.31, 23.1)
    network = make_network(
        [here, there, Position(113.5, 23.3), Position(113.51, 23.3)],
        [(0, 1, -1.0, 60.0, "环城高速"), (2, 3, -1.0, 60.0, "北环高速")],
    )
    index = RoadIndex(network)
    assert index.shape(("北环高速",)).gap_m(point_of(Position(113.5, 23.3))) < 1


@pytest.mark.parametrize("text", ["番禺区东环街12号", "东环村口", "北环新村"])
def test_a_short_alias_inside_another_word_is_not_heard(drawn: Network, text: str) -> None:
    assert not {"东环", "北环"} & set(parse(text, RoadIndex(drawn).names.known).roads)


def test_the_ring_inside_is_not_heard_in_the_name_of_the_road(drawn: Network) -> None:
    assert parse("内环路人民桥附近", RoadIndex(drawn).names.known).roads[0] == "内环路"


@pytest.mark.parametrize("text", ["机场高速12公里处北行", "机场高速K12", "机场高速K12+000追尾", "S41机场高速12公里"])
def test_a_kilometre_post_is_a_place_on_its_road_with_the_stated_uncertainty(geocoder: Geocoder, text: str) -> None:
    answer = located(geocoder, text)
    assert answer.match_code is MatchCode.GOOD
    assert answer.uncertainty_m == 1000
    assert answer.matched_text == "机场高速K12"
    assert answer.position.lat == pytest.approx(23.265, abs=0.005)


def test_a_post_of_the_national_count_is_found_by_route_number_and_name(geocoder: Geocoder) -> None:
    answer = located(geocoder, "G4京港澳2103公里")
    assert answer.matched_text == "京港澳高速K2103"
    assert answer.uncertainty_m == 4000
    assert answer.position.lat == pytest.approx(23.664, abs=0.01)


@pytest.mark.parametrize("text", ["华南快速K12+300", "华快K12+300"])
def test_a_count_whose_beginning_is_not_known_gives_both_places(geocoder: Geocoder, text: str) -> None:
    answer = located(geocoder, text)
    assert answer.match_code is MatchCode.AMBIGUOUS
    assert [other.matched_text for other in answer.alternatives] == ["华南快速干线K12.3"]


def test_a_post_beyond_the_end_leaves_the_whole_road(geocoder: Geocoder) -> None:
    assert located(geocoder, "机场高速K99").match_code is MatchCode.UP_HIERARCHY


def test_a_bridge_is_a_place_and_not_only_a_road(make_network) -> None:
    position = Position(113.3288, 23.1115)
    bridge = Place("猎德大桥", (), "bridge", position, "海珠区", "made up for this test")
    network = make_network([Position(113.3288, 23.10), Position(113.3288, 23.12)], [(0, 1, -1.0, 60.0, "猎德大桥")])
    answer = located(Geocoder(network, [bridge], lambda _: "海珠区"), "猎德大桥")
    assert answer.match_code is MatchCode.GOOD
    # It lies somewhere on the bridge, and most likely about its point.
    far_end_m = distance_m(bridge.position, Position(113.3288, 23.10))
    assert PLACE_RADIUS_M["bridge"] < answer.uncertainty_m < far_end_m


def test_the_car_in_the_name_of_a_place_is_no_lead_in() -> None:
    assert "车陂" in parse("车陂路口").text
    assert parse("车在车陂路").roads == ("车陂路",)


def test_a_junction_named_for_one_road_is_meant_by_its_last_character(make_network) -> None:
    here = Position(113.3867, 23.1271)
    junction = Place("中山大道中与车陂路交叉口", ("车陂路口",), "junction", here, "天河区", "made up for this test")
    network = make_network([Position(113.3867, 23.11), Position(113.3867, 23.14)], [(0, 1, -1.0, 60.0, "车陂路")])
    geocoder = Geocoder(network, [junction], lambda _: "天河区")
    assert located(geocoder, "车陂路口").position == here
    assert located(geocoder, "车陂路").match_code is MatchCode.UP_HIERARCHY

"""Lamp poles: the very number or none."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.location import Location, NotLocated, Position, distance_m
from dispatch.vocabulary import Confidence
from geo_data.builtin.places import Place
from geo_data.districts import district_of
from geo_data.places.geocoder import Geocoder
from geo_data.places.lamp_poles import LampPoles, pole_of
from geo_data.roads.network import Network

HERE, THERE, ELSEWHERE = Position(113.32, 23.12), Position(113.33, 23.13), Position(113.28, 23.10)


def pole(name: str, position: Position) -> Place:
    return Place(name, (), "company", position, "天河区", "made up for this test")


POLES = [
    pole("灯杆 TH-01234", HERE),
    pole("路灯杆号:0123", THERE),
    pole("广州大道中灯杆56号", ELSEWHERE),
    pole("江南大道中灯杆56号", HERE),
]


@pytest.fixture(scope="module")
def geocoder(make_network: Callable[..., Network]) -> Geocoder:
    network = make_network(
        [ELSEWHERE, Position(113.281, 23.11)], [(0, 1, -1, 36.0, "广州大道中"), (1, 0, -1, 36.0, "广州大道中")]
    )
    return Geocoder(network, [*POLES, pole("天河城", THERE)], district_of)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("灯杆TH-01234旁边两车追尾", HERE),
        ("天河区路灯杆 th01234", HERE),
        ("天河城附近灯杆号0123", THERE),
        ("广州大道中56号灯杆", ELSEWHERE),
        ("江南大道中灯杆56号对面", HERE),
    ],
)
def test_a_pole_is_found_by_its_number_within_a_small_radius(geocoder: Geocoder, text: str, position: Position) -> None:
    location = geocoder.geocode(text)
    assert isinstance(location, Location)
    assert distance_m(location.position, position) < 1
    assert location.uncertainty_m <= 50
    assert location.confidence is not Confidence.LOW


@pytest.mark.parametrize("text", ["灯杆TH-01235", "灯杆TH-1234", "路灯杆号0124", "灯杆 TX-01234"])
def test_one_digit_or_letter_off_is_another_pole(geocoder: Geocoder, text: str) -> None:
    assert isinstance(geocoder.geocode(text), NotLocated)


def test_the_same_number_on_another_road_is_another_pole(geocoder: Geocoder) -> None:
    location = geocoder.geocode("广州大道中灯杆57号")
    assert isinstance(location, Location)
    assert location.matched_text == "广州大道中"


def test_a_number_without_its_road_is_open_between_the_roads(geocoder: Geocoder) -> None:
    location = geocoder.geocode("灯杆56号")
    assert isinstance(location, Location)
    assert location.alternatives


def test_the_address_of_a_pole_tells_its_road() -> None:
    poles = LampPoles([Place("灯杆7号", ("天河区天河路",), "company", HERE, "天河区", "made up for this test")])
    assert [len(poles.find("7", roads)) for roads in (("天河路",), ("体育西路",), ())] == [1, 0, 1]


def test_a_place_that_is_no_pole_stays_with_the_others() -> None:
    mall = pole("灯杆厂宿舍", HERE)
    assert LampPoles([mall, *POLES]).rest == [mall]


@given(st.from_regex(r"[A-Z]{1,3}-[0-9]{3,6}", fullmatch=True), st.from_regex(r"[A-Z]{1,3}-[0-9]{3,6}", fullmatch=True))
def test_two_numbers_find_each_other_only_when_they_are_one(ours: str, theirs: str) -> None:
    told = pole_of(f"灯杆{theirs}")
    assert told is not None
    assert bool(LampPoles([pole(f"灯杆{ours}", HERE)]).find(told[1], ())) == (ours == theirs)

"""Places kept in the file of a network, and what is known where a network lies."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dispatch.errors import InvalidInput, OutsideServiceArea
from dispatch.location import Location, NotLocated, Position
from geo_data.builtin.places import Place, builtin_places
from geo_data.network_places import SOURCE, count_by_kind, own_places, pack
from geo_data.places.geocoder import GUANGZHOU, Geocoder
from geo_data.roads.network import Network
from geo_data.roads.network_file import load, save
from geo_data.service_area import area_of, known_places

MakeNetwork = Callable[..., Network]
HOME = [Position(113.30, 23.12), Position(113.33, 23.12), Position(113.33, 23.15)]
AWAY = [Position(121.45, 31.22), Position(121.48, 31.22), Position(121.48, 31.25)]


def town(make_network: MakeNetwork, nodes: list[Position], places: list[Place]) -> Network:
    edges = [(0, 1, -1.0, 36.0, "样板一路"), (1, 2, -1.0, 36.0, "样板二路"), (2, 0, -1.0, 36.0, "样板三路")]
    return replace(make_network(nodes, edges), places=pack(places), meta={"title": "样板市"})


def own(name: str, position: Position, kind: str = "mall", aliases: tuple[str, ...] = ()) -> Place:
    return Place(name, aliases, kind, position, "", SOURCE)


def test_places_come_back_from_the_file_with_their_district(make_network: MakeNetwork, tmp_path: Path) -> None:
    places = [
        own("样板广场", Position(113.32, 23.13), aliases=("Model Mall", "老样板")),
        own("海上", Position(121.46, 31.23)),
    ]
    network = town(make_network, HOME, places)
    save(network, tmp_path / "a.net")
    again = load(tmp_path / "a.net")
    assert own_places(again) == [replace(places[0], district="天河区"), places[1]]
    assert count_by_kind(again) == {"mall": 2}
    assert again.fingerprint == replace(network, places=pack([])).fingerprint  # it names the roads


def test_a_network_without_places_has_none(make_network: MakeNetwork, tmp_path: Path) -> None:
    save(town(make_network, HOME, []), tmp_path / "a.net")
    again = load(tmp_path / "a.net")
    assert own_places(again) == []
    assert count_by_kind(again) == {}


@pytest.mark.parametrize("content", [b"hello", b"{}", b"[1]"])
def test_bytes_that_are_no_places_are_refused(make_network: MakeNetwork, content: bytes) -> None:
    network = replace(town(make_network, HOME, []), places=np.frombuffer(content, dtype=np.uint8))
    with pytest.raises(InvalidInput, match="import it again"):
        own_places(network)


def test_built_in_places_count_only_where_the_network_lies(make_network: MakeNetwork) -> None:
    here = own("样板广场", AWAY[1])
    assert known_places(town(make_network, AWAY, [here])) == [here]
    near = known_places(town(make_network, HOME, []))
    assert near
    assert set(near) < set(builtin_places())
    assert all(113.27 < place.position.lon < 113.36 for place in near)


def test_a_surveyed_place_takes_the_place_of_the_one_compiled_by_hand(make_network: MakeNetwork) -> None:
    by_hand = known_places(town(make_network, HOME, []))[0]
    close = Position(by_hand.position.lon + 0.005, by_hand.position.lat)
    names = [
        p.position for p in known_places(town(make_network, HOME, [own(by_hand.name, close)])) if p.name == by_hand.name
    ]
    assert names == [close]


def test_a_network_in_guangzhou_serves_guangzhou_and_nothing_else(make_network: MakeNetwork) -> None:
    area = area_of(town(make_network, [HOME[0], AWAY[0], AWAY[1]], []))
    assert area.city == GUANGZHOU
    assert area.district_of(HOME[0]) is not None
    assert area.district_of(AWAY[0]) is None


def test_another_city_is_served_within_the_reach_of_its_roads(make_network: MakeNetwork) -> None:
    network = town(make_network, AWAY, [own("样板广场", Position(121.47, 31.23))])
    area = area_of(network)
    geocoder = Geocoder(network, known_places(network), area.district_of, area.city)
    found = geocoder.geocode("上海市样板广场门口")
    assert isinstance(found, Location)
    assert (found.matched_text, found.district) == ("样板广场", "样板市")
    assert isinstance(geocoder.geocode("样板一路与样板二路交叉口"), Location)
    with pytest.raises(OutsideServiceArea, match="样板市"):
        geocoder.at_phone(HOME[0], 20.0)


def test_guangzhou_still_refuses_other_cities(make_network: MakeNetwork) -> None:
    network = town(make_network, HOME, [own("样板广场", Position(113.32, 23.13))])
    area = area_of(network)
    geocoder = Geocoder(network, known_places(network), area.district_of, area.city)
    answer = geocoder.geocode("上海市样板广场门口")
    assert isinstance(answer, NotLocated)
    assert "上海" in answer.reason
    with pytest.raises(OutsideServiceArea, match="广州市"):
        geocoder.at_phone(AWAY[0], 20.0)


def test_house_numbers_of_the_extract_tell_where_another_one_stands(make_network: MakeNetwork) -> None:
    houses = [own(f"样板一路{n}号", Position(113.30 + n / 10_000, 23.12), "address") for n in range(10, 200, 20)]
    network = town(make_network, HOME, houses)
    found = Geocoder(network, known_places(network), area_of(network).district_of).geocode("样板一路101号")
    assert isinstance(found, Location)
    assert found.matched_text == "样板一路101号"
    assert found.position.lon == pytest.approx(113.3101, abs=0.001)

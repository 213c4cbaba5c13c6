"""Named places in OpenStreetMap files written by hand."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import quoteattr

import pytest

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position, distance_m
from geo_data.builtin.places import Place
from geo_data.imports.osm_place_tags import (
    address_of,
    entrance_of,
    exit_names,
    is_a_name,
    kind_of,
    names_of,
    station_names,
)
from geo_data.imports.osm_places import read_places

Tags = dict[str, str]
Ways = Mapping[int, tuple[list[int], Tags]]
NO_WAYS: Ways = MappingProxyType({})
LON, LAT = 113.3, 23.1


def tag_lines(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def at(i: int) -> tuple[float, float]:
    """Node i: ten to a row, about 1,000 m from one to the next."""
    return LON + 0.01 * (i % 10), LAT + 0.01 * (i // 10)


def read(folder: Path, nodes: dict[int, Tags], ways: Ways = NO_WAYS, more: str = "") -> list[Place]:
    lines = []
    for i in sorted({*nodes, *(ref for refs, _ in ways.values() for ref in refs if ref < 900)}):
        lon, lat = at(i)
        lines.append(f'<node id="{i}" version="1" lon="{lon}" lat="{lat}">{tag_lines(nodes.get(i, {}))}</node>')
    for way, (refs, tags) in ways.items():
        points = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        lines.append(f'<way id="{way}" version="1">{points}{tag_lines(tags)}</way>')
    path = folder / "x.osm"
    path.write_text(f'<osm version="0.6">{"".join(lines)}{more}</osm>', encoding="utf-8")
    return read_places(path)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"amenity": "hospital"}, "hospital"),
        ({"amenity": "cafe"}, "landmark"),
        ({"amenity": "toilets"}, ""),
        ({"shop": "mall"}, "mall"),
        ({"shop": "bakery", "building": "yes"}, "shop"),
        ({"building": "commercial"}, "building"),
        ({"building": "apartments"}, "estate"),
        ({"office": "company"}, "office"),
        ({"tourism": "hotel"}, "hotel"),
        ({"leisure": "park"}, "park"),
        ({"place": "village"}, "village"),
        ({"place": "suburb"}, "town"),
        ({"place": "city"}, ""),
        ({"railway": "station"}, "railway_station"),
        ({"railway": "station", "station": "subway"}, "metro_station"),
        ({"public_transport": "station", "subway": "yes"}, "metro_station"),
        ({"public_transport": "station"}, "bus_terminal"),
        ({"public_transport": "stop_position", "bus": "yes"}, "bus_stop"),
        ({"public_transport": "stop_position", "subway": "yes"}, ""),
        ({"public_transport": "platform", "railway": "platform"}, ""),
        ({"highway": "bus_stop"}, "bus_stop"),
        ({"barrier": "toll_booth"}, "toll_gate"),
        ({"barrier": "gate"}, ""),
        ({"highway": "rest_area"}, "service_area"),
        ({"highway": "traffic_signals"}, "junction"),
        ({"junction": "yes"}, "junction"),
        ({"man_made": "bridge"}, "bridge"),
    ],
)
def test_tags_tell_the_kind_of_a_place(tags: Tags, kind: str) -> None:
    assert kind_of(tags) == kind


def test_every_other_name_becomes_an_alias_once() -> None:
    tags = {
        "name": "广州塔",
        "alt_name": "小蛮腰;海心塔",
        "name:zh": "广州塔",
        "name:en": "Canton  Tower",
        "old_name": " ",
    }
    assert names_of(tags) == ("广州塔", "小蛮腰", "海心塔", "Canton Tower")
    assert names_of({"name:en": "Only English"}) == ("Only English",)
    assert names_of({}) == ()


@pytest.mark.parametrize("word", ["5号楼", "A座", "12", "东门", "地下停车场", "公共厕所", "出入口", "第3栋"])
def test_a_word_that_is_on_every_corner_is_no_name(tmp_path: Path, word: str) -> None:
    assert not is_a_name(word)
    assert read(tmp_path, {1: {"building": "yes", "name": word}}) == []
    assert [place.name for place in read(tmp_path, {1: {"highway": "bus_stop", "name": word}})] == [word]
    address = {"addr:street": "样板路", "addr:housenumber": "8"}
    assert [place.name for place in read(tmp_path, {1: {"building": "yes", "name": word} | address})] == ["样板路8号"]


@pytest.mark.parametrize("name", ["东门大厦", "天河城停车场", "五号停机坪", "北门街", "A8音乐大厦", "K11"])
def test_a_name_that_begins_or_ends_like_one_is_kept(name: str) -> None:
    assert is_a_name(name)


@pytest.mark.parametrize(
    ("street", "number", "address"),
    [
        ("天河路", "208", "天河路208号"),
        ("天河路", "208号-2", "天河路208号"),
        ("天河路", "甲12", "天河路12号"),
        ("Rua de Cima", "14A", "Rua de Cima 14"),
        ("", "12", ""),
        ("天河路", "", ""),
        ("天河路", "西塔", ""),
    ],
)
def test_a_house_number_stands_behind_its_road(street: str, number: str, address: str) -> None:
    assert address_of({"addr:street": street, "addr:housenumber": number}) == address


@pytest.mark.parametrize(
    ("tags", "label"),
    [
        ({"ref": "A"}, "A"),
        ({"ref": "b2"}, "B2"),
        ({"name": "D出入口"}, "D"),
        ({"name": "体育西路站C口"}, "C"),
        ({"name": "3号口"}, "3"),
        ({"name": "北门"}, ""),
        ({}, ""),
    ],
)
def test_the_letter_of_an_entrance_is_in_its_ref_or_its_name(tags: Tags, label: str) -> None:
    assert entrance_of(tags) == label


def test_a_metro_station_is_known_with_and_without_the_word_for_it() -> None:
    assert station_names(("江苏路", "Jiangsu Road")) == ("江苏路站", "江苏路地铁站", "地铁江苏路站", "Jiangsu Road")
    assert station_names(("江苏路地铁站",))[0] == "江苏路站"
    assert station_names(("Trindade",)) == ("Trindade",)
    assert station_names(()) == ()


def test_an_exit_is_known_by_its_name_and_by_its_number_on_the_road() -> None:
    assert exit_names(("黄村",), "12", "华南快速") == ("黄村", "黄村出口", "华南快速12号出口", "华南快速12出口")
    assert exit_names((), "12", "") == ()


def test_a_point_and_an_area_become_places_and_what_has_no_name_does_not(tmp_path: Path) -> None:
    nodes = {1: {"amenity": "hospital", "name": "样板医院"}, 2: {"amenity": "hospital"}, 3: {"name": "无类"}}
    ways = {
        9: (
            [20, 22, 42, 40, 20],
            {"building": "yes", "name": "样板大厦", "addr:street": "样板路", "addr:housenumber": "8"},
        )
    }
    hospital, tower = read(tmp_path, nodes, ways)
    assert (hospital.name, hospital.kind, hospital.position) == ("样板医院", "hospital", Position(113.31, 23.1))
    assert (tower.name, tower.aliases, tower.kind) == ("样板大厦", ("样板路8号",), "building")
    assert 113.3 < tower.position.lon < 113.32
    assert 23.12 < tower.position.lat < 23.14


def test_an_area_drawn_by_a_relation_is_read_once(tmp_path: Path) -> None:
    ways = {9: ([20, 22, 42], {}), 10: ([42, 40, 20], {})}
    members = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in ways)
    tags = tag_lines({"type": "multipolygon", "leisure": "park", "name": "样板公园"})
    (park,) = read(tmp_path, {}, ways, f'<relation id="1" version="1">{members}{tags}</relation>')
    assert (park.name, park.kind) == ("样板公园", "park")
    assert 113.3 < park.position.lon < 113.32


def test_a_house_number_without_a_name_is_a_place_of_its_own(tmp_path: Path) -> None:
    (house,) = read(tmp_path, {1: {"addr:street": "样板路", "addr:housenumber": "12"}})
    assert (house.name, house.kind) == ("样板路12号", "address")


def test_an_entrance_bears_the_name_of_the_nearest_station(tmp_path: Path) -> None:
    station = {"railway": "station", "station": "subway", "name": "江苏路"}
    nodes = {1: station, 5: station | {"name": "远方"}}
    more = f'<node id="901" version="1" lon="113.312" lat="23.1">{tag_lines({"railway": "subway_entrance", "ref": "A"})}</node>'
    path = tmp_path / "x.osm"
    read(tmp_path, nodes)
    path.write_text(path.read_text(encoding="utf-8").replace("</osm>", f"{more}</osm>"), encoding="utf-8")
    entrances = [place for place in read_places(path) if place.kind == "metro_entrance"]
    assert [(place.name, place.aliases) for place in entrances] == [
        ("江苏路站A口", ("江苏路站A出口", "地铁江苏路站A口", "地铁江苏路站A出口"))
    ]


def test_an_entrance_far_from_any_station_needs_a_name_of_its_own(tmp_path: Path) -> None:
    entrance = {"railway": "subway_entrance"}
    nodes = {1: entrance | {"ref": "A"}, 3: entrance | {"name": "地铁江苏路站B口"}}
    assert [place.name for place in read(tmp_path, nodes)] == ["地铁江苏路站B口"]


def test_a_bridge_is_one_place_in_its_middle_and_a_road_on_a_bridge_is_none(tmp_path: Path) -> None:
    street = {"highway": "primary"}
    ways = {
        1: ([0, 1], street | {"name": "样板路"}),
        2: ([1, 2], street | {"name": "样板路", "bridge": "yes"}),
        3: ([3, 4], street | {"name": "样板大桥", "bridge": "yes"}),
        4: ([4, 5], street | {"name": "样板大桥", "bridge": "yes"}),
        5: ([5, 6], street | {"name": "样板大桥"}),  # the ramp up to it
        6: ([7, 8], street | {"name": "样板路", "tunnel": "yes", "tunnel:name": "样板山"}),
    }
    places = {place.name: place for place in read(tmp_path, {}, ways)}
    assert {name: place.kind for name, place in places.items()} == {"样板大桥": "bridge", "样板山": "tunnel"}
    assert distance_m(places["样板大桥"].position, Position(113.34, 23.1)) < 1


def test_an_exit_learns_its_road_from_the_way_it_is_on(tmp_path: Path) -> None:
    nodes = {1: {"highway": "motorway_junction", "ref": "12"}, 5: {"highway": "motorway_junction", "ref": "13"}}
    ways = {1: ([0, 1, 2], {"highway": "motorway", "name": "样板高速"})}
    (known,) = read(tmp_path, nodes, ways)
    assert (known.name, known.aliases, known.kind) == ("样板高速12号出口", ("样板高速12出口",), "interchange")


def test_a_roundabout_with_a_name_of_its_own_is_a_junction(tmp_path: Path) -> None:
    ring = {"highway": "primary", "junction": "roundabout"}
    ways = {
        1: ([0, 1, 11, 0], ring | {"name": "样板环岛"}),
        2: ([3, 4, 14, 3], ring | {"name": "样板路"}),
        3: ([5, 6], {"highway": "primary", "name": "样板路"}),
    }
    assert [(place.name, place.kind) for place in read(tmp_path, {}, ways)] == [("样板环岛", "junction")]


def test_a_name_stands_once_a_spot_and_keeps_the_other_names_of_all_that_lie_there(tmp_path: Path) -> None:
    stop = {"highway": "bus_stop", "name": "样板站"}
    more = f'<node id="901" version="1" lon="113.3105" lat="23.1">{tag_lines({**stop, "name:en": "Model"})}</node>'
    read(tmp_path, {1: stop, 5: stop})
    path = tmp_path / "x.osm"
    path.write_text(path.read_text(encoding="utf-8").replace("</osm>", f"{more}</osm>"), encoding="utf-8")
    here, there = read_places(path)
    assert here.aliases == ("Model",)
    assert here.position == Position(113.31025, 23.1)
    assert there.position == Position(113.35, 23.1)


def test_a_long_bridge_in_many_parts_is_one_place(tmp_path: Path) -> None:
    ways = {i: ([i, i + 1], {"highway": "primary", "bridge": "yes", "name": "样板大桥"}) for i in range(6)}
    (bridge,) = read(tmp_path, {}, ways)
    assert distance_m(bridge.position, Position(113.33, 23.1)) < 1


def test_a_lamp_pole_is_known_by_its_number(tmp_path: Path) -> None:
    lamp = {"highway": "street_lamp"}
    (pole,) = read(tmp_path, {1: lamp | {"ref": "GZ0123"}, 2: lamp})
    assert (pole.name, pole.aliases, pole.kind) == ("GZ0123号灯杆", ("灯杆GZ0123",), "lamp_pole")


def test_what_the_edge_of_the_extract_cuts_does_no_harm(tmp_path: Path) -> None:
    ways = {
        1: ([0, 1, 999, 0], {"building": "yes", "name": "缺角大厦"}),
        2: ([5, 998], {"highway": "primary", "name": "出界大桥", "bridge": "yes"}),
    }
    assert [place.name for place in read(tmp_path, {3: {"shop": "mall", "name": "样板广场"}}, ways)] == ["样板广场"]


def test_a_bad_file_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No file"):
        read_places(tmp_path / "none.osm")
    for text in ("hello", '<osm version="0.6"><node id="1" lat="23.highway" lon="113"/></osm>'):
        (tmp_path / "bad.osm").write_text(text)
        with pytest.raises(InvalidInput, match="not a whole"):
            read_places(tmp_path / "bad.osm")


def test_central_shanghai_has_its_stops_and_a_metro_station(shared_data: Path) -> None:
    places = read_places(shared_data / "osm" / "shanghai_center.osm.gz")
    assert sum(place.kind == "bus_stop" for place in places) > 900
    assert [place.name for place in places if place.kind == "metro_station"] == ["江苏路站"]

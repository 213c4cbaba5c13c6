"""What tags of a way mean to a driver."""

import pytest

from geo_data.imports.osm_tags import directions, limit_kph, road, why_closed
from geo_data.roads.network import BRIDGE, DUAL, RAMP, ROAD_CLASSES, ROUNDABOUT, TUNNEL


@pytest.mark.parametrize(
    ("tags", "both"),
    [
        ({}, (True, True)),
        ({"oneway": "no"}, (True, True)),
        ({"oneway": "yes"}, (True, False)),
        ({"oneway": "1"}, (True, False)),
        ({"oneway": "true"}, (True, False)),
        ({"oneway": "-1"}, (False, True)),
        ({"oneway": "reverse"}, (False, True)),
        ({"junction": "roundabout"}, (True, False)),
        ({"junction": "roundabout", "oneway": "-1"}, (False, True)),
        ({"highway": "motorway"}, (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True)),
        ({"highway": "motorway_link"}, (True, True)),
    ],
)
def test_one_way_streets_are_honoured_told_or_implied(tags: dict[str, str], both: tuple[bool, bool]) -> None:
    assert directions(tags) == both


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"highway": "residential"}, ""),
        ({"highway": "living_street"}, ""),
        ({"highway": "road", "name": "无名路"}, ""),
        ({"highway": "primary", "access": "no", "motor_vehicle": "yes"}, ""),
        ({"highway": "primary", "access": "private", "motorcar": "yes"}, ""),
        ({"highway": "footway"}, "not a street for cars"),
        ({"highway": "service"}, "not a street for cars"),
        ({"highway": "busway"}, "not a street for cars"),
        ({"highway": "road"}, "a sketch of unknown kind"),
        ({"highway": "pedestrian", "area": "yes"}, "not a street for cars"),
        ({"highway": "residential", "area": "yes"}, "an area"),
        ({"highway": "residential", "access": "no"}, "closed to cars"),
        ({"highway": "residential", "access": "private"}, "closed to cars"),
        ({"highway": "residential", "motor_vehicle": "no"}, "closed to cars"),
        ({"highway": "residential", "motor_vehicle": "yes", "motorcar": "no"}, "closed to cars"),
        ({"highway": "unclassified", "service": "parking_aisle"}, "driveway or car park"),
    ],
)
def test_only_ways_that_a_car_may_use_as_a_street_are_taken(tags: dict[str, str], reason: str) -> None:
    assert why_closed(tags) == reason


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("60", 60.0),
        ("60 km/h", 60.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("CN:urban", 50.0),
        ("40;60", 50.0),
        ("80|100", 90.0),
        ("signals", None),
        ("none", None),
        ("0", None),
        ("signals;60", 60.0),
        ("999", 130.0),
        ("2", 5.0),
        ("", None),
    ],
)
def test_a_limit_is_read_with_its_unit_or_not_at_all(text: str, kph: float | None) -> None:
    assert limit_kph(text) == pytest.approx(kph)


def test_a_link_has_the_class_of_its_road_the_ramp_flag_and_a_ramp_speed() -> None:
    link = road({"highway": "motorway_link", "bridge": "viaduct"}, "forward", both_ways=False)
    assert ROAD_CLASSES[link.road_class] == "motorway"
    assert link.flags == RAMP | BRIDGE
    assert link.speed_kph == 40.0


def test_an_unknown_class_is_unclassified() -> None:
    assert ROAD_CLASSES[road({"highway": "bus_stop"}, "forward", both_ways=True).road_class] == "unclassified"


def test_limits_and_lanes_may_differ_by_direction() -> None:
    tags = {"highway": "primary", "lanes": "5", "lanes:forward": "3", "maxspeed": "60", "maxspeed:backward": "40"}
    forward, backward = (road(tags, direction, both_ways=True) for direction in ("forward", "backward"))
    assert (forward.lanes, backward.lanes) == (3, 3)  # 3 told; half of 5, rounded up
    assert (forward.speed_kph, backward.speed_kph) == (60.0, 40.0)


@pytest.mark.parametrize(
    ("tags", "flags"),
    [
        ({"highway": "trunk", "tunnel": "yes"}, TUNNEL | DUAL),
        ({"highway": "primary", "bridge": "no"}, 0),
        ({"highway": "primary", "junction": "roundabout"}, ROUNDABOUT),
        ({"highway": "primary", "dual_carriageway": "yes"}, DUAL),
        ({"highway": "residential", "tunnel": "building_passage"}, 0),
    ],
)
def test_structures_are_flagged(tags: dict[str, str], flags: int) -> None:
    assert road(tags, "forward", both_ways=False).flags == flags


def test_the_chinese_name_stands_in_for_a_missing_name() -> None:
    assert road({"highway": "primary", "name:zh": "东风路", "ref": "S1"}, "forward", both_ways=True).name == "东风路"

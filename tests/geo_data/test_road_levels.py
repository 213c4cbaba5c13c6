"""Above or below, main or side, tunnel, ramp: the road of that level among those at one spot, and the question for it."""

import numpy as np
import pytest

from dispatch.location import Location, Position, distance_m
from geo_data.builtin.places import Place
from geo_data.districts import district_of
from geo_data.places.geocoder import Geocoder
from geo_data.places.levels import Level
from geo_data.places.road_levels import RoadLevels
from geo_data.roads.compile import RoadEdgesBuilder, compile_network
from geo_data.roads.network import BRIDGE, RAMP, TUNNEL, Network
from geo_data.roads.plane import Points, point_of

LAT, LON = 23.1200, 113.3200
BESIDE = 0.0005  # 55 m: the street beside, the service road, the tunnel
ELEVATED, STREET, SIDE, CROSS, TUBE = "东风高架路", "东风路", "东风高架路辅路", "解放路", "越秀隧道"


def at(east: float, north: float) -> Position:
    """So many thousandths of a degree from the middle."""
    return Position(LON + east / 1000, LAT + north / 1000)


@pytest.fixture(scope="module")
def stacked() -> Network:
    """A fast road on a bridge from west to east, a street and a side road along it, a street below it, ramps, a tunnel."""
    builder = RoadEdgesBuilder()
    for node in (
        *(at(east, 0) for east in (-10, -4, 0.2, 6, 10)),  # 0-4: the fast road; it meets nothing but ramps
        *(at(east, -0.5) for east in (-10, -2, 0, 8, 10)),  # 5-9: the street along it
        *(at(east, 0.5) for east in (-10, 10)),  # 10, 11: its side road
        *(at(0, north) for north in (-8, 8)),  # 12, 13: the street that crosses below
        *(at(5.5, north) for north in (-3, -1)),  # 14, 15: the tunnel
    ):
        builder.node(node)
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 4)):
        builder.edge(a, b, name=ELEVATED, road_class="trunk", oneway=False, flags=BRIDGE)
    for a, b in ((5, 6), (6, 7), (7, 8), (8, 9)):
        builder.edge(a, b, name=STREET, road_class="primary", oneway=False)
    builder.edge(10, 11, name=SIDE, road_class="secondary", oneway=False)
    for a, b in ((12, 7), (7, 13)):
        builder.edge(a, b, name=CROSS, road_class="secondary", oneway=False)
    builder.edge(14, 15, name=TUBE, road_class="secondary", oneway=False, flags=TUNNEL)
    builder.edge(1, 6, name="东风立交", road_class="trunk", oneway=True, flags=RAMP)  # a way out
    builder.edge(8, 3, name="东风立交", road_class="trunk", oneway=True, flags=RAMP)  # a way in
    for a, b in ((0, 5), (5, 10), (4, 9), (9, 11), (14, 8), (15, 8)):
        builder.edge(a, b, road_class="residential", oneway=False)
    return compile_network(builder.build(), title="test", source="test", schematic=True)


def named(network: Network, *names: str) -> np.ndarray:
    wanted = [network.names.index(name) for name in names]
    return np.flatnonzero(np.isin(network.name, wanted))


def north_m(point: Points | None) -> float:
    assert point is not None
    return float(point[1] - point_of(at(0, 0))[1])


@pytest.mark.parametrize(
    ("level", "roads", "north"),
    [
        (Level.ABOVE, (STREET,), 0.0),
        (Level.BELOW, (ELEVATED,), 0.0),  # the street that crosses lies right below
        (Level.BELOW, (ELEVATED, STREET), -BESIDE * 111_195),
        (Level.SIDE, (ELEVATED,), BESIDE * 111_195),
        (Level.MAIN, (ELEVATED,), 0.0),
    ],
)
def test_the_road_of_the_level_is_chosen(stacked: Network, level: Level, roads: tuple[str, ...], north: float) -> None:
    found = RoadLevels(stacked).point(level, named(stacked, *roads), point_of(at(0.1, 0.0)), None)
    assert north_m(found) == pytest.approx(north, abs=3)


def test_inside_the_tunnel_is_on_the_tunnel(stacked: Network) -> None:
    found = RoadLevels(stacked).point(Level.TUNNEL, named(stacked, STREET), point_of(at(5, -2)), None)
    assert found == pytest.approx(point_of(at(5.5, -2)), abs=1)


def test_a_way_out_leaves_the_road_and_a_way_in_leads_to_it(stacked: Network) -> None:
    levels, road, middle = RoadLevels(stacked), named(stacked, ELEVATED), point_of(at(2, 0))
    out, into, either = (levels.point(level, road, middle, None) for level in (Level.EXIT, Level.ENTRANCE, Level.RAMP))
    assert out is not None
    assert into is not None
    assert out[0] < middle[0] < into[0]
    assert either == pytest.approx(into) or either == pytest.approx(out)


def test_where_the_network_has_no_such_road_the_point_is_left_alone(stacked: Network) -> None:
    levels, nothing = RoadLevels(stacked), np.zeros(0, dtype=np.int64)
    assert levels.point(Level.TUNNEL, nothing, point_of(at(-9, 7)), None) is None
    assert levels.point(Level.SIDE, named(stacked, CROSS), point_of(at(0, 7)), None) is None


@pytest.mark.parametrize(
    ("roads", "east", "asks"),
    [
        ((ELEVATED, CROSS), 0, "桥上还是桥下"),
        ((STREET, CROSS), 0, "主路还是辅路"),
        ((CROSS,), 50, ""),
    ],
)
def test_the_level_is_open_where_two_lie_at_one_spot(
    stacked: Network, roads: tuple[str, ...], east: float, asks: str
) -> None:
    assert RoadLevels(stacked).open_levels(named(stacked, *roads), point_of(at(east, 0.0))) == asks


@pytest.fixture(scope="module")
def geocoder(stacked: Network) -> Geocoder:
    mall = Place("人民商场", (), "mall", at(0.1, -0.3), "天河区", "made up for this test")
    return Geocoder(stacked, [mall], district_of)


def found(geocoder: Geocoder, text: str) -> Location:
    location = geocoder.geocode(text)
    assert isinstance(location, Location)
    return location


def test_the_answer_says_the_level_and_stands_there(geocoder: Geocoder) -> None:
    above, below = found(geocoder, f"{ELEVATED}与解放路交叉口桥上"), found(geocoder, f"{ELEVATED}与解放路交叉口桥底")
    assert above.matched_text.endswith("(桥上)")
    assert below.matched_text.endswith("(桥下)")
    assert distance_m(above.position, at(0, 0)) < 15
    assert not above.question.startswith("在桥上")


def test_a_crossing_at_two_heights_is_asked_for(geocoder: Geocoder) -> None:
    assert found(geocoder, f"{ELEVATED}与解放路交叉口").question == "在桥上还是桥下?"


def test_an_interchange_known_by_its_ramps_only_is_found(geocoder: Geocoder) -> None:
    ramp = found(geocoder, "东风立交匝道")
    assert ramp.matched_text == "东风立交(匝道)"
    assert distance_m(ramp.position, at(2, 0)) < 700

"""Named junctions: where two drawn roads meet, and when the table is refused."""

from collections import Counter

import pytest
import shapely
from shapely import LineString, MultiLineString

from dispatch.errors import InvalidInput
from dispatch.location import Position, distance_m
from geo_data.builtin.courses import draw
from geo_data.builtin.meetings import join_open_roads
from geo_data.builtin.named_junctions import builtin_junctions, meeting, open_courses
from geo_data.builtin.places import builtin_places
from geo_data.builtin.roads import builtin_roads, named_points
from geo_data.builtin.tables import rows
from geo_data.districts import district_polygons, districts_of
from geo_data.roads.plane import to_plane

LINES = {
    "东路": LineString([(0, 0), (1000, 0)]),
    "北路": LineString([(300, -500), (300, 500)]),
    "环路": LineString([(100, -200), (100, 200), (900, 200), (900, -200)]),
    "短路": LineString([(600, 40), (600, 500)]),
    "远路": LineString([(600, 100), (900, 900)]),
    "双路": MultiLineString([[(700, -500), (700, 500)], [(730, -500), (730, 500)]]),
}


def test_two_roads_meet_where_they_cross() -> None:
    assert meeting(["东路", "北路"], LINES) == pytest.approx([300, 0])


def test_a_road_that_ends_just_beside_another_meets_it() -> None:
    assert meeting(["短路", "东路"], LINES) == pytest.approx([600, 20])


def test_crossings_of_two_carriageways_are_one_junction() -> None:
    assert meeting(["双路", "东路"], LINES)[1] == pytest.approx(0)


def test_a_third_road_tells_which_of_two_meetings_is_meant() -> None:
    assert meeting(["东路", "环路", "北路"], LINES) == pytest.approx([100, 0])
    assert meeting(["东路", "环路", "双路"], LINES) == pytest.approx([900, 0])


@pytest.mark.parametrize(
    ("roads", "reason"),
    [
        (["东路", "环路"], "meet 2 times"),
        (["东路", "远路"], "do not meet"),
        (["东路", "无路"], "无路"),
        (["东路"], "two or three"),
    ],
)
def test_roads_that_do_not_tell_one_place_are_refused(roads: list[str], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        meeting(roads, LINES)


def test_every_junction_lies_at_both_of_its_roads_as_the_network_draws_them() -> None:
    drawn: dict[str, list[LineString]] = {}
    courses = [draw(road) for road in builtin_roads()]
    join_open_roads(courses)
    for course in courses:
        drawn.setdefault(course.road.name, []).append(course.line)
    for junction in builtin_junctions():
        at = shapely.Point(to_plane(junction.position.lon, junction.position.lat))
        away = [min(line.distance(at) for line in drawn[road]) for road in junction.roads[:2]]
        assert max(away) < 60, (junction.name, away)


def test_the_junctions_are_many_and_in_all_eleven_districts() -> None:
    found = Counter(junction.district for junction in builtin_junctions())
    assert set(found) == set(district_polygons()["name"])
    named = [point for point in named_points().values() if point.kind not in ("crossing", "edge")]
    assert len(builtin_junctions()) + len(named) >= 620


def test_a_junction_lies_in_the_district_it_names() -> None:
    at = [junction.position for junction in builtin_junctions()]
    homes = districts_of([p.lon for p in at], [p.lat for p in at])
    wrong = [j.name for j, home in zip(builtin_junctions(), homes, strict=True) if home != j.district]
    assert wrong == []


def test_no_position_is_stored() -> None:
    assert set(next(rows("junctions"))) == {"name", "aliases", "roads", "district", "source"}


@pytest.mark.parametrize(
    ("alias", "lon", "lat"),
    [  # read off by hand: the metro station of the same name
        ("石牌桥", 113.3264, 23.1360),
        ("西门口", 113.2508, 23.1283),
        ("财厅前", 113.2645, 23.1283),
    ],
)
def test_junctions_known_by_a_word_are_where_people_mean(alias: str, lon: float, lat: float) -> None:
    (junction,) = (one for one in builtin_junctions() if alias in one.aliases)
    assert distance_m(junction.position, Position(lon, lat)) < 250


def test_the_gazetteer_holds_them_as_junctions() -> None:
    kinds = {place.name: place.kind for place in builtin_places()}
    assert all(kinds[junction.name] == "junction" for junction in builtin_junctions())
    assert set(open_courses()) <= {road.name for road in builtin_roads()}

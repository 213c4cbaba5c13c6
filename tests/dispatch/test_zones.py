"""Zones: a district may be split by a polygon or a line, and every place falls in exactly one zone."""

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene import SCENE, Scene, place

from dispatch.errors import InvalidInput
from dispatch.location import Location, Position
from dispatch.policy.policy import Policy
from dispatch.rings import first_crossing, inside
from dispatch.vocabulary import Zone
from dispatch.zones import DISTRICTS, ZonePart, Zones

positions = st.builds(Position, st.floats(113.0, 113.8), st.floats(22.6, 23.6))
corners = st.integers(0, 40).map(lambda n: 113.0 + n / 50)  # a coarse grid, so that borders are met often
grid = st.builds(Position, corners, st.integers(0, 50).map(lambda n: 22.6 + n / 50))
OPPOSITE = {"north": "south", "south": "north", "east": "west", "west": "east"}


def part(**more: object) -> dict[str, object]:
    return {"district": "白云区", "zone": "suburban", **more}


def read(*parts: object) -> Zones:
    return Policy.from_mapping({"zones": {"part": list(parts)}}).zones


def test_a_polygon_splits_its_own_district_only() -> None:
    zones = read(part(polygon=[[113.2, 23.25], [113.4, 23.25], [113.4, 23.40], [113.2, 23.40]]))
    inside_it, below = Position(113.3, 23.3), Position(113.3, 23.2)
    assert zones.of("白云区", inside_it) is Zone.SUBURBAN
    assert zones.of("白云区", below) is Zone.URBAN
    assert zones.of("天河区", inside_it) is Zone.URBAN


@pytest.mark.parametrize(("side", "north_of_it"), [("north", Zone.SUBURBAN), ("south", Zone.URBAN)])
@pytest.mark.parametrize("line", [[[113.2, 23.2], [113.3, 23.3]], [[113.3, 23.3], [113.2, 23.2]]])
def test_a_line_says_which_side_it_means_whichever_way_it_was_drawn(line: object, side: str, north_of_it: Zone) -> None:
    zones = read(part(line=line, side=side))
    assert zones.of("白云区", Position(113.25, 23.26)) is north_of_it
    assert zones.of("白云区", Position(113.25, 23.24)) is not north_of_it
    assert zones.of("白云区", Position(113.9, 23.31)) is north_of_it  # beyond its end it goes on along the parallel


def test_a_suburban_district_may_have_an_urban_part() -> None:
    zones = read(part(district="花都区", zone="urban", line=[[113.2, 23.3], [113.2, 23.5]], side="west"))
    assert [zones.of("花都区", Position(lon, 23.4)) for lon in (113.1, 113.3)] == [Zone.URBAN, Zone.SUBURBAN]


def test_of_two_parts_that_hold_a_place_the_first_counts() -> None:
    ring = [[113.2, 23.2], [113.4, 23.2], [113.4, 23.4]]
    first, second = part(polygon=ring), part(polygon=ring, zone="urban")
    here = Position(113.35, 23.25)
    assert read(first, second).of("白云区", here) is Zone.SUBURBAN
    assert read(second, first).of("白云区", here) is Zone.URBAN


@given(st.sampled_from(sorted(OPPOSITE)), st.lists(grid, min_size=2, max_size=6), st.one_of(positions, grid))
def test_a_line_leaves_no_place_without_a_side(side: str, points: list[Position], here: Position) -> None:
    along = (lambda p: p.lon) if side in ("north", "south") else (lambda p: p.lat)
    line = tuple({along(p): p for p in sorted(points, key=along)}.values())
    if len(line) < 2:
        return
    this = ZonePart(district="白云区", zone=Zone.URBAN, line=line, side=side)
    other = replace(this, side=OPPOSITE[side])
    assert this.holds(here) or other.holds(here)
    across = (lambda p: p.lat) if side in ("north", "south") else (lambda p: p.lon)
    beyond = max(map(across, line)) < across(here) or across(here) < min(map(across, line))
    if beyond:
        assert this.holds(here) != other.holds(here)


@given(corners, st.one_of(positions, grid))
def test_two_polygons_that_share_a_border_hold_each_place_between_them_once(middle: float, here: Position) -> None:
    def box(west: float, east: float) -> tuple[Position, ...]:
        return tuple(Position(lon, lat) for lon, lat in ((west, 22.5), (east, 22.5), (east, 23.7), (west, 23.7)))

    assert inside(box(112.9, middle), here) + inside(box(middle, 114.0), here) == 1


@given(st.lists(grid, min_size=3, max_size=7, unique=True), positions)
def test_a_ring_means_the_same_wherever_and_whichever_way_it_begins(ring: list[Position], here: Position) -> None:
    turned, back = [*ring[2:], *ring[:2]], ring[::-1]
    assert (first_crossing(ring) is None) == (first_crossing(turned) is None) == (first_crossing(back) is None)
    assert inside(ring, here) == inside(turned, here) == inside(back, here) == inside([*ring, ring[0]], here)


@given(st.sampled_from([*DISTRICTS, None]), st.one_of(positions, st.none()))
def test_every_place_falls_in_one_zone_and_without_parts_in_that_of_its_district(
    district: str | None, here: Position | None
) -> None:
    plain, split = Zones(), read(part(line=[[113.2, 23.2], [113.3, 23.3]], side="north"))
    zone = plain.of(district, here)
    assert zone in (Zone.URBAN, Zone.SUBURBAN)
    if district != "白云区":
        assert split.of(district, here) is zone
    if district is None or here is None:
        assert zone is Zone.URBAN


SQUARE = [[113.2, 23.2], [113.4, 23.2], [113.4, 23.4], [113.2, 23.4]]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (part(district="白云"), "no district"),
        (part(zone="rural", polygon=SQUARE), "zone must be one of urban, suburban"),
        (part(), "either a polygon or a line"),
        (part(polygon=SQUARE, line=SQUARE, side="north"), "either a polygon or a line"),
        (part(polygon=[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]), "crosses itself"),
        (part(polygon=[[113.2, 23.2], [113.4, 23.2], [113.3, 23.2]]), "crosses itself"),
        (part(polygon=SQUARE[:2]), "three different points"),
        (part(polygon=[*SQUARE, SQUARE[1]]), "none of them twice"),
        (part(polygon=[[lat, lon] for lon, lat in SQUARE]), "longitude first"),
        (part(polygon=[[103.2, 23.2], *SQUARE[1:]]), "far from Guangzhou"),
        (part(polygon=SQUARE, side="north"), "no side"),
        (part(polygon=[[113.2], *SQUARE]), "pairs"),
        (part(polygon=5), "pairs"),
        (part(line=SQUARE[:2]), "needs a side"),
        (part(line=SQUARE[:2], side="up"), "needs a side"),
        (part(line=SQUARE, side="north"), "from west to east"),
        (part(line=SQUARE[:2], side="east"), "from south to north"),
        (part(line=SQUARE[:1], side="north"), "two points or more"),
        (part(line=SQUARE[:2], side="north", colour="red"), "unknown key 'colour'"),
        ({"zone": "urban"}, "needs a district"),
        ("白云区", "needs a district"),
    ],
)
def test_a_mistake_in_a_part_is_named(table: object, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        read(table)


def test_a_misspelt_urban_district_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'天河' is no district"):
        Policy.from_mapping({"zones": {"urban": ["天河"]}})


def test_parts_are_written_as_an_array_of_tables() -> None:
    written = (
        '[[zones.part]]\ndistrict = "白云区"\nzone = "suburban"\nline = [[113, 23.2], [114, 23.2]]\nside = "north"\n'
    )
    assert Policy.from_mapping(tomllib.loads(written)).zones.part[0].line[0] == Position(113.0, 23.2)
    with pytest.raises(InvalidInput, match="tables"):
        Policy.from_mapping({"zones": {"part": part(polygon=SQUARE)}})


def test_the_promise_is_frozen_by_where_the_accident_lies_in_its_district() -> None:
    south = part(district="天河区", line=[[113.0, SCENE.lat], [114.0, SCENE.lat]], side="south")
    scene = Scene(policy=Policy.from_mapping({"zones": {"part": [south]}}))
    found = place("猎德大道")
    assert isinstance(found, Location)
    promise = scene.desk.incident(scene.report()).commitment
    assert promise is not None
    assert (promise.zone, promise.limit_s) == (Zone.SUBURBAN, 3600)
    moved = scene.desk.relocate(promise.incident_id, Position(113.33, 23.13), scene.now, by="dispatcher").commitment
    assert moved is not None
    assert moved.zone is Zone.SUBURBAN  # the promise stays as it was made

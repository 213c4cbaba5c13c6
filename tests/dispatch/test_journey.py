"""Drives along a line."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.journey import journey
from dispatch.location import Position, distance_m

START = datetime(2026, 11, 22, tzinfo=UTC)
places = st.lists(st.builds(Position, st.floats(113.0, 113.5), st.floats(22.9, 23.4)), min_size=1, max_size=6)


@given(places, st.floats(0, 1))
def test_a_drive_begins_and_ends_where_its_line_does(points: list[Position], share: float) -> None:
    drive = journey(points, START, "home", START + timedelta(hours=1))
    assert distance_m(drive.position_at(START - timedelta(hours=1)), points[0]) < 0.01
    assert distance_m(drive.position_at(START + timedelta(hours=2)), points[-1]) < 0.01
    here = drive.position_at(START + timedelta(hours=share))
    assert 112.99 < here.lon < 113.51


@given(places)
def test_the_pace_is_even(points: list[Position]) -> None:
    drive = journey(points, START, "home", START + timedelta(minutes=10))
    step_m = drive.along_m[-1] / 50
    way = [drive.position_at(START + timedelta(seconds=12 * n)) for n in range(51)]
    assert all(distance_m(a, b) <= step_m * 1.02 + 0.01 for a, b in itertools.pairwise(way))


def test_without_an_end_the_drive_takes_as_long_as_the_road_says() -> None:
    drive = journey([Position(113.3, 23.1), Position(113.4, 23.1)], START, "home", None, seconds=500)
    assert drive.ends_at == START + timedelta(seconds=500)


def test_the_heading_follows_the_line() -> None:
    drive = journey([Position(113.3, 23.1), Position(113.4, 23.1)], START, "home", None)
    assert drive.heading_deg(START) == pytest.approx(90)
    assert journey([Position(113.3, 23.1)], START, "home", None).heading_deg(START) is None

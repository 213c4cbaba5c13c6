import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.location import Position, distance_m
from geo_data.coordinates import Datum, from_wgs84, to_wgs84

INSIDE = st.builds(Position, lon=st.floats(73.5, 134.8), lat=st.floats(18.0, 53.5))
GUANGZHOU = st.builds(Position, lon=st.floats(112.9, 114.1), lat=st.floats(22.5, 24.0))
CHINESE = st.sampled_from([Datum.GCJ02, Datum.BD09])


@given(INSIDE, CHINESE)
def test_there_and_back_is_the_same_point_to_a_centimetre(position: Position, datum: Datum) -> None:
    assert distance_m(to_wgs84(from_wgs84(position, datum), datum), position) < 0.01


@given(INSIDE, CHINESE)
def test_back_and_there_is_the_same_point_to_a_centimetre(position: Position, datum: Datum) -> None:
    assert distance_m(from_wgs84(to_wgs84(position, datum), datum), position) < 0.01


@given(GUANGZHOU)
def test_in_guangzhou_gcj02_lies_some_hundred_metres_away_and_bd09_beyond(position: Position) -> None:
    assert 300 < distance_m(from_wgs84(position, Datum.GCJ02), position) < 900
    assert 700 < distance_m(from_wgs84(position, Datum.BD09), position) < 2200


@given(st.builds(Position, lon=st.floats(-180, 71), lat=st.floats(-90, 90)), st.sampled_from(Datum))
def test_outside_china_nothing_changes(position: Position, datum: Datum) -> None:
    assert to_wgs84(position, datum) == position
    assert from_wgs84(position, datum) == position


@given(GUANGZHOU)
def test_wgs84_is_itself(position: Position) -> None:
    assert to_wgs84(position, Datum.WGS84) is position


@pytest.mark.parametrize(
    ("datum", "lon", "lat"),
    [(Datum.GCJ02, 116.41024449916938, 39.91640428150164), (Datum.BD09, 116.41662724378733, 39.922699552216216)],
)
def test_the_published_example_in_beijing_is_met(datum: Datum, lon: float, lat: float) -> None:
    # Worked example of the coordtransform project: 116.404, 39.915 read as WGS-84.
    assert distance_m(from_wgs84(Position(116.404, 39.915), datum), Position(lon, lat)) < 0.01

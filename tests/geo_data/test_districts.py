"""Districts: borders close, neighbours share them, and known places fall where they belong."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from dispatch.location import Position
from geo_data.districts import district_of, district_polygons, districts_of

KNOWN = {  # well-known points, WGS-84, and the district everybody knows them to be in
    "北京路": (113.2645, 23.1225, "越秀区"),
    "陈家祠": (113.2410, 23.1287, "荔湾区"),
    "中山大学": (113.2937, 23.0939, "海珠区"),
    "岗顶": (113.3336, 23.1371, "天河区"),
    "大学城": (113.3900, 23.0530, "番禺区"),
    "生物岛": (113.3735, 23.0685, "海珠区"),
    "长洲岛": (113.4227, 23.0782, "黄埔区"),
    "科学城": (113.4473, 23.1694, "黄埔区"),
    "人和": (113.2906, 23.3378, "白云区"),
    "白云机场T2": (113.3011, 23.3986, "花都区"),
    "南沙港": (113.6680, 22.6475, "南沙区"),
    "荔城": (113.8188, 23.2959, "增城区"),
    "吕田": (113.9472, 23.8126, "从化区"),
    "佛山祖庙": (113.1066, 23.0296, None),
    "东莞虎门": (113.6700, 22.8200, None),
    "外海": (113.9, 22.2, None),
    "伶仃洋": (113.72, 22.45, None),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_places_fall_in_their_district(name: str) -> None:
    lon, lat, district = KNOWN[name]
    assert district_of(Position(lon, lat)) == district


def test_there_are_eleven_and_neighbours_neither_overlap_nor_leave_gaps() -> None:
    frame = district_polygons()
    assert len(frame) == 11
    assert frame.geometry.is_valid.all()
    union = frame.union_all()
    assert union.geom_type == "Polygon"
    assert len(union.interiors) == 0
    assert shapely.area(list(frame.geometry)).sum() == pytest.approx(union.area, rel=1e-9)


def test_the_whole_has_the_size_of_guangzhou() -> None:
    area_km2 = float(district_polygons().to_crs(32649).area.sum()) / 1e6
    assert 6_800 < area_km2 < 7_500  # official figure 7,434 km²


@given(st.floats(112.5, 114.5), st.floats(22.0, 24.5))
def test_one_position_and_many_get_the_same_answer(lon: float, lat: float) -> None:
    one = district_of(Position(lon, lat))
    assert districts_of([lon, 113.3], [lat, 23.1])[0] == one
    frame = district_polygons()
    holding = set(frame["name"][frame.geometry.intersects(Point(lon, lat))])
    assert (one in holding) if holding else one is None


def test_bus_stops_fall_in_the_district_they_name(shared_data: Path) -> None:
    stops = pd.read_csv(shared_data / "guangzhou" / "bus_stops_dev.csv.gz").dropna(subset=["district"])
    found = np.array(districts_of(stops["lon"], stops["lat"]), dtype=object)
    right = found == stops["district"].to_numpy(dtype=object)
    assert len(right) > 8_000
    assert right.mean() >= 0.95
    assert pd.Series(right).groupby(stops["district"].to_numpy()).mean().min() >= 0.9

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely import LineString, Point

from dispatch.errors import InvalidInput
from dispatch.location import Position, distance_m
from geo_data.coordinates import Datum, from_wgs84
from geo_data.places.place_tables import BadRow, read_table

HERE = Position(113.3, 23.1)
WGS84, GAUSS_KRUGER = 4326, 4526  # the second: CGCS2000, zone 38, metres


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".xlsx", ".CSV"])
@pytest.mark.parametrize("datum", Datum)
def test_a_company_table_is_read_in_its_datum(tmp_path: Path, ending: str, datum: Datum) -> None:
    given = from_wgs84(HERE, datum)
    table = pd.DataFrame(
        {
            "name": ["甲厂", "乙厂", ""],
            "address": ["天河路1号", "", ""],
            "district": ["天河区", "", ""],
            "lon": [given.lon, "不详", 113],
            "lat": [given.lat, "", 23],
        }
    )
    write = pyogrio.write_dataframe if ending == ".xlsx" else pd.DataFrame.to_csv
    write(table, tmp_path / f"places{ending}")
    places = read_table(tmp_path / f"places{ending}", datum).places
    assert [(place.name, place.aliases, place.district) for place in places] == [("甲厂", ("天河路1号",), "天河区")]
    assert distance_m(places[0].position, HERE) < 0.5


@pytest.mark.parametrize(
    "content", ["name,lon\n甲,113\n", "lon,lat\n113,23\n", "", "name,lon,lat\n", 'name,lon,lat\n"甲,113']
)
def test_an_unusable_table_is_refused_by_name(tmp_path: Path, content: str) -> None:
    file = tmp_path / "places.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"places\.csv"):
        read_table(file)


def test_a_table_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such file"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00\x01name")
    with pytest.raises(InvalidInput, match="UTF-8"):
        read_table(tmp_path / "bad.csv")


def test_rows_left_out_are_told_by_line_and_why(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(
        'name,address,lon,lat\n甲厂,"天河路1号\n后门",113.3,23.1\n\n,,113.3,23.1\n乙厂,,23.1,113.3\n丙厂\n丁厂,,113.3,31\n',
        encoding="utf-8",
    )
    table = read_table(file)
    assert [(place.name, place.aliases) for place in table.places] == [("甲厂", ("天河路1号 后门",))]
    assert [row.line for row in table.bad_rows] == [5, 6, 7, 8]
    assert ["no name" in table.bad_rows[0].reason, "no such point" in table.bad_rows[1].reason] == [True, True]
    assert "not near Guangzhou" in table.bad_rows[3].reason


def test_an_excel_row_is_told_as_the_sheet_counts_it(tmp_path: Path) -> None:
    table = pd.DataFrame({"名称": ["甲厂", "乙厂"], "经度": [113.3, 0.0], "纬度": [23.1, 0.0]})
    pyogrio.write_dataframe(table, tmp_path / "places.xlsx")
    found = read_table(tmp_path / "places.xlsx")
    assert [place.name for place in found.places] == ["甲厂"]
    assert found.bad_rows == [BadRow(3, "点 0, 0 不在广州一带 (not near Guangzhou)")]


@pytest.mark.parametrize(("ending", "crs"), [(".geojson", WGS84), (".gpkg", WGS84), (".gpkg", GAUSS_KRUGER)])
def test_a_map_layer_is_read_in_its_own_reference_system(tmp_path: Path, ending: str, crs: int) -> None:
    shapes = [Point(HERE.lon, HERE.lat), LineString([(113.2, 23.2), (113.21, 23.2)]), None]
    layer = gpd.GeoDataFrame(
        {"NAME": ["甲厂", "乙路", "丙厂"], "district": ["天河区", None, ""]}, geometry=shapes, crs=WGS84
    )
    layer.to_crs(crs).to_file(tmp_path / f"places{ending}")
    found = read_table(tmp_path / f"places{ending}")
    assert [(place.name, place.district) for place in found.places] == [("甲厂", "天河区"), ("乙路", "")]
    assert distance_m(found.places[0].position, HERE) < 0.5
    assert found.places[1].position.lat == pytest.approx(23.2, abs=1e-4)
    assert [row.line for row in found.bad_rows] == [3]


def test_columns_of_a_layer_go_before_its_geometry_and_of_several_layers_the_one_with_names(tmp_path: Path) -> None:
    file = tmp_path / "places.gpkg"
    at = {"geometry": [Point(113.5, 23.5)], "crs": WGS84}
    gpd.GeoDataFrame({"width": [3.0]}, **at).to_file(file, layer="roads")
    gpd.GeoDataFrame({"name": ["甲厂"], "lon": [113.3], "lat": [23.1]}, **at).to_file(file, layer="shops")
    (place,) = read_table(file).places
    assert place.position == HERE


def test_a_table_of_a_spreadsheet_program_in_gb18030_is_read(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_bytes("名称,经度,纬度\r\n甲厂,113.3,23.1\r\n".encode("gb18030"))
    assert [place.name for place in read_table(tmp_path / "places.csv").places] == ["甲厂"]


@pytest.mark.parametrize("name", ["places.xlsx", "places.gpkg", "places.geojson", "places.csv.gz", "places.doc"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("name,lon,lat\n甲厂,113.3,23.1\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"places\."):
        read_table(tmp_path / name)

"""Rows of a table of places, whatever kind of file it is in: CSV, Excel, GeoPackage or GeoJSON."""

import csv
import warnings
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from dispatch.errors import InvalidInput
from geo_data.unpacking import check_zip, open_gzip

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

WGS84 = 4326
ENCODINGS = ("utf-8-sig", "gb18030")  # spreadsheet programs in China still write the second
OTHER_NAMES = {
    "名称": "name",
    "地址": "address",
    "区": "district",
    "行政区": "district",
    "经度": "lon",
    "纬度": "lat",
    "longitude": "lon",
    "lng": "lon",
    "latitude": "lat",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    line : int
        Line of a text file or row of a sheet, counted from 1 with the header; of a map layer the feature, from 1.
    fields : mapping of column to text
        Empty where there is nothing; a feature without columns lon and lat has those of its geometry.
    """

    line: int
    fields: dict[str, str]


def read_rows(path: Path) -> tuple[list[str], list[Row]]:
    """Columns and rows of a ``.csv``, ``.csv.gz``, ``.xlsx``, ``.gpkg``, ``.geojson`` or ``.json``.

    Columns are told by name in any case, in English or Chinese (名称, 地址, 行政区, 经度, 纬度). Geometries are brought from
    the reference system that the file states to WGS-84; of a line or an area a point on it stands for the whole.

    Raises
    ------
    InvalidInput
        When the file is not there, is of another kind or cannot be read.
    """
    if not path.is_file():
        raise InvalidInput(f"找不到地点表 {path} (no such file).")
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return _csv(path)
    if name.endswith((".xlsx", ".gpkg", ".geojson", ".json")):
        return _layer(path)
    raise InvalidInput(f"不认得 {path} 的格式 (use .csv, .csv.gz, .xlsx, .gpkg or .geojson).")


def _csv(path: Path) -> tuple[list[str], list[Row]]:
    for encoding in ENCODINGS:
        try:
            return _csv_in(path, encoding)
        except UnicodeDecodeError:
            continue
        except (OSError, EOFError, zlib.error, csv.Error) as error:
            raise InvalidInput(f"地点表 {path} 无法读取 (cannot be read: {error}).") from None
    raise InvalidInput(f"地点表 {path} 无法读取: 需为 UTF-8 或 GB18030 编码 (neither UTF-8 nor GB18030).")


def _csv_in(path: Path, encoding: str) -> tuple[list[str], list[Row]]:
    packed = path.name.lower().endswith(".gz")
    with cast(BinaryIO, open_gzip(path) if packed else path.open("rb")) as binary:
        reader = csv.reader(TextIOWrapper(binary, encoding=encoding, newline=""), strict=True)
        columns = _columns(next(reader, []))
        rows, line = [], reader.line_num + 1
        for values in reader:
            if any(values):
                fields = dict(zip(columns, [*values, *[""] * len(columns)], strict=False))
                rows.append(Row(line, fields))
            line = reader.line_num + 1  # a quoted value may run over several lines
    return columns, rows


def _layer(path: Path) -> tuple[list[str], list[Row]]:
    import pyogrio  # noqa: PLC0415  (slow to import, and a CSV needs none of it)

    sheet = path.suffix.lower() == ".xlsx"
    if sheet:
        check_zip(path)
    options = {"HEADERS": "FORCE", "FIELD_TYPES": "STRING"} if sheet else {}
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # what it could not read is told by line, where a place is missing
            layer = _best_layer(path, pyogrio.list_layers(path))
            table = pyogrio.read_dataframe(path, layer=layer, fid_as_index=True, **options)
    except (RuntimeError, ValueError, UnicodeError) as error:
        raise InvalidInput(f"地点表 {path} 无法读取 (cannot be read: {error}).") from None
    lines = list(table.index) if sheet else list(range(1, len(table) + 1))
    columns = _columns([str(column) for column in table.columns if column != "geometry"])
    values = [table[column] for column in table.columns if column != "geometry"]
    if "geometry" in table.columns and not {"lon", "lat"} <= set(columns):
        columns, values = [*columns, "lon", "lat"], [*values, *_lon_lat(table)]
    rows = zip(lines, *values, strict=True)
    return columns, [Row(int(line), dict(zip(columns, map(_text, row), strict=True))) for line, *row in rows]


def _best_layer(path: Path, layers: Sequence[Sequence[Any]]) -> str:
    """The first layer that names its features, else the first."""
    import pyogrio  # noqa: PLC0415

    if not len(layers):
        raise InvalidInput(f"地点表 {path} 没有图层或工作表 (no layer or sheet in it).")
    names = [str(layer[0]) for layer in layers]
    named = (n for n in names if {"name", "address"} & set(_columns(pyogrio.read_info(path, layer=n)["fields"])))
    return names[0] if len(names) == 1 else next(named, names[0])


def _lon_lat(table: "GeoDataFrame") -> tuple[list[float | None], list[float | None]]:
    if table.crs is not None:
        table = table.to_crs(WGS84)
    found = [None if shape is None or shape.is_empty else shape.representative_point() for shape in table.geometry]
    return [p and p.x for p in found], [p and p.y for p in found]


def _columns(names: Sequence[str]) -> list[str]:
    plain = (name.strip().lower() for name in names)
    return [OTHER_NAMES.get(name, name) for name in plain]


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124  (only NaN differs from itself)

"""A company's own places from a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.coordinates import Datum, to_wgs84
from geo_data.places.place_files import Row, read_rows

LONGEST_NAME = 200  # characters; what is longer is a remark
# Guangzhou and what can be driven to from there: the wrong way round, or in metres, a point is never in it.
WEST, EAST, SOUTH, NORTH = 112.5, 114.5, 22.2, 24.3


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """A table as read.

    Parameters
    ----------
    places : list of Place
        Of kind ``company``; the address is an alias.
    bad_rows : list of BadRow
    """

    places: list[Place]
    bad_rows: list[BadRow]


def read_table(path: Path, datum: Datum = Datum.WGS84) -> PlaceTable:
    """Read places from a file of `geo_data.places.place_files.read_rows` with a name or address and a point each.

    Parameters
    ----------
    path : Path
        Columns name, address, district, lon, lat, of which name or address and, where there is no geometry, lon and lat
        are needed.
    datum : Datum
        Of the coordinates in the file; of a geometry, after it is brought to degrees.

    Returns
    -------
    PlaceTable
        Rows without a point near Guangzhou or without any name are left out and told.

    Raises
    ------
    InvalidInput
        When the file is not there, is not a table, lacks columns, or has no usable row.
    """
    columns, rows = read_rows(path)
    _check_columns(path, columns)
    places: list[Place] = []
    bad_rows: list[BadRow] = []
    for row in rows:
        try:
            places.append(_place(row, datum, path.name))
        except InvalidInput as error:
            bad_rows.append(BadRow(row.line, str(error)))
    if not places:
        first = f";第 {bad_rows[0].line} 行:{bad_rows[0].reason}" if bad_rows else ""
        raise InvalidInput(f"地点表 {path} 没有一行同时具有名称与经纬度 (no row has both a name and a point){first}")
    return PlaceTable(places, bad_rows)


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    missing = [column for column in ("lon", "lat") if column not in columns]
    if not {"name", "address"} & set(columns):
        missing.append("name")
    if missing:
        has = ", ".join(columns) or "-"
        raise InvalidInput(
            f"地点表 {path} 缺少列 {', '.join(missing)} (needed: name or address, lon, lat; has: {has})."
        )


def _place(row: Row, datum: Datum, source: str) -> Place:
    names = list(dict.fromkeys(name for column in ("name", "address") if (name := _plain(row, column))))
    if not names:
        raise InvalidInput("没有名称或地址 (no name or address)")
    if max(map(len, names)) > LONGEST_NAME:
        raise InvalidInput(f"名称超过 {LONGEST_NAME} 字 (name too long)")
    return Place(names[0], tuple(names[1:]), "company", _position(row, datum), _plain(row, "district"), source)


def _position(row: Row, datum: Datum) -> Position:
    lon, lat = _plain(row, "lon"), _plain(row, "lat")
    try:
        position = to_wgs84(Position(float(lon), float(lat)), datum)
    except ValueError:  # blank, not a number, or off the globe
        raise InvalidInput(f"经纬度“{lon}, {lat}”不可用 (no such point)") from None
    if not (WEST < position.lon < EAST and SOUTH < position.lat < NORTH):
        raise InvalidInput(f"点 {lon}, {lat} 不在广州一带 (not near Guangzhou)")
    return position


def _plain(row: Row, column: str) -> str:
    """The text of a cell on one line, without characters that cannot be printed."""
    text = "".join(char if char.isprintable() else " " for char in row.fields.get(column, ""))
    return " ".join(text.split())

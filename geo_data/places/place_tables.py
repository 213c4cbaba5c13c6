"""A company's own places from a CSV table."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from dispatch.errors import InvalidInput
from dispatch.location import Position
from geo_data.builtin.places import Place
from geo_data.coordinates import Datum, to_wgs84


def read_places(path: Path, datum: Datum = Datum.WGS84) -> list[Place]:
    """Read places from a ``.csv`` or ``.csv.gz`` with the columns lon, lat, name or address, and perhaps district.

    Parameters
    ----------
    path : Path
    datum : Datum
        Of the coordinates in the file.

    Returns
    -------
    list of Place
        Of kind ``company``; the address is an alias. Rows without coordinates or without any name are left out.

    Raises
    ------
    InvalidInput
        When the file is not there, is not a table, lacks columns, or has no usable row.
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput(f"找不到地点表 {path} (no such file).") from None
    except (OSError, ValueError) as error:
        raise InvalidInput(f"地点表 {path} 无法读取: 需为 UTF-8 编码的 .csv 或 .csv.gz ({error}).") from None
    _check_columns(path, table)
    places = [place for row in csv_rows(table) if (place := _place(row, datum, path.name))]
    if not places:
        raise InvalidInput(f"地点表 {path} 没有一行同时具有名称与经纬度 (no row has both a name and a point).")
    return places


def csv_rows(table: pd.DataFrame) -> Iterator[dict[str, str]]:
    """Yield the rows of an all-text table as plain mappings."""
    for values in table.itertuples(index=False, name=None):
        yield dict(zip(map(str, table.columns), values, strict=True))


def _check_columns(path: Path, table: pd.DataFrame) -> None:
    missing = [column for column in ("lon", "lat") if column not in table]
    if not {"name", "address"} & set(table):
        missing.append("name")
    if missing:
        raise InvalidInput(
            f"地点表 {path} 缺少列 {', '.join(missing)} (needed: name or address, lon, lat; has: {', '.join(map(str, table))})."
        )


def _place(row: dict[str, str], datum: Datum, source: str) -> Place | None:
    names = [name for column in ("name", "address") if (name := row.get(column, "").strip())]
    try:
        position = to_wgs84(Position(float(row["lon"]), float(row["lat"])), datum)
    except ValueError:  # blank, not a number, or off the globe
        return None
    if not names:
        return None
    return Place(names[0], tuple(names[1:]), "company", position, row.get("district", "").strip(), source)

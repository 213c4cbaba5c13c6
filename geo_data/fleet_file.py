"""A fleet from a table: who works where and when, for simulations of another roster or other posts."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import TypeVar

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position
from dispatch.unit import Shift, Unit
from dispatch.vocabulary import Role, Skill

ROSTER = ("id", "role", "lon", "lat")
ROSTER_MAY = ("name", "shift_start", "shift_end", "skills")
POSTS = ("id", "lon", "lat")
T = TypeVar("T")


def read_units(path: Path) -> list[Unit]:
    """Read a roster.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 with the columns id, role (surveyor, tow_unit, specialist), lon, lat (WGS-84, the standby post) and, where
        wanted, name, shift_start and shift_end (HH:MM; both empty means always) and skills (words parted by spaces).

    Raises
    ------
    Unavailable
        When there is no such file.
    InvalidInput
        Naming the line and what is wrong with it.
    """
    units = [_at_line(path, number, _unit, row) for number, row in _rows(path, ROSTER, ROSTER_MAY)]
    if len({u.id for u in units}) < len(units):
        raise InvalidInput(f"{path}: an id comes twice; every unit needs its own.")
    return units


def moved_to_posts(units: Sequence[Unit], path: Path) -> list[Unit]:
    """The units with the posts of a table (id, lon, lat: WGS-84); those it does not name keep theirs."""
    posts = {row["id"]: _at_line(path, number, _position, row) for number, row in _rows(path, POSTS, ())}
    unknown = posts.keys() - {u.id for u in units}
    if unknown:
        raise InvalidInput(f"{path}: no unit {min(unknown)} in the roster.")
    return [replace(u, standby=posts.get(u.id, u.standby)) for u in units]


def _rows(path: Path, must: Sequence[str], may: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            rows = [(table.line_num, {k: (v or "").strip() for k, v in row.items() if k}) for row in table]
            columns = table.fieldnames or ()
    except OSError as error:
        raise Unavailable(f"Cannot read {path} ({error.strerror}).") from None
    except (UnicodeDecodeError, csv.Error):
        raise InvalidInput(f"{path} is not a CSV table in UTF-8.") from None
    if missing := [name for name in must if name not in columns]:
        raise InvalidInput(f"{path}: the column {missing[0]} is missing; needed are {', '.join(must)}.")
    if unknown := [name for name in columns if name not in (*must, *may)]:
        raise InvalidInput(f"{path}: unknown column {unknown[0]}; known are {', '.join((*must, *may))}.")
    if not rows:
        raise InvalidInput(f"{path} holds no line.")
    return rows


def _at_line(path: Path, number: int, read: Callable[[Mapping[str, str]], T], row: Mapping[str, str]) -> T:
    try:
        return read(row)
    except ValueError as error:
        raise InvalidInput(f"{path}, line {number}: {error}") from None


def _unit(row: Mapping[str, str]) -> Unit:
    if not row["id"]:
        raise InvalidInput("the id is empty.")
    start, end = row.get("shift_start", ""), row.get("shift_end", "")
    if bool(start) != bool(end):
        raise InvalidInput("give shift_start and shift_end, or neither.")
    return Unit(
        id=row["id"],
        name=row.get("name") or row["id"],
        role=Role(row["role"]),
        standby=_position(row),
        shift=Shift(time.fromisoformat(start or "00:00"), time.fromisoformat(end or "00:00")),
        simulated=True,
        skills=frozenset(Skill(word) for word in row.get("skills", "").split()),
    )


def _position(row: Mapping[str, str]) -> Position:
    return Position(float(row["lon"]), float(row["lat"]))

"""Rosters and posts from a table."""

from datetime import time
from pathlib import Path

import pytest

from dispatch.errors import InvalidInput, Unavailable
from dispatch.location import Position
from dispatch.unit import ALWAYS, Shift
from dispatch.vocabulary import Role, Skill
from geo_data.fleet_file import moved_to_posts, read_units

ROSTER = """id,role,lon,lat,name,shift_start,shift_end,skills
A1,surveyor,113.30,23.12,张三,07:00,15:30,heavy_loss new_energy
B1,tow_unit,113.35,23.10,,,,
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_roster_is_read_with_shifts_and_skills(tmp_path: Path) -> None:
    first, second = read_units(written(tmp_path, ROSTER))
    assert (first.name, first.role, first.standby) == ("张三", Role.SURVEYOR, Position(113.30, 23.12))
    assert first.shift == Shift(time(7), time(15, 30))
    assert first.skills == {Skill.HEAVY_LOSS, Skill.NEW_ENERGY}
    assert (second.name, second.shift, second.simulated) == ("B1", ALWAYS, True)


def test_posts_move_whom_they_name(tmp_path: Path) -> None:
    units = read_units(written(tmp_path, ROSTER))
    moved = moved_to_posts(units, written(tmp_path, "id,lon,lat\nB1,113.5,23.2\n"))
    assert [u.standby for u in moved] == [Position(113.30, 23.12), Position(113.5, 23.2)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,role,lon\nA1,surveyor,113.3\n", "lat is missing"),
        ("id,role,lon,lat,colour\nA1,surveyor,113.3,23.1,red\n", "unknown column colour"),
        ("id,role,lon,lat\n", "holds no line"),
        ("id,role,lon,lat\nA1,pilot,113.3,23.1\n", "line 2"),
        ("id,role,lon,lat\nA1,surveyor,113.3,23.1\nA1,surveyor,113.3,23.1\n", "twice"),
        ("id,role,lon,lat\nA1,surveyor,north,23.1\n", "line 2"),
        ("id,role,lon,lat,shift_start\nA1,surveyor,113.3,23.1,07:00\n", "shift_end"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_units(written(tmp_path, text))


def test_a_missing_file_and_an_unknown_unit_are_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        read_units(tmp_path / "none.csv")
    units = read_units(written(tmp_path, ROSTER))
    with pytest.raises(InvalidInput, match="no unit C9"):
        moved_to_posts(units, written(tmp_path, "id,lon,lat\nC9,113.5,23.2\n"))

"""The archive of the log: a piece is there whole or not at all, is never overwritten, and a gap shows."""

import gzip
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_data.cluster.wal_archive import (
    PER_LOG,
    SCRIPT,
    SEGMENT_BYTES,
    Segment,
    is_whole,
    pieces,
    reach,
    restore_command,
    server_options,
)

START = Segment(1, 3)
segments = st.builds(Segment, st.integers(1, 2**32 - 1), st.integers(0, PER_LOG * (2**32 - 1)))


def archived(folder: Path, source: Path, name: str) -> int:
    return subprocess.run(["sh", SCRIPT, folder, source, name], check=False, stderr=subprocess.DEVNULL).returncode


@given(segment=segments)
def test_a_piece_is_found_again_by_the_name_of_its_file(segment: Segment) -> None:
    assert Segment.of_file(f"{segment.name}.gz") == segment


def test_a_place_in_the_log_lies_in_the_piece_that_postgresql_names() -> None:
    assert Segment.at(1, "0/2000028").name == "000000010000000000000002"
    assert Segment.at(2, "1/FF000000").name == "0000000200000001000000FF"
    assert Segment.of_file("00000002.history.gz") is None
    assert Segment.of_file("000000010000000000000002.00000028.backup.gz") is None


def test_a_piece_is_archived_once_and_again_without_harm_but_never_overwritten(tmp_path: Path) -> None:
    folder, source = tmp_path / "wal", tmp_path / "piece"
    folder.mkdir()
    source.write_bytes(b"facts")
    assert [archived(folder, source, "A"), archived(folder, source, "A")] == [0, 0]
    source.write_bytes(b"others")
    assert archived(folder, source, "A") != 0
    assert gzip.decompress((folder / "A.gz").read_bytes()) == b"facts"
    assert [path.name for path in folder.iterdir()] == ["A.gz"]


def test_what_cannot_be_put_away_whole_is_not_there_and_fails(tmp_path: Path) -> None:
    assert archived(tmp_path / "not mounted", SCRIPT, "A") != 0
    assert archived(tmp_path, tmp_path / "gone", "A") != 0
    assert list(tmp_path.glob("A*")) == []


def test_a_gap_in_the_log_shows_and_a_turn_of_the_timeline_is_none(tmp_path: Path) -> None:
    assert reach({}, START).until_at is None
    for segment in (Segment(1, 2), Segment(1, 3), Segment(1, 4), Segment(2, 4), Segment(2, 5), Segment(2, 7)):
        (tmp_path / f"{segment.name}.gz").touch()
    found = pieces(tmp_path)
    assert reach(found, START).missing == Segment(1, 6)
    del found[Segment(2, 7)]
    assert reach(found, START).missing is None
    assert reach(found, START).until_at is not None


@pytest.mark.parametrize("damage", ["cut", "changed", "short", "gone"])
def test_a_damaged_piece_is_not_whole(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "piece.gz"
    whole = gzip.compress(bytes(SEGMENT_BYTES), 1)
    path.write_bytes(whole)
    assert is_whole(path)
    bad = {"cut": whole[:-100], "changed": whole[:-8] + b"abcd" + whole[-4:], "short": gzip.compress(b"a"), "gone": b""}
    path.write_bytes(bad[damage])
    assert not is_whole(path)


def test_folders_with_spaces_quotes_and_percent_signs_reach_the_commands_whole() -> None:
    folder = Path("/back up/it's 5%")
    words = shlex.split(server_options(Path("/pg/a.sh"), folder, 60))
    assert words[:4] == ["-c", "archive_mode=on", "-c", "archive_timeout=60"]
    assert shlex.split(words[5].removeprefix("archive_command="))[2] == "/back up/it's 5%%"
    assert shlex.split(restore_command(folder))[2] == "/back up/it's 5%%/%f.gz"

"""Predictions in another system's log are checked as our own are."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatch.errors import InvalidInput
from dispatch.prediction.calibration import calibrate
from dispatch.prediction.trips import Statement
from geo_data.logs.log_map import parse_map
from geo_data.logs.log_predictions import read_predictions
from geo_data.logs.response_logs import read_log

NOW = datetime(2026, 11, 1, tzinfo=UTC)
COLUMNS = {"incident": "no", "reported": "at", "on_scene": "there", "p_kept": "p"}
ROWS = """no,at,there,p
A,2026-03-02 08:00,2026-03-02 08:20,0.9
B,2026-03-02 09:00,2026-03-02 09:50,40%
B,2026-03-02 09:00,2026-03-02 09:55,0.8
C,2026-03-02 10:00,2026-03-02 10:10,
"""


def predictions(folder: Path, rows: str = ROWS, columns: dict[str, str] = COLUMNS) -> list[Statement]:
    path = folder / "log.csv"
    path.write_text(rows, encoding="utf-8")
    log_map = parse_map({"timezone": "Asia/Shanghai", "columns": columns, "limits": {"default": 1800}})
    return read_predictions(path, log_map, read_log(path, log_map, judged_at=NOW), NOW)


def test_each_incident_counts_once_with_what_was_said_first(tmp_path: Path) -> None:
    found = predictions(tmp_path)
    assert [(s.incident, s.p_kept, s.kept) for s in found] == [("A", 0.9, True), ("B", 0.4, False), ("C", None, True)]
    seen = calibrate(found)
    assert (seen.n, seen.unstated, seen.simulated) == (2, 1, 0)


def test_a_log_without_predictions_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="carries no predictions"):
        predictions(tmp_path, columns={k: v for k, v in COLUMNS.items() if k != "p_kept"})


def test_what_is_no_probability_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no probability"):
        predictions(tmp_path, ROWS.replace("0.9", "90"))

"""The command `places`, as typed, and a service that hears of an import."""

import json
import time
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner, Result

from api.cli import app
from dispatch.errors import InvalidInput, UnknownId

NAME = "鹏程万里洗车场"
PATIENCE_S = 300  # a guard


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def table(folder: Path, **columns: list[object]) -> Path:
    whole = {"name": [NAME], "address": ["天河区天河路9999号"], "lon": [113.3254], "lat": [23.1167]} | columns
    pd.DataFrame(whole).to_csv(folder / "own.csv", index=False)
    return folder / "own.csv"


def test_places_are_imported_listed_found_replaced_and_removed(wired: str, tmp_path: Path) -> None:
    first = run("places", "import", table(tmp_path), "--crs", "gcj02")
    assert first.exit_code == 0
    assert "1 个地点" in first.stdout
    record = json.loads(run("geocode", f"{NAME}门口", "--json").stdout)
    assert record["matched_text"] == NAME
    assert record["lon"] == pytest.approx(113.3200, abs=0.001)
    assert "own.csv" in run("places", "list").stdout
    again = run("places", "import", table(tmp_path, lon=[113.4]))
    assert "替换" in again.stdout
    assert json.loads(run("geocode", NAME, "--json").stdout)["lon"] == pytest.approx(113.4)
    assert run("places", "remove", "own.csv").exit_code == 0
    assert "没有已导入" in run("places", "list").stdout
    assert isinstance(run("places", "remove", "own.csv").exception, UnknownId)


def test_rows_left_out_are_named_by_line_and_the_rest_is_imported(wired: str, tmp_path: Path) -> None:
    wrong = table(tmp_path, name=[NAME, ""], address=["", ""], lon=[113.3, 113.3], lat=[23.1, 23.1])
    result = run("places", "import", wrong)
    assert result.exit_code == 0
    assert "第 3 行" in result.stderr
    assert "第 2 行" not in result.stderr


def test_a_table_without_a_usable_row_changes_nothing(wired: str, tmp_path: Path) -> None:
    run("places", "import", table(tmp_path))
    result = run("places", "import", table(tmp_path, lat=[99]))
    assert isinstance(result.exception, InvalidInput)
    assert "own.csv" in run("places", "list").stdout


def test_a_running_service_knows_an_import_without_a_restart(
    client: TestClient, dispatcher: dict[str, str], tmp_path: Path
) -> None:
    def found() -> str:
        answer = client.get("/v1/geocode", params={"text": f"{NAME}门口"}, headers=dispatcher)
        return (answer.json()["location"] or {}).get("matched_text", "")

    assert found() != NAME
    assert run("places", "import", table(tmp_path)).exit_code == 0
    limit = time.monotonic() + PATIENCE_S
    while found() != NAME and time.monotonic() < limit:
        time.sleep(0.05)
    assert found() == NAME
    run("places", "remove", "own.csv")
    assert found() != NAME

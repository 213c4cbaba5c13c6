"""`gzdispatch plan` on the built-in network and the demonstration fleet."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scene import Scene
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from api.cli import app
from api.planning import planning
from dispatch.errors import InvalidInput
from geo_data.day_kinds import DayKind

LEAST_FILES = ("leaflet.js", "leaflet.css")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["plan", *words])


def plan_posts(out: Path, *words: str) -> Result:
    return run("posts", "--demo", "--candidates", "30", "--out", str(out), *words)


def test_posts_are_written_with_what_they_gain(tmp_path: Path) -> None:
    out = tmp_path / "posts.csv"
    answer = plan_posts(out, "--n", "12")
    assert answer.exit_code == 0, answer.output
    assert "模拟需求" in answer.output
    assert "示意路网" in answer.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    planned = [row for row in rows if row["status"] != "given up"]
    assert len(planned) == 12
    assert sum(float(row["demand_share"]) for row in planned) == pytest.approx(1, abs=0.01)
    again = run("posts", "--demo", "--sites", str(out), "--today", str(out), "--n", "12", "--hour", "3")
    assert again.exit_code == 0, again.output


def test_posts_of_today_are_kept_when_asked(tmp_path: Path) -> None:
    out = tmp_path / "posts.geojson"
    answer = plan_posts(out, "--n", "46", "--keep-existing")
    assert answer.exit_code == 0, answer.output
    found = json.loads(out.read_text(encoding="utf-8"))
    status = [feature["properties"]["status"] for feature in found["features"]]
    assert (status.count("kept"), status.count("new"), status.count("given up")) == (44, 2, 0)
    assert found["notes"]


def test_the_map_loads_nothing_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LEAST_FILES:
        (tmp_path / name).write_text(f"/* {name} */", encoding="utf-8")
    monkeypatch.setattr("api.planning.post_plan.LEAFLET", tmp_path)
    out = tmp_path / "posts.html"
    answer = plan_posts(out, "--model", "lscp", "--share", "0.5")
    assert answer.exit_code == 0, answer.output
    page = out.read_text(encoding="utf-8")
    assert "/* leaflet.js */" in page
    assert "示意路网" in page
    assert not any(mark in page for mark in ("src=", "stylesheet", "@import"))


def test_a_form_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    answer = plan_posts(tmp_path / "posts.pdf")
    assert isinstance(answer.exception, InvalidInput)
    assert ".geojson" in str(answer.exception)


def test_shifts_keep_the_target_in_every_hour(tmp_path: Path) -> None:
    out = tmp_path / "shifts.csv"
    answer = run("shifts", "--demo", "--per-h", "12", "--target", "0.1", "--out", str(out))
    assert answer.exit_code == 0, answer.output
    assert "模拟需求" in answer.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 24
    assert all(int(row["planned"]) >= int(row["need"]) for row in rows)
    assert all(float(row["late_share"]) <= 0.1 for row in rows)


def test_a_roster_that_is_overrun_is_given_no_share_that_could_be_read_as_a_forecast() -> None:
    answer = run("shifts", "--demo", "--target", "0.5", "--per-h", "60")
    assert answer.exit_code == 0, answer.output
    told = next(line for line in answer.output.splitlines() if "现有 today:" in line)
    assert "算不出 cannot be told" in told
    assert "≤" not in told
    assert "不是预测" in told
    assert "not a forecast" in told
    assert "gzdispatch simulate" in told


def test_a_target_beyond_reach_names_the_least_there_is() -> None:
    answer = run("shifts", "--demo", "--target", "0.001", "--most", "60")
    assert isinstance(answer.exception, InvalidInput)
    assert "60" in str(answer.exception)


def test_a_shift_that_cannot_be_read_is_told() -> None:
    answer = run("shifts", "--demo", "--shift", "early")
    assert isinstance(answer.exception, InvalidInput)
    assert "07:00-15:30" in str(answer.exception)


def test_demand_of_a_period_without_incidents_is_refused(fleet: Engine) -> None:
    with planning.stored() as (log, units):
        assert {unit.id for unit in units} == {"S001", "S002"}
        now = datetime.now(UTC)
        with pytest.raises(InvalidInput, match="No demand"):
            planning.measured_demand(log, DayKind.WEEKDAY, now - timedelta(days=7), now, now)


def test_demand_of_the_log_is_where_and_when_incidents_were() -> None:
    scene = Scene()
    for _ in range(3):
        scene.report()
        scene.wait(minutes=10)
    since = scene.now - timedelta(hours=12, minutes=30)  # Sunday, midnight in Guangzhou
    found = planning.measured_demand(scene.log, DayKind.WEEKEND, since, since + timedelta(days=1), scene.now)
    assert (found.district, found.cells.weight.tolist()) == (["天河区"], [1.0])
    assert [found.per_h[hour] for hour in (11, 12, 13)] == [0, 3, 0]
    assert found.on_scene_s is None
    with pytest.raises(InvalidInput, match="No weekday"):
        planning.measured_demand(scene.log, DayKind.WEEKDAY, since, since + timedelta(days=1), scene.now)

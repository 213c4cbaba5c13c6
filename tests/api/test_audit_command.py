import json
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from api.commands.audit import Format, audit, audit_own, render
from api.commands.audit import app as group
from api.whole_file import write_whole
from dispatch.errors import InvalidInput, Unavailable
from dispatch.events import CommitmentMade, IncidentClosed, IncidentReported, TierChanged
from dispatch.log import MemoryLog
from dispatch.vocabulary import Channel, CloseCode, Tier, Zone

app = typer.Typer()
app.command()(audit)

LOG = "no,area,out,there\n1,A,08:00,08:05\n2,A,08:00,08:20\n3,B,23:59,00:03\n4,B,09:00,\n5,B,09:00,soon\n"
MAP = """
title = "Test log"
timezone = "Asia/Shanghai"
[columns]
incident = "no"
zone = "area"
dispatched = "out"
on_scene = "there"
[limits]
default = 540
"""
TALLY_KEYS = {
    "reported", "kept", "missed", "open", "excluded", "late", "timed", "confirmed", "unconfirmed", "contradicted", "simulated",
    "p50_s", "p90_s", "share_kept", "share_with_excluded", "share_strict", "share_timed",
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    return tmp_path


def run(*words):
    return CliRunner().invoke(app, [str(w) for w in words])


def over(files, *more):
    return run("--log", files / "log.csv", "--map", files / "map.toml", *more)


def test_a_log_is_audited_as_json_with_stable_keys(files):
    result = over(files, "--format", "json")
    found = json.loads(result.output)
    assert result.exit_code == 0
    assert set(found) == {
        "title", "source", "judged_at", "clock_starts_at", "timezone", "period", "since", "until", "rows",
        "merged_rows", "simulated",
        "notes", "totals", "not_judged", "excluded", "quick", "by_video", "sent_later", "kept_by_capture", "doubted", "track", "intervals", "by_zone", "by_district", "by_hour", "by_tier",
        "by_unit", "by_client", "by_month", "by_day", "unit_names", "organisations", "intervals_by_zone",
        "cancelled_late", "causes", "stages", "misses", "edits", "edited",
    }  # fmt: skip
    assert set(found["totals"]) == TALLY_KEYS
    assert found["totals"]["share_kept"]["n"] == 5
    assert (found["totals"]["kept"], found["totals"]["late"]) == (2, 1)
    assert found["not_judged"] == {"no_arrival": 1, "unreadable_time": 1}
    assert found["by_zone"]["B"]["reported"] == 3
    assert set(found["intervals"][0]) == {
        "name", "from", "to", "n", "missing", "doubtful", "zero", "p50_s", "p90_s", "target_s", "share_within",
    }  # fmt: skip
    assert found["causes"] == {"unknown": 3}
    assert [i["from"] for i in found["intervals"] if i["name"] == "response"] == ["dispatched"]


def test_text_shows_n_share_interval_and_reasons(files):
    shown = over(files).output
    for words in ("Test log", "40.0%", "11.8%–76.9%", "no arrival", "unreadable time", "flatters"):
        assert words in shown


def test_json_text_and_page_tell_why_and_what_was_changed():
    log = MemoryLog()
    start = datetime(2026, 11, 20, 4, tzinfo=UTC)
    report_on(log, "A", start)
    head = {"incident_id": "A", "by": "陈调度"}
    changed = TierChanged(**head, at=start + timedelta(seconds=60), tiers=(Tier.MINOR,), reason="轻微")
    off = IncidentClosed(**head, at=start + timedelta(hours=1), reason="撤案", code=CloseCode.WITHDRAWN)
    log.append([changed, off], after=2)
    found = audit_own(opened(log), datetime(2026, 11, 22, tzinfo=UTC))
    told = json.loads(render(found, Format.JSON))
    assert (told["cancelled_late"], told["excluded"], told["causes"]) == ({"withdrawn": 1}, {}, {"place": 1})
    [miss], [edit] = told["misses"], told["edited"]
    assert (miss["incident"], miss["over_s"], miss["response_s"]) == ("A", 1800, None)
    assert miss["parts"] == [{"stage": "place", "actual_s": 3600, "planned_s": 0}]
    assert (edit["by"], edit["words"], edit["phase"]) == ("陈调度", "一般 → 轻微:轻微", "before_assignment")
    assert told["edits"] == {"tier_changed": {"before_assignment": 1}}
    for form in (Format.TEXT, Format.HTML):
        shown = render(found, form)
        for words in ("地点不明或有误", "等级更改", "1 withdrawn", "no place known"):
            assert words in shown


def test_html_goes_to_a_file_whole_or_not_at_all(files):
    out = files / "audit.html"
    result = over(files, "--format", "html", "--out", out)
    assert result.exit_code == 0
    assert out.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert [p.name for p in files.iterdir() if p.suffix == ".part"] == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--since", "yesterday"], 1, "YYYY-MM-DD"),
        (["--since", "2026-02-30"], 1, "YYYY-MM-DD"),
        (["--since", "2026-02-02", "--until", "2026-02-01"], 1, "swap"),
        (["--out", "/nowhere/at/all.txt"], 1, "Cannot write"),
        (["--format", "pdf"], 2, "pdf"),
    ],
)
def test_a_bad_option_gets_one_clear_line(files, words, code, message):
    result = over(files, *words)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_log_needs_its_map(files):
    result = run("--log", files / "log.csv")
    assert (result.exit_code, result.output.count("\n")) == (2, 1)


def test_a_missing_file_is_one_line_and_exit_1(files):
    result = run("--log", files / "none.csv", "--map", files / "map.toml")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "No log" in result.output


def test_a_failed_audit_leaves_an_older_report_alone(files):
    out = files / "audit.json"
    out.write_text("old", encoding="utf-8")
    (files / "log.csv").write_text("a,b\n", encoding="utf-8")
    assert over(files, "--format", "json", "--out", out).exit_code == 1
    assert out.read_text(encoding="utf-8") == "old"


def test_what_cannot_be_written_is_unavailable_and_leaves_nothing(tmp_path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(Unavailable):
        write_whole(tmp_path / "taken", "x")
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]


def test_our_own_events_are_audited_by_guangzhou_days():
    log = MemoryLog()
    report_on(log, "A", datetime(2026, 11, 20, 15, 59, tzinfo=UTC))  # 23:59 on the 20th
    report_on(log, "B", datetime(2026, 11, 20, 16, 0, tzinfo=UTC))  # 00:00 on the 21st
    report_on(log, "C", datetime(2026, 11, 21, 16, 0, tzinfo=UTC))  # 00:00 on the 22nd
    day = date(2026, 11, 21)
    found = audit_own(opened(log), datetime(2026, 11, 22, tzinfo=UTC), day, day)
    assert found.totals.reported == 1
    assert found.by_hour["00"].missed == 1
    assert json.loads(render(found, Format.JSON))["since"] == "2026-11-21"


def test_an_empty_log_of_our_own_is_an_audit_of_nothing():
    found = audit_own(opened(MemoryLog()), datetime(2026, 11, 22, tzinfo=UTC))
    for form in Format:
        assert render(found, form)
    assert found.totals.share_kept.p is None


def opened(log):
    @contextmanager
    def open_log():
        yield log

    return open_log


def report_on(log, key, at):
    reported = IncidentReported(incident_id=key, at=at, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD)
    promise = CommitmentMade(
        incident_id=key, at=at, kind="arrival", zone=Zone.URBAN, tier=Tier.STANDARD, starts_at=at,
        due_at=at + timedelta(minutes=30), limit_s=1800, policy_version="test",
    )  # fmt: skip
    log.append([reported, promise], after=0)


def test_predictions_of_another_system_are_checked_and_a_log_without_any_is_told(files):
    told = CliRunner().invoke(group, ["calibration", "--log", str(files / "log.csv"), "--map", str(files / "map.toml")])
    assert isinstance(told.exception, InvalidInput)
    said = LOG.replace("there\n", "there,said\n", 1).replace("08:05\n", "08:05,0.9\n").replace("08:20\n", "08:20,40%\n")
    (files / "said.csv").write_text(said, encoding="utf-8")
    (files / "said.toml").write_text(MAP.replace("[limits]", 'p_kept = "said"\n[limits]'), encoding="utf-8")
    given = CliRunner().invoke(
        group, ["calibration", "--log", str(files / "said.csv"), "--map", str(files / "said.toml")]
    )
    found = json.loads(given.output)["moments"]["assignment"]
    assert (found["n"], found["kept"]["kept"], found["unstated"], found["simulated"]) == (2, 1, 3, 0)

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import typer
from promises import NOON, cases
from typer.testing import CliRunner

from api.commands.audit import audit_log
from api.commands.audit_batch import batch, export, export_own
from api.views.audit_json import as_document
from dispatch.auditing.audit import audit
from dispatch.errors import InvalidInput
from dispatch.log import MemoryLog
from dispatch.policy.audit_rules import AuditRules

LOG = "no,area,out,there\n1,A,08:00,08:05\n2,A,08:00,08:20\n3,B,23:59,00:03\n4,B,09:00,\n5,B,09:00,soon\n"
MAP = """
timezone = "Asia/Shanghai"
[columns]
incident = "no"
zone = "area"
dispatched = "out"
on_scene = "there"
[limits]
default = 540
"""
app = typer.Typer()
app.command()(batch)
app.command()(export)
NOW = NOON + timedelta(hours=2)


def run(*words):
    return CliRunner().invoke(app, [str(w) for w in words])


def test_a_log_exported_and_audited_in_bulk_gives_the_figures_of_the_log(tmp_path):
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    files = ("--log", tmp_path / "log.csv", "--map", tmp_path / "map.toml")
    assert run("export", "--out", tmp_path / "out", *files).exit_code == 0
    found = json.loads(run("batch", "--records", tmp_path / "out", "--format", "json").stdout)
    wanted = json.loads(json.dumps(as_document(audit_log(tmp_path / "log.csv", tmp_path / "map.toml", NOW))))
    assert found | {"judged_at": ""} == wanted | {"judged_at": ""}
    assert isinstance(run("export", "--out", tmp_path / "out", *files).exception, InvalidInput)
    assert isinstance(run("export", "--out", tmp_path / "b", *files[:2]).exception, InvalidInput)


def test_our_own_events_of_a_period_are_exported_as_they_stand(tmp_path):
    log = MemoryLog()
    for history in cases():
        log.append(history, after=0)

    @contextmanager
    def opened():
        yield log

    day = NOON.date()
    assert export_own(opened, tmp_path / "none", NOW, day + timedelta(days=1), None, AuditRules()) == 0
    written = export_own(opened, tmp_path / "out", NOW, day, day, AuditRules())
    result = run("batch", "--records", tmp_path / "out", "--format", "json", "--out", tmp_path / "audit.json")
    assert result.exit_code == 0
    found = json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))
    wanted = as_document(replace(audit(log.all_events(), NOW), misses=(), edited=(), stages=()))
    assert written == found["totals"]["reported"] == wanted["totals"]["reported"]
    for name in ("totals", "by_zone", "not_judged", "excluded", "causes", "intervals", "edits"):
        assert found[name] == wanted[name]
    assert (found["since"], found["until"], found["judged_at"]) == (day.isoformat(), day.isoformat(), NOW.isoformat())


def test_nothing_to_audit_is_an_error_that_says_so(tmp_path):
    result = run("batch", "--records", tmp_path)
    assert "No records at" in str(result.exception)

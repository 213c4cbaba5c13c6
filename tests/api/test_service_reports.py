"""The service report by HTTP and by command line, and slow work in a process of its own."""

import io
import operator
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import unquote

import openpyxl
import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader
from service_months import incident
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from api.apart import apart
from api.commands.audit import app
from api.reports.reporting import disposition
from api.routes import service_reports
from dispatch.errors import Unavailable
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

ADDRESS = "/management/report"
PATIENCE_S = 600.0  # a guard


@pytest.fixture
def reported(fleet: Engine) -> Engine:
    """One incident of this month, taken a moment ago."""
    history = incident("GZ000001", datetime.now(UTC) - timedelta(seconds=1), Random(5))[:3]
    with transaction(fleet) as connection:
        PostgisLog(connection).append(history, after=0)
    return fleet


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are drawn in this process: quicker."""
    monkeypatch.setattr(service_reports, "apart", lambda _, work, *args: work(*args))


def test_a_manager_downloads_the_report_as_pdf_made_by_a_process_of_its_own(
    reported: Engine, client: TestClient, manager: dict[str, str]
) -> None:
    answer = client.get(f"{ADDRESS}?kind=monthly&period=this", headers=manager)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    named = unquote(answer.headers["content-disposition"])
    assert named.startswith("attachment; filename*=UTF-8''查勘救援服务月度报告-20")
    assert named.endswith(".pdf")
    assert "受理报案1起" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().replace(" ", "")


@pytest.mark.usefixtures("here")
def test_the_other_forms_come_by_their_names(reported: Engine, client: TestClient, manager: dict[str, str]) -> None:
    page = client.get(f"{ADDRESS}?period=this&format=html", headers=manager)
    assert "本期尚未结束" in page.text
    assert page.headers["content-disposition"].startswith("inline")
    book = client.get(f"{ADDRESS}?kind=quarterly&period=this&format=xlsx", headers=manager)
    assert "逐案台账" in openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    other = client.get(f"{ADDRESS}?period=this&format=html&client=无此单位", headers=manager)
    assert "没有无此单位的报案记录" in other.text


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "asked", ["period=2026-13", "period=9999-01", "kind=weekly", "format=docx", "period=2026Q1", "client=" + "x" * 101]
)
def test_what_cannot_be_reported_gets_one_sentence(client: TestClient, manager: dict[str, str], asked: str) -> None:
    answer = client.get(f"{ADDRESS}?{asked}", headers=manager)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_a_surveyor_and_a_stranger_get_no_report(client: TestClient, surveyor: dict[str, str]) -> None:
    assert client.get(ADDRESS, headers=surveyor).status_code == 403
    assert client.get(ADDRESS).status_code == 401


def test_the_command_writes_a_whole_file_or_none(reported: Engine, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    made = run("report", "monthly", "--month", "this", "--format", "html", "--out", out)
    assert made.exit_code == 0, made.output
    assert out.read_text(encoding="utf-8").rstrip().endswith("</html>")
    empty = run("report", "quarterly", "--quarter", "2020Q1", "--format", "xlsx", "--out", tmp_path / "none.xlsx")
    assert "没有案件" in empty.output
    for words in (
        ("monthly", "--month", "2026Q1"),
        ("monthly", "--quarter", "2026Q1"),
        ("quarterly", "--quarter", "x"),
    ):
        told = run("report", *words, "--out", tmp_path / "bad.pdf")
        assert (told.exit_code, told.output.count("\n")) == (1, 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["none.xlsx", "report.html"]


def test_a_file_name_in_any_script_fits_into_a_header() -> None:
    assert disposition('报"告.pdf', inline=False) == "attachment; filename*=UTF-8''%E6%8A%A5%22%E5%91%8A.pdf"


# -- apart -----------------------------------------------------------------------------------------------------------


def test_work_done_apart_comes_back_and_so_does_its_error() -> None:
    assert apart(PATIENCE_S, operator.add, 2, 3) == 5
    with pytest.raises(ZeroDivisionError):
        apart(PATIENCE_S, operator.floordiv, 1, 0)


def test_one_at_a_time(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")  # whoever reads it waits for somebody to write
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(apart, PATIENCE_S, Path.read_text, tmp_path / "pipe")
        with (tmp_path / "pipe").open("w") as pipe:  # opened once the other reads: it is under way
            with pytest.raises(Unavailable, match="Another report"):
                apart(PATIENCE_S, operator.add, 2, 3)
            pipe.write("done")
        assert first.result(PATIENCE_S) == "done"
    assert apart(PATIENCE_S, operator.add, 2, 3) == 5


def test_and_not_for_ever() -> None:
    with pytest.raises(Unavailable, match="too long"):
        apart(0.5, time.sleep, 3600)
    assert apart(PATIENCE_S, operator.add, 2, 3) == 5


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(w) for w in words])

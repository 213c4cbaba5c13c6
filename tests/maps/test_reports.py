"""The three forms of the service report: one source, whole, and labelled."""

import io
import json
import re
from datetime import UTC, datetime
from functools import cache

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from promises import cases
from pypdf import PdfReader
from service_months import CLIENT, month

from api.views.audit_json import as_json
from dispatch.policy.audit_rules import AuditRules
from dispatch.policy.policy import Policy
from dispatch.promises.judging import Judgement, PromiseVerdict
from dispatch.reporting.beside import Beside
from dispatch.reporting.period import PeriodKind, read_period
from dispatch.reporting.service_report import records_of, service_report
from dispatch.seals import Seal
from dispatch.suspicion.findings import Pattern
from maps.reports.grid import Kind
from maps.reports.page import report_page
from maps.reports.pdf import report_pdf
from maps.reports.sections import sections
from maps.reports.sentences import key_sentences
from maps.reports.words import shown
from maps.reports.workbook import report_workbook

NOW = datetime(2026, 11, 2, tzinfo=UTC)
OCT = read_period(PeriodKind.MONTH, "2026-10", NOW)
SEPTEMBER = datetime(2026, 8, 31, 16, tzinfo=UTC)
SEAL = Seal(
    number=7, sealed_at=NOW, events=10, root="ab" * 32, previous="0" * 64, network="net", policy="c" * 64
)  # fmt: skip


@cache
def made(n=240, client="", simulated=True):
    before = records_of(month(200, seed=2, days=30, began=SEPTEMBER, simulated=simulated), NOW, client, AuditRules())
    return service_report(
        month(n, simulated=simulated), before, OCT, NOW, client=client, seal=SEAL, beside=beside(month(n))
    )


def beside(histories):
    """Half of the contacts within the hour kept, one pattern found."""
    rule = Policy().promises.rules[0]
    verdicts = [PromiseVerdict.KEPT, PromiseVerdict.MISSED]
    promises = [
        Judgement(rule=rule, subject=h[0].incident_id, verdict=verdicts[n % 2]) for n, h in enumerate(histories)
    ]
    return Beside(
        promises=tuple(promises),
        rules=Policy().promises.rules,
        suspicions=dict.fromkeys(Pattern, 0) | {Pattern.SPIKE: 1},
    )


@cache
def pdf():
    return PdfReader(io.BytesIO(report_pdf(made())))


@cache
def book():
    return openpyxl.load_workbook(io.BytesIO(report_workbook(made())))


@cache
def html():
    return report_page(made())


def spoken(text):
    """Text without the spaces and breaks that typesetting puts in."""
    return re.sub(r"\s", "", text)


def fonts_of(reader):
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            yield from (f.get_object() for f in font.get_object().get("/DescendantFonts", [font]))


def test_every_page_of_the_pdf_is_numbered_and_says_that_the_data_is_simulated():
    pages = [spoken(page.extract_text()) for page in pdf().pages]
    assert len(pages) >= 5
    for number, words in enumerate(pages, 1):
        assert "模拟数据" in words
        assert f"第{number}页,共{len(pages)}页".replace(",", "，") in words


def test_the_pdf_has_its_chinese_as_text_its_fonts_inside_and_a_contents_list():
    first = spoken(pdf().pages[0].extract_text())
    assert "2026年10月查勘救援服务月度报告" in first
    assert "目录" in first
    assert SEAL.short.replace(" ", "") in first
    fonts = list(fonts_of(pdf()))
    assert fonts
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(f["/FontDescriptor"]) for f in fonts)
    assert next(o.title for o in pdf().outline if not isinstance(o, list)) == "要点"


def test_the_first_page_says_share_n_interval_and_the_change_in_sentences():
    first = spoken(pdf().pages[0].extract_text())
    for sentence in key_sentences(made()):
        assert spoken(sentence) in first


def test_real_data_carries_no_label_of_simulation():
    page = report_page(made(40, simulated=False))
    assert "模拟数据" not in page


def test_the_page_asks_for_nothing_outside_itself():
    page = html()
    assert set(re.findall(r'(?:src|href)="([a-z]+:)', page)) == {"data:"}
    assert "http" not in re.sub(r'src="data:[^"]*"', "", page)
    assert "url(" not in page


def test_a_clients_name_cannot_run_as_code_or_as_a_formula():
    nasty = '=1+1"><script>alert(1)</script>'
    report = service_report([], [], OCT, NOW, client=nasty)
    assert "<script>" not in report_page(report)
    cell = openpyxl.load_workbook(io.BytesIO(report_workbook(report)))["要点"]["A3"]
    assert (cell.value, cell.data_type) == (nasty, "s")


def test_all_forms_show_every_cell_of_the_one_source():
    printed = "".join(spoken(page.extract_text()) for page in pdf().pages)
    page = html()
    for part in sections(made()):
        sheet = [[c.value for c in row] for row in book()[part.title].iter_rows()]
        flat = {value for row in sheet for value in row}
        for grid in part.grids:
            for row in grid.rows:
                for cell, column in zip(row, grid.columns, strict=True):
                    words = shown(cell, column.kind)
                    assert words.replace("&", "&amp;") in page
                    assert spoken(words) in printed
                if isinstance(row[0], str):
                    assert row[0] in flat


def test_the_workbook_holds_the_figures_of_the_audit_as_numbers():
    audit = json.loads(as_json(made().audit))
    rows = {row[0].value: row for row in book()["守时总览"].iter_rows() if row[0].value}
    official = rows["已到期案件（正式口径，不含不计的）"]
    kept = audit["totals"]["share_kept"]
    assert (official[1].value, official[2].value) == (kept["kept"], kept["n"])
    assert [c.value for c in official[3:6]] == pytest.approx([kept["p"], kept["low"], kept["high"]])
    assert official[3].number_format == "0.0%"
    zones = {row[0].value: row for row in book()["分区、等级与行政区"].iter_rows()}
    assert zones["市区"][1].value == audit["by_zone"]["urban"]["reported"]
    legs = {row[0].value: row for row in book()["到场时间与时限"].iter_rows()}
    response = next(i for i in audit["intervals"] if i["name"] == "response")
    p50 = legs["到场时效"][2].value  # openpyxl reads a duration as a timedelta
    assert p50.total_seconds() == pytest.approx(response["p50_s"], abs=1e-3)


def test_the_ledger_has_one_typed_line_an_incident_and_frozen_heads():
    sheet = book()["逐案台账"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "案件号")
    lines = [row for row in sheet.iter_rows(min_row=head[0].row + 1) if row[0].value]
    assert len(lines) == len(made().lines)
    assert isinstance(lines[0][1].value, datetime)
    assert sheet.freeze_panes == f"B{head[0].row + 1}"
    assert sheet.auto_filter.ref.startswith(f"A{head[0].row}:")
    kept = sum(row[13].value == "守时" for row in lines)
    assert kept == made().audit.totals.kept


def test_the_workbook_has_native_charts_and_a_sheet_of_definitions():
    assert sum(len(sheet._charts) for sheet in book()) >= 8
    assert "定义与方法" in book().sheetnames
    assert any("模拟数据" in str(cell.value) for cell in book()["逐案台账"][2])


def test_plates_are_masked_for_several_clients_and_whole_for_their_own():
    plates = {line.plate for line in made().lines}
    assert not any(plate in html() for plate in plates)
    own = made(client=CLIENT)
    assert own.lines
    assert {line.client for line in own.lines} == {CLIENT}
    assert all(vehicle.name in plates for vehicle in own.vehicles)
    assert {part.key for part in sections(made())} - {part.key for part in sections(own)} == {"own"}


@settings(max_examples=4, deadline=None)
@given(n=st.integers(0, 2), seed=st.integers(0, 1000), before=st.integers(0, 1))
def test_a_period_with_next_to_nothing_still_makes_a_whole_report(n, seed, before):
    report = service_report(
        month(n, seed), records_of(month(before, seed, began=SEPTEMBER), NOW, "", AuditRules()), OCT, NOW
    )
    page = report_page(report)
    assert page.rstrip().endswith("</html>")
    assert openpyxl.load_workbook(io.BytesIO(report_workbook(report))).sheetnames[0] == "要点"
    assert not report.advice
    if n == 0:
        assert "没有报案记录" in page
    elif report.audit.totals.share_kept.n:
        assert "不宜据此下结论" in page


def test_an_empty_period_is_said_to_be_empty_on_paper_too():
    report = service_report([], [], OCT, NOW)
    words = spoken(PdfReader(io.BytesIO(report_pdf(report))).pages[0].extract_text())
    assert "2026年10月没有报案记录" in words


def test_columns_say_what_their_cells_hold():
    types = {Kind.TEXT: str, Kind.MOMENT: datetime}
    for part in sections(made()):
        for grid in part.grids:
            for row in grid.rows:
                assert len(row) == len(grid.columns)
                for cell, column in zip(row, grid.columns, strict=True):
                    assert cell is None or isinstance(cell, types.get(column.kind, int | float))


def test_a_quarter_is_told_by_months_and_says_where_it_is_not_over():
    report = service_report(month(60), [], read_period(PeriodKind.QUARTER, "2026Q4", NOW), NOW)
    [by_month] = next(part.grids for part in sections(report) if part.key == "days")
    assert [row[0] for row in by_month.rows] == ["2026-10", "2026-11", "2026-12"]
    assert sum(row[1] for row in by_month.rows) == 60
    assert report.is_running


def test_the_track_stands_beside_the_button_with_the_figures_of_the_audit():
    november = read_period(PeriodKind.MONTH, "2026-11", datetime(2026, 12, 2, tzinfo=UTC))
    report = service_report(cases(), [], november, datetime(2026, 12, 2, tzinfo=UTC))
    grids = {grid.title: grid for part in sections(report) for grid in part.grids}
    t, track = report.audit.totals, report.audit.track
    assert [row[1] for row in grids["轨迹与到场"].rows] == [t.confirmed, t.unconfirmed, t.contradicted]
    assert [row[1:3] for row in grids["按按钮与按轨迹的守时率"].rows] == [
        (track.kept_by_button, track.n), (track.kept_by_track, track.n),
    ]  # fmt: skip
    assert "可疑情形（处）" not in grids  # nobody looked
    page = report_page(report)
    assert f"停在对向车道 {track.opposite} 起" in page
    assert "轨迹不符 1 起" in page


def test_findings_are_for_the_insurers_own_eyes_and_promises_of_a_client_are_about_its_incidents():
    grids = {grid.title: grid for part in sections(made()) for grid in part.grids}
    assert "只供人工核查" in grids["可疑情形（处）"].note
    own = made(client=CLIENT)
    mine = {grid.title: grid for part in sections(own) for grid in part.grids}
    assert "可疑情形（处）" not in mine
    assert mine["各项承诺的履行"].rows[0][2] == len(own.lines) < grids["各项承诺的履行"].rows[0][2]

"""The report as a workbook: a sheet a section with charts of its own, the ledger with a line an incident, definitions."""

from datetime import UTC
from io import BytesIO

from dispatch.reporting.service_report import ServiceReport
from maps.reports.grid import Section
from maps.reports.ledger import ledger
from maps.reports.sections import sections
from maps.reports.sentences import key_sentences
from maps.reports.sheets import Sheets
from maps.reports.titles import heading, simulated_words
from maps.reports.words import moment


def report_workbook(report: ServiceReport) -> bytes:
    """Write a report as XLSX.

    Cells hold numbers, shares, durations and times, not their spelling; text is written as text, whatever it begins with.
    """
    import xlsxwriter  # noqa: PLC0415  (few ask for a workbook)

    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        made = report.made_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": heading(report), "author": "广州调度", "subject": report.client, "created": made})
        sheets = Sheets(book, simulated_words(report))
        sheets.add(_cover(report))
        for part in sections(report):
            sheets.add(part)
        sheets.add_list(ledger(report))
    return file.getvalue()


def _cover(report: ServiceReport) -> Section:
    period = f"时段：{report.period.first} 至 {report.period.last}（广州时间）；截至 {moment(report.made_at)}"
    running = ("本期尚未结束。",) if report.is_running else ()
    says = (report.client or "全部客户", period, *running, *key_sentences(report))
    return Section(key="cover", title=heading(report), says=says)

"""The service report from the event log to a file: judged here, drawn wherever the caller wants it drawn."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from dispatch.errors import InvalidInput
from dispatch.policy.audit_rules import AuditRules
from dispatch.reporting.period import Period, PeriodKind
from dispatch.reporting.service_report import ServiceReport, service_report
from dispatch.seals import Seal

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_INCIDENTS = 500_000  # of one period: half of what a sheet holds
LONGEST_CLIENT = 100
MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KIND_WORDS = {PeriodKind.MONTH: "月度报告", PeriodKind.QUARTER: "季度报告"}


class Form(StrEnum):
    """What a report is written as."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """As HTTP names it."""
        return MEDIA_TYPES[self.value]


@dataclass(frozen=True, slots=True)
class Made:
    """A report as a file; ``incidents`` says how many it speaks of."""

    name: str
    content: bytes
    incidents: int


def make(period: Period, made_at: datetime, client: str, form: Form, account: str = "") -> Made:
    """Make a report of this service's own events, on a connection of its own, in whatever process.

    With an ``account`` only what it may see goes into it.

    Raises
    ------
    InvalidInput, Unavailable
        See `assemble` and `draw`.
    """
    from api import wiring  # noqa: PLC0415  (brings the road network's libraries)
    from api.sealing.keeping import last_seal  # noqa: PLC0415
    from geo_data.database import transaction  # noqa: PLC0415
    from geo_data.principal import enter  # noqa: PLC0415

    with transaction(wiring.database()) as connection:
        if account:
            enter(connection, account)
        report = assemble(connection, period, made_at, client=client, seal=last_seal(), rules=wiring.policy().audit)
    return Made(file_name(report, form), draw(report, form), len(report.lines))


def assemble(
    connection: "Connection",
    period: Period,
    made_at: datetime,
    *,
    client: str = "",
    seal: Seal | None,
    rules: AuditRules,
) -> ServiceReport:
    """Judge a period and the one before it.

    Raises
    ------
    InvalidInput
        For a client's name that is too long, and a period with more than `MOST_INCIDENTS`.
    """
    client = client.strip()
    if len(client) > LONGEST_CLIENT or not client.isprintable():
        raise InvalidInput(f"客户单位名称须在 {LONGEST_CLIENT} 字以内。(Shorten the client's name.)")
    from api.reports import reporting_facts  # noqa: PLC0415
    from geo_data.stores.postgis_log import PostgisLog  # noqa: PLC0415

    ours = PostgisLog(connection).all_events(period.start_at, period.end_at)
    if len(ours) > MOST_INCIDENTS:
        raise InvalidInput(f"本期超过 {MOST_INCIDENTS:,} 起,请按客户单位或按月制表。(Choose a month, or one client.)")
    earlier = reporting_facts.before(connection, period, made_at, client, rules)
    beside = reporting_facts.beside(connection, ours, period, made_at, client)
    return service_report(ours, earlier, period, made_at, client=client, seal=seal, rules=rules, beside=beside)


def draw(report: ServiceReport, form: Form) -> bytes:
    """Write a report in one of its forms; what draws it is imported only now.

    Raises
    ------
    Unavailable
        Where a library or a font for it is missing.
    """
    if form is Form.XLSX:
        from maps.reports.workbook import report_workbook  # noqa: PLC0415

        return report_workbook(report)
    if form is Form.PDF:
        from maps.reports.pdf import report_pdf  # noqa: PLC0415

        return report_pdf(report)
    from maps.reports.page import report_page  # noqa: PLC0415

    return report_page(report).encode()


def file_name(report: ServiceReport, form: Form) -> str:
    """What the file is called, e.g. ``查勘救援服务月度报告-2026-10-黄埔环卫.pdf``; a client's name loses what no file may hold."""
    client = "".join(c for c in report.client if c.isalnum() or c in "-_ ").strip()
    parts = [f"查勘救援服务{KIND_WORDS[report.period.kind]}", report.period.name, *([client] if client else [])]
    return "-".join(parts) + f".{form.value}"


def disposition(name: str, *, inline: bool) -> str:
    """The header that names a file in any script (RFC 6266)."""
    return f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}"

"""The service report of a month or a quarter, to look at or to download."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.access.dependencies import Now, Reader
from api.apart import apart
from api.reports.reporting import LONGEST_CLIENT, Form, disposition, make
from dispatch.errors import NotAllowed
from dispatch.reporting.period import PeriodKind, read_period

LONGEST_S = 180.0

router = APIRouter(tags=["audit"])


@router.get("/management/report", response_class=Response)
def service_report(
    now: Now,
    who: Reader,
    kind: PeriodKind = PeriodKind.MONTH,
    period: Annotated[str, Query(max_length=10, description="2026-10, 2026Q3, this or previous.")] = "previous",
    client: Annotated[str, Query(max_length=LONGEST_CLIENT, description="Organisation or client number.")] = "",
    form: Annotated[Form, Query(alias="format")] = Form.PDF,
) -> Response:
    """The periodic service report in Chinese, as a page, a PDF or a workbook; plates are masked unless a client is given."""
    if client.strip() and who.seat == "auditor":
        raise NotAllowed("按客户的报告含车牌,审计账号不可制作。(A client's report shows plates: not for an auditor.)")
    made = apart(LONGEST_S, make, read_period(kind, period, now), now, client, form, who.username)
    named = disposition(made.name, inline=form is Form.HTML)
    return Response(made.content, media_type=form.media_type, headers={"Content-Disposition": named})

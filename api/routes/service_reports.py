"""The service report of a month or a quarter, to look at or to download."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.apart import apart
from api.dependencies import LiveDesk, Now, Reader, Transaction
from api.reporting import LONGEST_CLIENT, Form, assemble, disposition, draw, file_name
from dispatch.reporting.period import PeriodKind, read_period
from geo_data.seal_store import PostgisSeals

LONGEST_S = 120.0

router = APIRouter(tags=["audit"])


@router.get("/management/report", response_class=Response)
def service_report(
    desk: LiveDesk,
    now: Now,
    transaction: Transaction,
    _: Reader,
    kind: PeriodKind = PeriodKind.MONTH,
    period: Annotated[str, Query(max_length=10, description="2026-10, 2026Q3, this or previous.")] = "previous",
    client: Annotated[str, Query(max_length=LONGEST_CLIENT, description="Organisation or client number.")] = "",
    form: Annotated[Form, Query(alias="format")] = Form.PDF,
) -> Response:
    """The periodic service report in Chinese, as a page, a PDF or a workbook; plates are masked unless a client is given."""
    seal = PostgisSeals(transaction).last()
    chosen = read_period(kind, period, now)
    made = assemble(desk.log, chosen, now, client=client, seal=seal, rules=desk.policy.audit)
    content = apart(LONGEST_S, draw, made, form)
    named = disposition(file_name(made, form), inline=form is Form.HTML)
    return Response(content, media_type=form.media_type, headers={"Content-Disposition": named})

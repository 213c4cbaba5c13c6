"""``gzdispatch audit report monthly|quarterly``: the service report as a page, a PDF or a workbook."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.reports.reporting import Form, make
from api.whole_file import write_whole
from dispatch.errors import DispatchError, InvalidInput
from dispatch.reporting.period import PeriodKind, read_period


def report(
    kind: Annotated[PeriodKind, typer.Argument(help="monthly or quarterly.")],
    *,
    month: Annotated[
        str | None, typer.Option(help="2026-10, this or previous; the last whole one if not given.")
    ] = None,
    quarter: Annotated[str | None, typer.Option(help="2026Q3, this or previous.")] = None,
    client: Annotated[str, typer.Option(help="Only this client organisation, or client number.")] = "",
    form: Annotated[Form, typer.Option("--format", help="html, pdf or xlsx.")] = Form.PDF,
    out: Annotated[Path | None, typer.Option(help="Write to this file; named after the period if not given.")] = None,
) -> None:
    """Make the periodic service report to hand to a client (服务月报、季报)."""
    try:
        chosen, other = (month, quarter) if kind is PeriodKind.MONTH else (quarter, month)
        if other is not None:
            raise InvalidInput("--month goes with monthly, --quarter with quarterly.")
        now = datetime.now(UTC)
        period = read_period(kind, chosen, now)
        made = make(period, now, client, form)
        path = out or Path(made.name)
        write_whole(path, made.content)
    except DispatchError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{path}: {period.label} {made.incidents:,} 起案件 incidents", err=True)
    if not made.incidents:
        typer.echo("这段时间没有案件,报告只写明这一点。(No incidents: the report says so.)", err=True)

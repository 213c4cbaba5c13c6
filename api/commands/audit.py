"""``gzdispatch audit``: judge every promise, our own or those in another system's log."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from enum import StrEnum
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console

from api.commands.audit_forms import as_text
from api.commands.calibration import calibration
from api.commands.promises import promises
from api.commands.seals import bundle, seal, verify
from api.commands.service_reports import report
from api.commands.suspicions import suspicious
from api.views.audit_json import as_json
from api.whole_file import write_whole
from dispatch.auditing import audit as judging
from dispatch.auditing.audit import Audit, Basis
from dispatch.days import bounds, in_order
from dispatch.errors import DispatchError, InvalidInput
from dispatch.log import EventLog
from dispatch.policy.audit_rules import AuditRules
from dispatch.seals import Seal
from geo_data.logs.log_map import load_map
from geo_data.logs.response_logs import read_log
from maps.audit_report import audit_page

app = typer.Typer(add_completion=False)
OpenLog = Callable[[], AbstractContextManager[EventLog]]
FILE_WIDTH = 120


class Format(StrEnum):
    """What an audit is written as."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


def audit(
    context: typer.Context,
    *,
    log: Annotated[
        Path | None, typer.Option(help="Another system's log, csv or csv.gz; without it our own events.")
    ] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help="TOML file that names the log's columns (docs/audit.md).")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="text, json or html.")] = Format.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of the screen.")] = None,
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, included, YYYY-MM-DD.")] = None,
) -> None:
    """Judge every commitment: kept, missed or open, with n and interval (审计时效承诺)."""
    if context.invoked_subcommand is not None:
        return
    if (log is None) != (map_ is None):
        typer.echo("--log and --map go together: the map says how to read the log.", err=True)
        raise typer.Exit(2)
    try:
        first, last = day(since), day(until)
        in_order(first, last)
        now = datetime.now(UTC)
        if log and map_:
            found = audit_log(log, map_, now, first, last)
        else:
            found = audit_own(own_log, now, first, last, own_seal(), own_rules())
        give(render(found, form), found, form, out)
    except DispatchError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


app.callback(invoke_without_command=True)(audit)
for command in (bundle, calibration, promises, report, seal, suspicious, verify):
    app.command()(command)


def audit_own(
    open_log: OpenLog,
    now: datetime,
    since: date | None = None,
    until: date | None = None,
    seal: Seal | None = None,
    rules: AuditRules | None = None,
) -> Audit:
    """Judge our own events; days are Guangzhou days, both included."""
    basis = Basis(
        title="时效承诺审计 Audit of response promises",
        source="本系统事件记录 event log",
        judged_at=now,
        since=since,
        until=until,
        seal=seal,
        rules=rules or AuditRules(),
    )
    with open_log() as events:
        return judging.audit(events.all_events(*bounds(since, until)), now, basis)


def audit_log(log: Path, map_: Path, now: datetime, since: date | None = None, until: date | None = None) -> Audit:
    """Judge another system's log."""
    read = read_log(log, load_map(map_), judged_at=now, since=since, until=until)
    return judging.summarise(read.records, read.basis)


def own_log() -> AbstractContextManager[EventLog]:
    """Open the event log of the settings; loaded here because the audit of a file needs no database."""
    return cast(AbstractContextManager[EventLog], import_module("api.wiring").event_log())


def own_seal() -> Seal | None:
    """The last seal of the service's own events."""
    return cast(Seal | None, import_module("api.sealing.keeping").last_seal())


def own_rules() -> AuditRules:
    """What the policy file says of audits."""
    return cast(AuditRules, import_module("api.wiring").policy().audit)


def render(audit: Audit, form: Format) -> str:
    """Write an audit in a form; text is laid out for a file."""
    if form is Format.JSON:
        return as_json(audit) + "\n"
    if form is Format.HTML:
        return audit_page(audit)
    page = StringIO()
    Console(file=page, width=FILE_WIDTH, color_system=None).print(as_text(audit, FILE_WIDTH))
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines()) + "\n"


def give(text: str, audit: Audit, form: Format, out: Path | None) -> None:
    """Put an audit where it was asked for: a whole file or none."""
    if out is not None:
        write_whole(out, text)
        typer.echo(f"{out}: {audit.totals.reported:,} 起案件 incidents", err=True)
    elif form is Format.TEXT:
        console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
        console.print(as_text(audit, console.width))
    else:
        typer.echo(text, nl=False)


def day(text: str | None) -> date | None:
    """Read a day; raises `InvalidInput`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is not a day: write it as YYYY-MM-DD.") from None

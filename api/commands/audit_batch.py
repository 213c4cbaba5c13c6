"""``gzdispatch audit batch`` and ``export``: audits of many millions of incidents from columns in Parquet files."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.commands.audit import Format, OpenLog, app, day, give, own_log, own_rules, render
from api.commands.spreading import Spread, pool
from dispatch.auditing.audit import Basis
from dispatch.days import bounds, in_order
from dispatch.errors import InvalidInput
from dispatch.policy.audit_rules import AuditRules
from geo_data.logs.log_map import load_map
from geo_data.logs.response_logs import judge_log

if TYPE_CHECKING:
    from geo_data.batch.pieces import Records


def batch(
    *,
    records: Annotated[Path, typer.Option(help="A .parquet file, or a folder of them (docs/batch.md).")],
    executor: Annotated[Spread, typer.Option(help="serial, processes of this machine, or dask.")] = Spread.SERIAL,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores without it.")] = None,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler; without it one on this machine.")] = "",
    form: Annotated[Format, typer.Option("--format", help="text, json or html.")] = Format.TEXT,
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of the screen.")] = None,
) -> None:
    """Audit incidents in columns, many millions of them, with the same figures to the last bit wherever it runs (批量审计)."""
    from geo_data.batch.auditing import audit_records
    from geo_data.batch.pieces import find_records

    found = find_records(records, datetime.now(UTC))
    with pool(executor, workers, scheduler) as where, _progress(found) as advance:
        account = audit_records(found, where, advance)
    give(render(account, form), account, form, out)


def export(
    *,
    out: Annotated[Path, typer.Option(help="A new folder; a folder a month is made in it.")],
    since: Annotated[str | None, typer.Option(help="First day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, included, YYYY-MM-DD.")] = None,
    log: Annotated[Path | None, typer.Option(help="Another system's log instead of our own events.")] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help="TOML file that names its columns (docs/audit.md).")
    ] = None,
) -> None:
    """Write incidents as columns for `gzdispatch audit batch`, and for maps: GeoParquet, a folder a month (导出审计列)."""
    first, last = day(since), day(until)
    in_order(first, last)
    if (log is None) != (map_ is None):
        raise InvalidInput("--log and --map go together: the map says how to read the log.")
    now = datetime.now(UTC)
    if log and map_:
        n = export_log(log, map_, out, now, first, last)
    else:
        n = export_own(own_log, out, now, first, last, own_rules())
    typer.echo(f"{out}: {n:,} 起案件 incidents", err=True)


def export_own(
    open_log: OpenLog, out: Path, now: datetime, since: date | None, until: date | None, rules: AuditRules
) -> int:
    """Export our own events as they stand at ``now``; answers how many incidents."""
    from geo_data.batch.own_records import TERMS, export_histories
    from geo_data.batch.writing import MonthWriter, whole_folder

    basis = Basis(
        title="时效承诺审计 Audit of response promises",
        source="本系统事件记录 event log",
        judged_at=now,
        since=since,
        until=until,
        rules=rules,
    )
    with open_log() as events, whole_folder(out) as part, MonthWriter(part, TERMS, basis) as writer:
        export_histories(events.each_history(*bounds(since, until)), now, writer, rules)
    return writer.rows


def export_log(log: Path, map_: Path, out: Path, now: datetime, since: date | None, until: date | None) -> int:
    """Export another system's log; answers how many incidents."""
    from geo_data.batch import log_records
    from geo_data.batch.writing import MonthWriter, whole_folder

    log_map = load_map(map_)
    judged = judge_log(log, log_map, judged_at=now, since=since, until=until)
    terms = log_records.terms_of(log_map)
    with whole_folder(out) as part, MonthWriter(part, terms, judged.basis) as writer:
        log_records.export_log(judged, terms, writer)
    return writer.rows


@contextmanager
def _progress(found: "Records") -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("审计 auditing"), BarColumn(), MofNCompleteColumn(), TextColumn("起"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=found.rows)
        yield lambda n: shown.advance(task, n)


for command in (batch, export):
    app.command()(command)

"""``gzdispatch audit promises``: every promise of a period judged, by promise."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from dispatch.days import bounds

if TYPE_CHECKING:
    from api.forms.promise_schemas import PromisesOut, PromiseTallyOut, ShareOut

DAYS = 30
FORMATS = ["%Y-%m-%d"]
HEADS = ("全部\nall", "履行\nkept", "未履行\nmissed", "未到期\nopen", "不计\nexcluded", "待判\nunjudged")


def promises(
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=FORMATS, help="First day; by default 30 days before the end.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=FORMATS, help="Last day, included.")] = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Judge every promise that falls due in a period, those after the scene too (审计全部承诺)."""
    from api import wiring
    from api.reports import promises_kept
    from geo_data.database import transaction
    from geo_data.stores.postgis_log import PostgisLog

    now = datetime.now(UTC)
    start, end = bounds(since and since.date(), until and until.date())
    start = start or (end or now) - timedelta(days=DAYS)
    with transaction(wiring.database()) as connection:
        found = promises_kept.account(connection, PostgisLog(connection), now, start, end, most=1000)
    if form == "json":
        typer.echo(found.model_dump_json(indent=2))
    else:
        Console().print(as_table(found))


def as_table(found: "PromisesOut") -> Table:
    """Draw the account for a terminal."""
    table = Table(title="承诺履行 Promises kept", caption=_caption(found), show_lines=False)
    table.add_column("承诺\npromise", overflow="fold")
    table.add_column("时限\nlimit", no_wrap=True)
    for head in (*HEADS, "履行率 (95% Wilson)\nshare", "不计计入\nwith excluded"):
        table.add_column(head, justify="right")
    for row in found.totals:
        table.add_row(*_cells(row))
    return table


def _cells(row: "PromiseTallyOut") -> list[str]:
    counts = (row.reported, row.kept, row.missed, row.open, row.excluded, row.unjudged)
    name = f"{row.label} {row.english}"
    return [name, row.limit, *map(str, counts), _share(row.share_kept), _share(row.share_with_excluded)]


def _share(share: "ShareOut") -> str:
    if share.p is None or share.low is None or share.high is None:
        return "–"
    return f"{100 * share.p:.1f}% ({100 * share.low:.1f}–{100 * share.high:.1f}), n {share.n}"


def _caption(found: "PromisesOut") -> str:
    simulated = sum(row.simulated for row in found.totals)
    in_all = sum(row.reported for row in found.totals)
    return f"{in_all:,} 项承诺 promises,其中模拟 simulated {simulated:,};待履行 still due {found.due_in_all:,}"

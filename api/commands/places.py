"""``gzdispatch places``: a company's own places, imported from its tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dispatch.unit import GUANGZHOU_TIME
from geo_data.coordinates import Datum
from geo_data.places.place_tables import BadRow, read_table

if TYPE_CHECKING:
    from geo_data.stores.place_store import PostgisPlaces

SHOWN_ROWS = 20

app = typer.Typer(help="公司地点库:导入、列出、移除 · A company's own places.", no_args_is_help=True)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, CSV.gz, .xlsx, .gpkg, .geojson")],
    *,
    crs: Annotated[Datum, typer.Option(help="文件坐标的坐标系 · datum of the coordinates")] = Datum.WGS84,
) -> None:
    """导入地点表(列 name, address, district, lon, lat);同名文件再次导入即替换 · Import a table; it replaces its namesake.

    Rows that cannot be used are left out and named by line. A running service knows the places without a restart.
    """
    table = read_table(file, crs)
    with _store() as places:
        before = places.replace(file.name, table.places, datetime.now(UTC))
    instead = f",替换原有 {before:,} 个 (instead of {before:,})" if before else ""
    out.print(
        f"[green]✓[/] {escape(file.name)}: 已导入 {len(table.places):,} 个地点 places imported{instead}", soft_wrap=True
    )
    tell_bad_rows(file, table.bad_rows)


@app.command("list")
def list_() -> None:
    """列出已导入的来源、数量与时间 · Sources with counts and dates."""
    with _store() as places:
        sources = places.sources()
    if not sources:
        out.print("没有已导入的地点 nothing imported yet: gzdispatch places import FILE", soft_wrap=True)
        return
    table = Table(box=None)
    for head in ("来源 source", "数量 places", "导入时间 imported"):
        table.add_column(head, justify="right" if "数量" in head else "left", overflow="fold")
    for one in sources:
        imported = one.imported_at.astimezone(GUANGZHOU_TIME)
        table.add_row(escape(one.name), f"{one.count:,}", f"{imported:%Y-%m-%d %H:%M}")
    out.print(table)


@app.command()
def remove(source: Annotated[str, typer.Argument(help="来源,见 places list · as in the list")]) -> None:
    """移除一个来源的全部地点 · Remove all places of a source."""
    with _store() as places:
        gone = places.remove(source)
    out.print(f"[green]✓[/] {escape(source)}: 已移除 {gone:,} 个地点 places removed", soft_wrap=True)


def tell_bad_rows(file: Path, rows: list[BadRow]) -> None:
    """Say on stderr which rows were left out, the first ones each by line."""
    if not rows:
        return
    err.print(f"[yellow]{escape(file.name)}: {len(rows):,} 行未采用 rows left out[/]", soft_wrap=True)
    for row in rows[:SHOWN_ROWS]:
        err.print(f"  第 {row.line} 行 line {row.line}: {escape(row.reason)}", soft_wrap=True)
    if len(rows) > SHOWN_ROWS:
        rest = ", ".join(str(row.line) for row in rows[SHOWN_ROWS:])
        err.print(f"  其余行 other lines: {rest}", soft_wrap=True)


@contextmanager
def _store() -> Iterator["PostgisPlaces"]:
    from api import wiring
    from geo_data.stores.place_store import PostgisPlaces

    with wiring.one_transaction() as connection:
        yield PostgisPlaces(connection)

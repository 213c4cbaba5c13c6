"""``gzdispatch organisation``: clients with their fleets, partner shops and tow companies."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

app = typer.Typer(help="组织:客户、合作维修厂、拖车公司 · Clients, partner shops, tow companies.", no_args_is_help=True)
out = Console(highlight=False)
HEADS = ("编号 id", "类型 kind", "名称 name", "客户号 client", "车牌 plates", "单元 units", "门店 shops")


@app.command()
def add(
    key: Annotated[str, typer.Argument(metavar="ID", help="编号,如 huanwei · a short name of your choice")],
    kind: Annotated[str, typer.Argument(help="client、shop 或 tow")],
    name: Annotated[str, typer.Argument(help="名称 · name")],
    *,
    plates: Annotated[Path | None, typer.Option(help="客户车牌文件,每行一个 · plates of a client, one a line")] = None,
    unit: Annotated[list[str] | None, typer.Option(help="拖车公司的单元,可重复 · units of a tow company")] = None,
    shop: Annotated[list[str] | None, typer.Option(help="维修厂编号,可重复 · shops of a partner")] = None,
    client: Annotated[str | None, typer.Option(help="服务台账中的客户号,如 C0001 · number in the ledger")] = None,
) -> None:
    """添加一个组织 · Add an organisation; cases reported from now on are decided by it."""
    from api import wiring
    from api.administration.acts import COMMAND_LINE
    from api.administration.organisations import Organisations
    from geo_data.stores.organisation_store import Organisation

    fleet = [line.strip() for line in plates.read_text("utf-8-sig").splitlines() if line.strip()] if plates else []
    made = Organisation(id=key.strip(), kind=kind, name=name.strip(), client_id=client)
    with wiring.one_transaction() as connection:
        acting = Organisations(connection, datetime.now(UTC), COMMAND_LINE)
        acting.add(made, plates=fleet, units=unit or (), shops=shop or ())
    out.print(f"[green]✓[/] {escape(made.id)} {escape(made.name)}:车牌 plates {len(fleet)}", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """列出全部组织 · Every organisation."""
    from api import wiring
    from geo_data.stores.organisation_store import PostgisOrganisations

    with wiring.one_transaction() as connection:
        found = PostgisOrganisations(connection).all()
    table = Table(box=None)
    for head in HEADS:
        table.add_column(head, overflow="fold")
    for one in found:
        who = one.organisation
        told = (who.id, who.kind, who.name, who.client_id or "", str(one.plates), str(one.units), str(one.shops))
        table.add_row(*map(escape, told))
    out.print(table)

"""``gzdispatch user``: who may sign in."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo_data.tables.access_schema import HOUSE

app = typer.Typer(help="账号:添加、列出、停用 · Who may sign in.", no_args_is_help=True)
out = Console(highlight=False)
HEADS = ("用户名 name", "角色 role", "组织 organisation", "单元 unit", "状态 state")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="用户名 · user name")],
    role: Annotated[str, typer.Argument(help="dispatcher、surveyor、manager、auditor、partner 或 administrator")],
    *,
    organisation: Annotated[str, typer.Option(help="组织编号 · id of the organisation")] = HOUSE,
    unit: Annotated[str | None, typer.Option(help="查勘员的作业单元 · unit of a surveyor")] = None,
    password: Annotated[
        str,
        typer.Option(prompt="密码 password", hide_input=True, confirmation_prompt=True, help="不写则询问 · asked for"),
    ],
) -> None:
    """添加账号,或给已有账号换密码、角色、组织 · Add an account, or change one."""
    from api import wiring
    from api.administration.acts import COMMAND_LINE
    from api.administration.people import People
    from api.credentials.security import ROLES, Account
    from dispatch.errors import InvalidInput

    if role not in ROLES:
        raise InvalidInput(f"没有角色 {role}:{'、'.join(ROLES)}。(No such role.)")
    with wiring.one_transaction() as connection:
        who = Account(name.strip(), role, unit, organisation)
        People(connection, datetime.now(UTC), COMMAND_LINE).put(who, password)
    out.print(f"[green]✓[/] {escape(name)} {role} ({escape(organisation)})", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """列出全部账号 · Every account."""
    from api import wiring
    from api.administration.listing import everybody

    with wiring.one_transaction() as connection:
        found = everybody(connection, datetime.now(UTC))
    table = Table(box=None)
    for head in HEADS:
        table.add_column(head, overflow="fold")
    for one in found:
        who, shut = one.account, one.disabled_at is not None or one.organisation_disabled
        state = "已停用 disabled" if shut else "使用中 in use"
        table.add_row(*map(escape, (who.username, who.role, who.organisation_id, who.unit_id or "", state)))
    out.print(table)


@app.command()
def disable(name: Annotated[str, typer.Argument(help="用户名 · user name")]) -> None:
    """停用账号,立即生效 · Shut an account out at once."""
    from api import wiring
    from api.administration.acts import COMMAND_LINE
    from api.administration.people import People

    with wiring.one_transaction() as connection:
        People(connection, datetime.now(UTC), COMMAND_LINE).disable(name)
    out.print(f"[green]✓[/] {escape(name)} 已停用 disabled", soft_wrap=True)

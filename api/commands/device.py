"""``gzdispatch device``: devices that report positions by themselves, such as phones with Traccar Client."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dispatch.unit import GUANGZHOU_TIME

if TYPE_CHECKING:
    from geo_data.stores.device_store import Device, PostgisDevices

app = typer.Typer(help="定位设备:发放、列出、停用 · Devices that report positions.", no_args_is_help=True)
out = Console(highlight=False)
HEADS = ("编号 no.", "单元 unit", "名称 name", "发放 issued", "最近 last seen", "电量 battery", "状态 state")


@app.command()
def issue(
    unit: Annotated[str, typer.Argument(help="作业单元编号,如 S000 · id of the unit")],
    *,
    name: Annotated[str, typer.Option(help="谁的哪台手机 · whose phone")] = "",
) -> None:
    """发放设备标识,只显示这一次 · Let a device in; its id is shown this once."""
    from api.credentials.device_tokens import digest, new_token

    token = new_token()
    with _store() as devices:
        made = devices.issue(unit, name.strip(), digest(token), datetime.now(UTC), by="command line")
    out.print(f"[green]✓[/] {made.id} 号设备 device: {escape(made.unit_id)} {escape(made.unit_name)}", soft_wrap=True)
    out.print(f"设备标识符 device identifier: [bold]{token}[/]", soft_wrap=True)
    out.print("服务器地址 server URL: https://…/v1/osmand · docs/devices.md", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """列出全部设备 · Every device ever issued."""
    with _store() as devices:
        found = devices.all()
    if not found:
        out.print("还没有设备 none yet: gzdispatch device issue UNIT", soft_wrap=True)
        return
    table = Table(box=None)
    for head in HEADS:
        table.add_column(head, overflow="fold")
    for one in found:
        table.add_row(*_row(one))
    out.print(table)


@app.command()
def revoke(number: Annotated[int, typer.Argument(help="编号,见 device list · as in the list")]) -> None:
    """停用一台设备 · Shut a device out from now on."""
    with _store() as devices:
        gone = devices.revoke(number, datetime.now(UTC), by="command line")
    out.print(f"[green]✓[/] {gone.id} 号设备已停用 revoked ({escape(gone.unit_id)})", soft_wrap=True)


def _row(one: "Device") -> tuple[str, ...]:
    battery = "" if one.battery is None else f"{one.battery:.0%}{' ⚡' if one.charging else ''}"
    state = "使用中 in use" if one.revoked_at is None else "已停用 revoked"
    unit, name = f"{one.unit_id} {one.unit_name}", one.name
    return str(one.id), escape(unit), escape(name), _when(one.created_at), _when(one.last_seen_at), battery, state


def _when(moment: datetime | None) -> str:
    return f"{moment.astimezone(GUANGZHOU_TIME):%Y-%m-%d %H:%M}" if moment else "—"


@contextmanager
def _store() -> Iterator["PostgisDevices"]:
    from api import wiring
    from geo_data.stores.device_store import PostgisDevices

    with wiring.one_transaction() as connection:
        yield PostgisDevices(connection)

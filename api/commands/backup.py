"""``gzdispatch backup``: base backups, the archived log, and the way back to any moment (备份与恢复)."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.errors import InvalidInput

if TYPE_CHECKING:
    from geo_data.backup.checks import Findings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Back up and restore the private cluster (备份与恢复)."
)
Name = Annotated[str | None, typer.Option("--base", help="Name of a base backup; without it the newest that fits.")]


@app.command()
def base(
    *,
    files_only: Annotated[
        bool, typer.Option(help="Only state, policy, network and seals: for a database of your own.")
    ] = False,
) -> None:
    """Take a base backup while the service runs (基础备份)."""
    from api.backup import kept_files, work

    now = datetime.now(UTC)
    if files_only:
        name, absent = f"{now:%Y%m%dT%H%M%SZ}", kept_files.beside_the_database().absent
        work.keep_files(name, kept_files.beside_the_database())
    else:
        taken, absent = work.take(now)
        name = taken.name
        typer.echo(f"基础备份 base backup {name}: {_size(taken.n_bytes)}, {taken.ended_at - taken.began_at}")
    typer.echo(f"文件 files: {work.files_folder(name)}\n密钥 keys: {work.keys_folder(name)}")
    if work.keys_folder(name).is_relative_to(work.bases().folder):
        typer.echo("! 密钥与数据同处 keys lie beside the data: set GZ_BACKUP_KEYS_FOLDER to keep them apart.", err=True)
    for one in absent:
        typer.echo(f"不含 not in it: {one}", err=True)


@app.command("list")
def list_() -> None:
    """Show the base backups, how far each reaches, and how archiving goes (备份清单)."""
    from api.backup import work
    from dispatch.errors import DispatchError

    found = work.bases()
    for one in found.all():
        reach = found.reach(one)
        until = f"{reach.until_at:%Y-%m-%dT%H:%M:%SZ}" if reach.until_at else "-"
        gap = f"  ✗ 缺 missing wal/{reach.missing.name}.gz" if reach.missing else ""
        span = f"{one.ended_at:%Y-%m-%dT%H:%M:%SZ} … {until}"
        typer.echo(f"{one.name}  {_size(one.n_bytes)}  可恢复到 reaches {span}{gap}")
    try:
        state = work.archiver()
    except DispatchError as error:
        typer.echo(f"归档 archiving: {error}")
    else:
        typer.echo("归档 archiving: " + ", ".join(f"{key} {value}" for key, value in state.items()))


@app.command()
def verify(name: Name = None) -> None:
    """Verify a base backup, its log, its files and its keys; exit code 1 when something is wrong (核验备份)."""
    from api.backup import work

    one = work.bases().named(name)
    faults = work.faults(one)
    _say_wrong(faults)
    if not faults:
        typer.echo(f"✓ 备份完好 {one.name} is whole")
    raise typer.Exit(1 if faults else 0)


@app.command()
def prune(keep: Annotated[int, typer.Option(min=1, help="How many base backups to keep.")] = 7) -> None:
    """Throw away older base backups and the log that only they need (清理旧备份)."""
    from api.backup import work

    typer.echo("已删除 thrown away: " + (", ".join(work.prune(keep)) or "无 none"))


@app.command()
def restore(
    *,
    into: Annotated[Path, typer.Option(help="A new folder.")],
    to: Annotated[
        str | None, typer.Option(help="The moment, with its zone: 2026-11-27T03:00+08:00; without it the end.")
    ] = None,
    name: Name = None,
    published: Annotated[
        Path | None, typer.Option(help="The published seals.txt, best a copy kept elsewhere; else our own.")
    ] = None,
) -> None:
    """Make a database as it stood at a moment, in a new folder, and check it; the living one goes on (恢复到时刻)."""
    from api.backup import work

    found = work.restore_into(into, _moment(to), name, typer.echo)
    wrong, newer = work.against_published(found, published)
    _say_found(found)
    if newer:
        typer.echo(f"公布较新 published since: seals {newer[0]} to {newer[-1]} are of the time after", err=True)
    _say_wrong([*found.wrong, *wrong])
    if found.wrong or wrong:
        raise typer.Exit(1)
    typer.echo(f"✓ 核验无误 all fits. 启用 to go live: stop the service, then gzdispatch backup live {into}")


@app.command()
def live(
    folder: Annotated[Path, typer.Argument(help="What `gzdispatch backup restore` made.")],
) -> None:
    """Put a restored database in the place of the living one, which is set aside (启用恢复的库)."""
    from api.backup import work

    work.live(folder, typer.echo)
    typer.echo("✓ 已启用 in place: start the service, then take a base backup at once: gzdispatch backup base")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInput(f"{text!r} is no moment with a zone: write it as 2026-11-27T03:00+08:00.")
    return at


def _say_found(found: "Findings") -> None:
    newest = found.newest_at.isoformat() if found.newest_at else "-"
    seals = f"封存 seals {len(found.seals)}"
    typer.echo(f"事件 events {found.n_events:,}, 台账 facts {found.n_facts:,}, {seals}, 最新 newest {newest}")


def _say_wrong(wrong: list[str]) -> None:
    for one in wrong:
        typer.echo(f"✗ {one}", err=True)


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:,.0f} MB"

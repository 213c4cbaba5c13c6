"""``gzdispatch migrate``: the schema of the database, forward and back (数据库结构)."""

from typing import Annotated

import typer


def migrate(
    *,
    back_to: Annotated[
        str | None, typer.Option(help="Take the schema back for an earlier program, e.g. 0013; stop the service first.")
    ] = None,
    lose: Annotated[bool, typer.Option("--lose", help="Go on although something stored would be gone.")] = False,
) -> None:
    """Bring the database's schema up to date, or back to an earlier one (更新或退回数据库结构)."""
    from api import wiring
    from geo_data import database, migrating_back

    with wiring.database_running() as url:
        if back_to is None:
            database.migrate(url)
            typer.echo("✓ 已是最新 up to date")
            return
        lost = migrating_back.migrate_back(url, back_to, lose=lose)
    for what, n in sorted(lost.items()):
        typer.echo(f"已丢弃 lost: {what} ({n:,})", err=True)
    typer.echo(f"✓ 已退回 taken back to {back_to}: start the earlier program now, this one would go forward again")

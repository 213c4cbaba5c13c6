"""`gzdispatch privacy …`: who read what, what is known of a person, erasing, retention, keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    name="privacy", help="个人信息 Personal data: who read it, what is known, erasing.", no_args_is_help=True
)
COMMAND_LINE = "command line"
console = Console(highlight=False, soft_wrap=True)

Reason = Annotated[str, typer.Option("--reason", help="Why: kept in the fact that is left behind.")]


@app.command("log")
def log(
    who: Annotated[str, typer.Option(help="Only of this account.")] = "",
    subject: Annotated[str, typer.Option(help="Only about this incident or client.")] = "",
    days: Annotated[int, typer.Option(min=1, max=4000)] = 30,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 500,
) -> None:
    """Show who read personal data, newest first."""
    from api import wiring
    from geo_data.stores.access_log import readings

    with wiring.one_transaction() as connection:
        found = readings(
            connection, since=datetime.now(UTC) - timedelta(days=days), who=who, subject=subject, limit=limit
        )
    for r in found:
        console.print(
            f"{r.at:%Y-%m-%d %H:%M:%S}Z  {r.who}  {r.role}  {r.what}  {r.subject or '–'}  {r.route}", markup=False
        )
    console.print(f"{len(found)} 次读取 readings")


@app.command("subject")
def subject(value: Annotated[str, typer.Argument(help="A whole plate or telephone number.")]) -> None:
    """Show what is known of a person: every case that names a plate or a telephone number."""
    from api import wiring
    from api.privacy.persons import known_of
    from geo_data.stores.access_log import Reading, write_reading

    asked = Reading(
        at=datetime.now(UTC), who=COMMAND_LINE, role="server", what="search", route="gzdispatch privacy subject"
    )
    with wiring.one_transaction() as connection:
        found = known_of(connection, value)
        write_reading(connection, asked)
    for case in found:
        console.print(
            f"{case.incident_id}  {case.reported_at:%Y-%m-%d %H:%M}Z  {'closed' if case.closed else 'open'}",
            markup=False,
        )
        console.print(
            f"  {case.text}  车牌 {case.plate or '–'}  电话 {case.phone or '–'}  地点 {case.place or '–'}", markup=False
        )
        console.print(f"  照片 photographs {case.photos}, 查勘单 survey forms {case.surveys}")
    console.print(f"{len(found)} 起案件 cases")


@app.command("erase")
def erase(incidents: Annotated[list[str], typer.Argument(help="Closed incidents.")], reason: Reason) -> None:
    """Erase what is personal in some closed incidents, for good; a fact of it stays."""
    from api import wiring
    from api.privacy import persons

    with wiring.one_transaction() as connection:
        n = persons.erase(connection, incidents, reason, datetime.now(UTC), by=COMMAND_LINE)
    console.print(f"已删除 erased: {len(set(incidents))} 起案件 incidents, {n} 把密钥 keys")


@app.command("sweep")
def sweep(really: Annotated[bool, typer.Option("--erase", help="Erase; without it only counted.")] = False) -> None:
    """Erase what the policy's [retention] no longer keeps; shows what that is unless told to do it."""
    from api import wiring
    from api.privacy import sweeping
    from geo_data.database import engine, migrate, transaction

    rules, now = wiring.policy().retention, datetime.now(UTC)
    with wiring.database_running() as url:
        migrate(url)
        database = engine(url, pool_size=1)
        try:
            if really:
                done = sweeping.sweep(database, rules, now, by=COMMAND_LINE)
            else:
                with transaction(database) as connection:
                    done = sweeping.due(connection, rules, now)
        finally:
            database.dispose()
    for name, n in done.items():
        console.print(f"{name:12} {n}")
    console.print("已删除 erased" if really else "仅统计 counted only: --erase does it")


@app.command("new-key")
def new_key() -> None:
    """Print a fresh key for GZ_DATA_KEY."""
    from geo_data.stores.vault import new_key as make

    typer.echo(make())


@app.command("rotate")
def rotate() -> None:
    """Lock every data key under the first key of GZ_DATA_KEY; afterwards the others can be dropped from it."""
    from api import wiring
    from geo_data.stores.key_store import PostgisKeys

    with wiring.one_transaction() as connection:
        n = PostgisKeys(connection).rewrap()
    console.print(f"{n} 把数据密钥已改用新密钥 data keys are locked under the new key now")

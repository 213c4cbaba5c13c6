"""``gzdispatch learn``: arrivals from our own finished trips."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

MOST_DAYS = 366


def learn(
    out: Annotated[
        Path | None,
        typer.Option(
            help="The file to write; without it the one in the state folder that the service reads where its policy names none."
        ),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many days back.")] = 90,
    *,
    simulated: Annotated[
        bool, typer.Option(help="Learn from simulated trips (模拟), too: for demonstrations only.")
    ] = False,
) -> None:
    """Learn turnout, travel and their spread from finished trips, and check that on the last of them (学习到场时间分布)."""
    from api import wiring
    from api.learned import kept_file, write_learned
    from api.learning import in_words, learn_from
    from api.settings import settings
    from dispatch.errors import InvalidInput

    if simulated and out is None and not settings().simulation:
        raise InvalidInput(
            "A service without simulation does not go by simulated trips: leave --simulated out, or name a file with --out."
        )
    with wiring.one_transaction() as connection:
        lesson = learn_from(connection, datetime.now(UTC), days, simulated=simulated)
    path = out or kept_file()
    write_learned(path, lesson.model)
    for line in (f"{path}:", *in_words(lesson)):
        typer.echo(line)
    if out is None:
        typer.echo("重载或重启后生效 in use from the next gzdispatch reload or start on")

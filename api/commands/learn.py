"""``gzdispatch learn``: arrivals from our own finished trips."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from dispatch.errors import InvalidInput

MOST_DAYS = 366


def learn(
    out: Annotated[Path, typer.Option(help="The file to write; name it in the policy: [arrival] learned.")],
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many days back.")] = 90,
    *,
    simulated: Annotated[
        bool, typer.Option(help="Learn from simulated trips (模拟), too: for demonstrations only.")
    ] = False,
) -> None:
    """Learn turnout, travel and their spread from finished trips (学习到场时间分布)."""
    from api import wiring
    from api.learned import write_learned
    from dispatch.errors import DispatchError
    from dispatch.folding import fold
    from dispatch.prediction.fit import fit
    from dispatch.prediction.learned_file import named
    from dispatch.prediction.trips import statements_of, trips_of
    from geo_data.day_kinds import day_kind
    from geo_data.stores.postgis_log import PostgisLog

    now = datetime.now(UTC)
    trips, statements, broken = [], [], 0
    with wiring.one_transaction() as connection:
        for history in PostgisLog(connection).all_events(now - timedelta(days=days)):
            try:
                incident = fold(history)
            except DispatchError:
                broken += 1
                continue
            if simulated or not incident.simulated:
                trips += trips_of(incident)
                statements += statements_of(history, now)
    if not trips:
        hint = "" if simulated else " Simulated trips are left out: add --simulated to learn from them, too."
        raise InvalidInput(f"No finished trip of the last {days} days to learn from.{hint}")
    kinds = [replace(t, conditions=replace(t.conditions, day_kind=day_kind(t.at).value)) for t in trips]
    source = f"own events of {days} days until {now:%Y-%m-%d}, network {wiring.ground().network.fingerprint[:12]}"
    model = named(fit(kinds, statements, wiring.policy().arrival, source=source))
    write_learned(out, model)
    about = model.about
    typer.echo(
        f"{out}: {model.name} · {about.trips:,} 次出车 trips, {about.days} 天 days ({about.first} – {about.last}), "
        f"模拟 simulated {about.simulated:,}; 未读 unreadable {broken}"
    )

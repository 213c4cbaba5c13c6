"""``gzdispatch simulate``: days of simulated demand, or a real day with another roster, posts or policy."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from api.commands.audit import day
from api.commands.simulate_forms import as_csv, as_json, as_text, beside
from api.commands.spreading import Spread, dask
from api.whole_file import write_whole
from dispatch.errors import InvalidInput
from dispatch.simulation.outcomes import Outcomes

if TYPE_CHECKING:
    from api.simulating.days import Days

DEMO = "demo"


def simulate(
    *,
    days: Annotated[int, typer.Option(min=1, help="Days to play.")] = 1,
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")] = "2026-03-02",
    per_day: Annotated[float, typer.Option(min=1, help="Mean reports a day.")] = 720.0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 1,
    policy: Annotated[Path | None, typer.Option(help="Policy file; without it that of the settings.")] = None,
    fleet: Annotated[
        str, typer.Option(help="CSV of units (id,role,lon,lat,…), or demo: grown with the demand.")
    ] = DEMO,
    weather: Annotated[str, typer.Option(help="natural, dry, rain or typhoon.")] = "natural",
    surge: Annotated[float, typer.Option(help="Times the reports; 8.8 in Wenzhou's typhoon of 2013.")] = 1.0,
    closures: Annotated[float, typer.Option(min=0, help="Mean road closures a day, told to the desk late.")] = 3.0,
    window_s: Annotated[float, typer.Option(min=0, help="Decide together at the end of windows so long.")] = 0.0,
    replications: Annotated[int, typer.Option(min=1, help="Seeds SEED, SEED+1, …")] = 1,
    parts: Annotated[int, typer.Option(min=1, help="Play the days in so many runs apart, half a day longer each.")] = 1,
    executor: Annotated[Spread, typer.Option(help="serial, processes of this machine, or dask.")] = Spread.SERIAL,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes; all cores without it.")] = None,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler; without it one on this machine.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write .csv (an incident a line) or .json (the figures).")] = None,
    yesterday: Annotated[str | None, typer.Option(help="Replay this real day, YYYY-MM-DD, instead.")] = None,
    roster: Annotated[Path | None, typer.Option(help="With --yesterday: CSV of other units.")] = None,
    posts: Annotated[Path | None, typer.Option(help="With --yesterday: CSV id,lon,lat of other posts.")] = None,
) -> None:
    """Play days on a virtual clock with the very desk of the service; everything it prints is simulated (模拟)."""
    if out is not None and out.suffix not in (".csv", ".json"):
        raise InvalidInput(f"--out {out}: name a .csv or a .json file.")
    if yesterday is not None:
        _replay(_day(yesterday), roster=roster, posts=posts, policy=policy, seed=seed, out=out)
        return
    if roster is not None or posts is not None:
        raise InvalidInput("--roster and --posts go with --yesterday; for simulated days give --fleet.")
    from api.simulating.days import Days, in_parts
    from dispatch.simulation.outcomes import together

    plan = Days(
        first=_day(first),
        days=days,
        per_day=per_day,
        weather=weather,
        surge=surge,
        closures=closures,
        policy=policy,
        fleet=None if fleet == DEMO else Path(fleet),
        window_s=window_s,
    )
    jobs = [(part, seed + n) for n in range(replications) for part in in_parts(plan, parts)]
    found = _play_here(jobs) if executor is Spread.SERIAL else _play_spread(plan, jobs, executor, workers, scheduler)
    apart = f", {parts} 段 parts" if parts > 1 else ""
    title = f"模拟 simulated: {days} d × {replications}{apart}, {per_day:g} 起/日 a day, {weather}, seed {seed}"
    _give(title, together(found), out)


def _play_here(jobs: "Sequence[tuple[Days, int]]") -> list[Outcomes]:
    from api.simulating.days import play_part
    from dispatch.simulation.replications import spread

    with _progress(jobs) as (shown, task):
        return list(spread(partial(play_part, progress=lambda _: shown.advance(task)), jobs))


def _play_spread(
    plan: "Days", jobs: "Sequence[tuple[Days, int]]", executor: Spread, workers: int | None, scheduler: str
) -> list[Outcomes]:
    _warm_up(plan)
    if executor is Spread.PROCESSES:
        return _play_on_cores(jobs, workers)
    from api.simulating.days import hours_of, play_part
    from dispatch.simulation.replications import spread

    found = []
    with dask(workers, scheduler) as pool, _progress(jobs) as (shown, task):
        for (part, _), outcomes in zip(jobs, spread(play_part, jobs, pool), strict=True):
            found.append(outcomes)
            shown.advance(task, hours_of(part))  # another machine tells nothing before it is done
    return found


def _play_on_cores(jobs: "Sequence[tuple[Days, int]]", workers: int | None) -> list[Outcomes]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from api.simulating import progress
    from api.simulating.days import play_part
    from dispatch.simulation.replications import spread

    spawn = get_context("spawn")
    hours = spawn.Value("q", 0)
    with (
        _progress(jobs) as (shown, task),
        progress.told_of(hours, lambda n: shown.update(task, completed=n)),
        ProcessPoolExecutor(workers, mp_context=spawn, initializer=progress.share, initargs=(hours,)) as pool,
    ):
        return list(spread(partial(play_part, progress=progress.count_hour), jobs, pool))


def _replay(
    of: date, *, roster: Path | None, posts: Path | None, policy: Path | None, seed: int, out: Path | None
) -> None:
    from api import wiring
    from api.simulating.replay import Roster, replay

    with wiring.database_running():
        found = replay(of, Roster(roster=roster, posts=posts, policy=policy), seed)
    Console().print(beside(f"{of} 回放(模拟)replayed, simulated", found.was, found.real, found.would_be))
    if out is not None:
        _write(out, found.would_be, f"{of} replayed")


def _give(title: str, outcomes: Outcomes, out: Path | None) -> None:
    Console().print(as_text(title, outcomes))
    if out is not None:
        _write(out, outcomes, title)


def _write(out: Path, outcomes: Outcomes, title: str) -> None:
    write_whole(out, as_csv(outcomes) if out.suffix == ".csv" else as_json(title, outcomes))
    typer.echo(f"{out}: {len(outcomes):,} 起模拟案件 simulated incidents", err=True)


def _day(text: str) -> date:
    found = day(text)
    if found is None:
        raise InvalidInput("Give a day as YYYY-MM-DD.")
    return found


def _warm_up(plan: Any) -> None:
    """Let the files be there that all processes map."""
    from api.simulating.days import units_of
    from api.simulating.stage import road_times

    road_times(units_of(plan))


@contextmanager
def _progress(jobs: "Sequence[tuple[Days, int]]") -> Iterator[tuple[Progress, TaskID]]:
    """A bar of the hours to be played, within each day."""
    from api.simulating.days import hours_of

    columns = (TextColumn("模拟 simulating"), BarColumn(), MofNCompleteColumn(), TextColumn("h"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield shown, shown.add_task("", total=sum(hours_of(part) for part, _ in jobs))

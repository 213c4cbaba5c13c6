"""``gzdispatch plan``: where standby posts should be, and how many surveyors each shift needs."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from api.commands.audit import day
from api.whole_file import write_whole
from dispatch.days import bounds
from dispatch.errors import InvalidInput
from geo_data.day_kinds import DayKind
from geo_data.planning.post_table import Score, moment, worst_hour
from geo_data.planning.posts import Model
from geo_data.planning.sites import CANDIDATES

if TYPE_CHECKING:
    from api.planning.planning import Demand
    from api.planning.post_plan import PostPlan
    from api.planning.shift_plan import ShiftPlan
    from dispatch.planning.hours import Expected
    from dispatch.planning.staffing import Staffing
    from dispatch.unit import Unit

app = typer.Typer(help="规划:驻点与班次 · Planning: posts and shifts.", no_args_is_help=True)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)

Day = Annotated[DayKind, typer.Option(help="日类型 · kind of day")]
Demo = Annotated[bool, typer.Option("--demo", help="示范机队(模拟),不用数据库 · the demonstration fleet, no database")]
Since = Annotated[str | None, typer.Option(help="按事件记录的真实需求,起始日 · demand from the event log, first day")]
Until = Annotated[str | None, typer.Option(help="末日(含) · last day, included; else until now")]
Handling = Annotated[float, typer.Option(min=0, max=20, help="接报用时,分 · minutes from report to assignment")]


@app.command()
def posts(
    *,
    n: Annotated[int, typer.Option(min=1, help="驻点数 · posts in all (mclp, pmedian)")] = 40,
    model: Annotated[
        Model, typer.Option(help="覆盖最多、平均最近、驻点最少 · cover most, shortest mean, fewest")
    ] = Model.MCLP,
    share: Annotated[float, typer.Option(min=0.01, max=1, help="lscp 要覆盖的需求 · share of demand to cover")] = 0.9,
    p_least: Annotated[
        float, typer.Option(min=0.5, max=0.99, help="准时概率下限 · covered means P(on time) ≥ this")
    ] = 0.9,
    keep_existing: Annotated[bool, typer.Option(help="保留现有驻点 · keep today's posts")] = False,
    hour: Annotated[int | None, typer.Option(min=0, max=23, help="时,缺省为最堵一小时 · else the slowest hour")] = None,
    day_: Annotated[DayKind, typer.Option("--day", help="日类型 · kind of day")] = DayKind.WEEKDAY,
    sites: Annotated[Path | None, typer.Option(help="公司候选点表 · candidates, a table (name, lon, lat)")] = None,
    candidates: Annotated[
        int, typer.Option(min=10, max=1000, help="候选点数 · candidates from the gazetteer")
    ] = CANDIDATES,
    today: Annotated[Path | None, typer.Option(help="现有驻点表 · today's posts, a table; else the fleet's")] = None,
    demo: Demo = False,
    since: Since = None,
    until: Until = None,
    handling_min: Handling = 1.0,
    out_file: Annotated[Path | None, typer.Option("--out", help=".csv, .geojson, .html")] = None,
) -> None:
    """驻点选址 · Where standby posts should be, on our own travel times, and what they gain over today's."""
    from api.planning import post_plan
    from api.wiring import ground
    from geo_data.planning.sites import candidate_sites
    from geo_data.service_area import known_places

    if out_file is not None:
        post_plan.check_form(out_file)
    at = moment(day_, worst_hour(day_) if hour is None else hour)
    wish = post_plan.Wish(
        model=model, n=n, share=share, p_least=p_least, keep=keep_existing, handling_s=60 * handling_min, at=at
    )
    with Status("…", console=err) as status, _known(demo, day_, since, until) as (demand, units):
        places = _table(sites) if sites else candidate_sites(known_places(ground().network), candidates)
        present = [p.position for p in _table(today)] if today else [u.standby for u in units]
        plan = post_plan.plan_posts(ground(), demand, places, list(dict.fromkeys(present)), wish, status.update)
        if out_file is not None:
            write_whole(out_file, post_plan.written(plan, ground(), out_file))
    _show_posts(plan, n_shown=None if out_file is None else 10)
    if out_file is not None:
        out.print(f"[green]✓[/] {escape(str(out_file))}", soft_wrap=True)


@app.command()
def shifts(
    *,
    target: Annotated[float, typer.Option(min=0.001, max=0.9, help="迟到比例上限 · most expected late share")] = 0.05,
    day_: Annotated[DayKind, typer.Option("--day", help="日类型 · kind of day")] = DayKind.WEEKDAY,
    posts_: Annotated[Path | None, typer.Option("--posts", help="驻点表 · posts, a table; else the fleet's")] = None,
    shift: Annotated[
        list[str] | None, typer.Option(help="班次 · e.g. 07:00-15:30, again for more; else the fleet's")
    ] = None,
    per_h: Annotated[float | None, typer.Option(min=0.1, help="每小时案件,年均 · simulated reports an hour")] = None,
    on_scene_min: Annotated[float | None, typer.Option(min=1, help="现场作业均值,分 · else measured, else 24")] = None,
    most: Annotated[int, typer.Option(min=1, max=400, help="每小时人数上限 · most people in one hour")] = 200,
    demo: Demo = False,
    since: Since = None,
    until: Until = None,
    handling_min: Handling = 1.0,
    out_file: Annotated[Path | None, typer.Option("--out", help=".csv")] = None,
) -> None:
    """班次人数 · How many surveyors each shift needs, and what today's roster is expected to give."""
    from api.planning import shift_plan
    from api.wiring import ground

    if out_file is not None and out_file.suffix != ".csv":
        raise InvalidInput(f"--out {out_file}: 用 .csv 结尾。(End the name in .csv.)")
    kinds = [shift_plan.read_shift(text) for text in shift or []]
    with Status("…", console=err) as status, _known(demo, day_, since, until, per_h) as (demand, units):
        places = [p.position for p in _table(posts_)] if posts_ else None
        wish = shift_plan.Wish(
            target=target, kind=day_, on_scene_min=on_scene_min, most=most, handling_s=60 * handling_min
        )
        plan = shift_plan.plan_shifts(ground(), demand, units, places, kinds, wish, status.update)
        if out_file is not None:
            write_whole(out_file, shift_plan.as_csv(plan))
    _show_shifts(plan)


@contextmanager
def _known(
    demo: bool, kind: DayKind, since: str | None, until: str | None, per_h: float | None = None
) -> "Iterator[tuple[Demand, list[Unit]]]":
    """Demand and surveyors; the database is opened only where it is asked."""
    from api import wiring
    from api.planning import planning

    if demo and since:
        raise InvalidInput("--demo 与 --since 不能同用。(--demo asks no database: leave one of them out.)")
    now = datetime.now(UTC)
    with nullcontext((None, planning.demo_surveyors())) if demo else planning.stored() as (log, units):
        first, last = bounds(day(since), day(until))
        if first is None or log is None:
            yield planning.simulated_demand(wiring.ground(), kind, per_h), units
            return
        yield planning.measured_demand(log, kind, first, min(last or now, now), now), units


def _table(path: Path) -> list[Any]:
    from api.commands.places import tell_bad_rows
    from geo_data.places.place_tables import read_table

    table = read_table(path)
    tell_bad_rows(path, table.bad_rows)
    return table.places


def _show_posts(plan: "PostPlan", n_shown: int | None) -> None:
    heads = ("驻点 post", "区", "", "需求 demand", "平均 mean min")
    table = Table(*heads, box=None)
    words = {"kept": "保留 kept", "new": "新增 new", "given up": "[dim]撤 given up[/]"}
    for post in plan.chosen.posts[:n_shown]:
        mean = "" if post.mean_s != post.mean_s else f"{post.mean_s / 60:.1f}"
        share = f"{post.demand_share:.1%}"
        table.add_row(escape(post.place.name), post.place.district, words[post.status], share, mean)
    out.print(table)
    gains = Table("", "驻点 posts", "覆盖 covered", "准时 on time", "平均 mean min", "P90 min", box=None)
    now = [p for p in plan.chosen.posts if p.status != "new"]
    planned = [p for p in plan.chosen.posts if p.status != "given up"]
    _score(gains, "现有 today", str(len(now)), plan.chosen.today)
    _score(gains, "规划 planned", str(len(planned)), plan.chosen.planned)
    _score(gains, "全部候选 all candidates", "", plan.chosen.best)
    out.print(gains)
    for note in plan.notes:
        out.print(escape(note), soft_wrap=True)


def _score(table: Table, name: str, n: str, score: Score) -> None:
    shares = f"{score.covered:.1%}", f"{score.p_on_time:.1%}"
    table.add_row(name, n, *shares, f"{score.mean_s / 60:.1f}", f"{score.p90_s / 60:.1f}")


def _show_shifts(plan: "ShiftPlan") -> None:
    hours = Table(
        "时 hour", "案件 /h", "需 need", "规划 planned", "迟到 late", "忙 busy", "现有 today", "迟到 late", box=None
    )
    for hour in plan.staffing.hours:
        row = (f"{hour.hour:02d}", f"{hour.per_h:.1f}", str(hour.need), str(hour.planned), _late(hour.given))
        hours.add_row(*row, f"{hour.given.busy_share:.0%}", str(hour.today), _late(hour.now))
    out.print(hours)
    roster = Table("班次 shift", "规划 planned", "现有 today", box=None)
    for one in plan.staffing.roster:
        roster.add_row(f"{one.shift.start:%H:%M}–{one.shift.end:%H:%M}", str(one.planned), str(one.today))
    planned, today = sum(r.planned for r in plan.staffing.roster), sum(r.today for r in plan.staffing.roster)
    roster.add_row("合计 in all", str(planned), str(today))
    out.print(roster)
    out.print(f"全天预计迟到 expected late over the day, 规划 planned: {plan.staffing.late:.1%}")
    out.print(f"全天预计迟到 expected late over the day, 现有 today: {_late_today(plan.staffing)}", soft_wrap=True)
    for note in plan.notes:
        out.print(escape(note), soft_wrap=True)


def _late_today(staffing: "Staffing") -> str:
    """The expected share; where hours are overrun there is none, only that of the others and what the worst would be."""
    if not staffing.overrun_today:
        return f"{staffing.late_today:.1%}"
    n, elsewhere, worst = staffing.overrun_today, staffing.late_today_elsewhere, staffing.late_today
    return (
        f"算不出 cannot be told。{n} 个小时超负荷,本法不能预计其中多少迟到;其余小时预计 {elsewhere:.1%}。"
        f"若超负荷小时全部迟到,全天为 {worst:.1%}:这是最坏假设,不是预测。要预测,请用 gzdispatch simulate 重放。"
        f" {n} hours are overrun, and this method cannot tell how many are late in them; {elsewhere:.1%} are expected in the "
        f"other hours. Were all reports of the overrun hours late, it would be {worst:.1%}: the worst to assume, not a "
        "forecast. For a forecast replay the roster with gzdispatch simulate."
    )


def _late(expected: "Expected") -> str:
    return "超负荷 overrun" if expected.overrun else f"{expected.late_share:.1%}"

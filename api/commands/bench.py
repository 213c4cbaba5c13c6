"""``gzdispatch bench …``: measure this installation on this machine."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status

from dispatch.errors import InvalidInput

app = typer.Typer(help="测速 · Measure", no_args_is_help=True)
out, err = Console(highlight=False), Console(stderr=True, highlight=False)


@app.callback()
def _bench() -> None:
    """测速 · Measure."""


@app.command()
def routing(
    *,
    network: Annotated[
        Path | None, typer.Option(help="路网文件,缺省为正在使用的 · compiled network (.net), else the one in use")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="原始数据 · file for all raw figures")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="少测几轮 · few rounds")] = False,
    only: Annotated[list[str] | None, typer.Option(help="只测其中几项 · some questions only, by name")] = None,
    growth: Annotated[bool, typer.Option("--growth", help="加测一万至一百万节点 · also 10k to 1M nodes")] = False,
) -> None:
    """路网测速:与其他库同题对照 · Routing beside other libraries; exit code 0 only when every promise asked for is kept."""
    from api.benchmarks import contender, report, run, targets  # they take seconds to load

    unknown = set(only or ()) - set(contender.KINDS)
    if unknown:
        raise InvalidInput(f"--only knows {', '.join(contender.KINDS)}; not {', '.join(sorted(unknown))}.")
    _check_folder(json_file)
    options = run.Options(only or contender.KINDS, quick=quick, growth=growth, whole=not only)
    with Status("…", console=err) as status:
        result = run.run(network, options, status.update)
    if json_file is not None:
        json_file.write_text(json.dumps(run.as_json(result), ensure_ascii=False, indent=1), encoding="utf-8")
    out.print(report.report(result))
    raise typer.Exit(targets.exit_code(result.promises()))


@app.command()
def desk(
    *,
    json_file: Annotated[Path | None, typer.Option("--json", help="原始数据 · file for all raw figures")] = None,
    decisions: Annotated[int, typer.Option(min=10, help="单案决策次数 · decisions")] = 500,
    windows: Annotated[int, typer.Option(min=10, help="匹配窗口次数 · windows")] = 200,
) -> None:
    """调度台测速:500 个作业单元的单案决策、50 案 × 500 单元的匹配窗口 · Decisions; exit code 0 only when both are quick enough."""
    from api.benchmarks import desk_report, targets
    from api.benchmarks.desk import measure

    _check_folder(json_file)
    with Status("…", console=err):
        found = measure(decisions, windows)
    if json_file is not None:
        json_file.write_text(json.dumps(desk_report.as_json(found), ensure_ascii=False, indent=1), encoding="utf-8")
    out.print(desk_report.report(found))
    raise typer.Exit(targets.exit_code(desk_report.promises(found)))


@app.command()
def simulation(
    *,
    json_file: Annotated[Path | None, typer.Option("--json", help="原始数据 · file for all raw figures")] = None,
    days: Annotated[int, typer.Option(min=1, help="计时天数 · days that are timed")] = 2,
    per_day: Annotated[float, typer.Option(min=1, help="每日案件 · mean reports a day")] = 1500.0,
) -> None:
    """模拟测速:每案处理器时间、去向、内存与全年推算 · Simulated days; exit code 0 only when a year takes minutes."""
    from api.benchmarks import simulation_report, targets
    from api.benchmarks.simulation import measure

    _check_folder(json_file)
    with Status("…", console=err):
        found = measure(days, per_day=per_day)
    if json_file is not None:
        json_file.write_text(
            json.dumps(simulation_report.as_json(found), ensure_ascii=False, indent=1), encoding="utf-8"
        )
    out.print(simulation_report.report(found))
    raise typer.Exit(targets.exit_code([simulation_report.promise(found)]))


def _check_folder(json_file: Path | None) -> None:
    """Before the work, not after: raise `InvalidInput` for a file in no folder."""
    if json_file is not None and not json_file.absolute().parent.is_dir():
        raise InvalidInput(f"There is no folder {json_file.parent}: make it first, or give another --json.")

"""`gzdispatch setup`, `gzdispatch run`: the whole service on one machine."""

import time

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from api.settings import settings
from geo_data.database import AWAY

console = Console(highlight=False)


def setup() -> None:
    """Make everything a first start needs: secrets, network, database, map, demonstration data."""
    from api import wiring

    with wiring.database_running() as url:
        _prepare(url)
    console.print("[green]✓[/] 安装完成 set-up done: start with [bold]make run[/]")


def run() -> None:
    """Start the service, print the address and the log-in, and run until Ctrl-C."""
    from api.observing import sharing

    sharing.share(settings().state / "metrics")  # before anything that counts is imported
    from multiprocessing import get_context

    from api import wiring
    from api.observing import logs
    from api.service import running, service_manager, supervisor
    from api.service.reloading import Reloader

    logs.begin(settings().log)

    supervisor.catch_signals()
    ready = get_context("fork").Semaphore(0)
    reloader = Reloader(ready)
    reloader.catch_signal()
    try:
        with supervisor.listen() as listening, wiring.database_running() as url, running.noted():
            is_prepared = _prepare_if_there(url)
            wiring.database().dispose()  # no connection may be open at the fork
            crew = supervisor.start(listening, ready, prepared=is_prepared)
            try:
                supervisor.wait_until_up(crew)
                service_manager.tell(service_manager.READY)
                _greet(wiring.first_password())
                supervisor.watch_over(crew, wiring.private_cluster(), reloader)
            finally:
                service_manager.tell(service_manager.STOPPING)
                supervisor.stop(crew)
    except supervisor.Stopped:
        console.print("\n已停止 stopped; nothing is left running.")


def _prepare_if_there(url: str) -> bool:
    from api import wiring

    try:
        _prepare(url)
        wiring.places().load()
    except AWAY as error:
        console.print(
            "[yellow]数据库暂不可用:先启动,报案存本机队列,数据库恢复后自动准备并入库。\n"
            f"The database is away: started all the same; reports wait in the local queue.[/] ({escape(str(error))})"
        )
        return False
    return True


def _prepare(url: str) -> None:
    from api.service import prepared

    if prepared.is_current(url):
        return
    from api.service import setup as steps

    began = time.monotonic()
    with console.status("准备 preparing …") as status:

        def say(step: str) -> None:
            status.update(step)
            console.print(f"[dim]·[/] {step}")

        steps.prepare(url, say)
    console.print(f"[dim]·[/] 就绪 ready after {time.monotonic() - began:.1f} s")


def _greet(password: str) -> None:
    from api.service import supervisor

    address = supervisor.address()
    lines = [
        f"[bold]调度台 console[/]      {address}/            用户 user: [bold]dispatcher[/]",
        f"[bold]查勘员 surveyor[/]     {address}/surveyor    用户 user: [bold]surveyor[/]",
        f"[bold]管理 management[/]     {address}/management  用户 user: [bold]manager[/]",
        f"[bold]待办承诺 promises[/]   {address}/promises    用户 user: [bold]dispatcher[/]",
        f"[bold]单位 own cases[/]      {address}/own   用户 user: [bold]client[/], [bold]shop[/], [bold]tow[/]",
        f"[bold]系统 administration[/] {address}/administration  [bold]administrator[/]",
        f"[bold]报案人 caller[/]       {address}/report      不用登录 no log-in",
        f"[bold]接口 API[/]            {address}/docs",
        f"密码 password: [bold]{password}[/](未改过者 unless changed)",
        "",
        "点左侧案件看推荐单元;按 N 新报案。Click an incident on the left; press N for a new report.",
        "停止 stop: Ctrl-C",
    ]
    if settings().simulation:
        lines.insert(9, "[yellow]车队与报案均为模拟数据。The fleet and the reports are simulated.[/]")
    console.print(Panel("\n".join(lines), title="广州调度 Guangzhou Dispatch", expand=False))

"""Runs the service: web workers and the background, forked from one process that has everything loaded.

Forking shares the imported libraries, the compiled kernels and the network between the processes, and makes a start
as quick as one import. No database connection may be open at that moment.

A process that dies is forked anew, a background that hangs is killed first, and a private database that dies is started
again, while the port stays taken: callers wait a moment, or are told to try again.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Semaphore
from types import FrameType

import httpx2 as httpx
import uvicorn

from api import wiring
from api.main import create_app
from api.service import background, service_manager
from api.service.crew import Member
from api.service.draining import LeavingServer
from api.service.pulse import Pulse
from api.service.reloading import Reloader
from api.settings import settings
from dispatch.errors import Unavailable
from geo_data.cluster.cluster import PrivateCluster

log = logging.getLogger(__name__)

START_LIMIT_S = 120.0
STOP_LIMIT_S = 8.0
LOOK_S = 0.25
DATABASE_AGAIN_S = 3.0
SWITCH_S = 0.001  # a fifth of Python's own: a position waits for threads that weigh units no longer than it must
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Stopped(BaseException):
    """Somebody asked us to stop."""


def catch_signals() -> None:
    """Turn SIGINT and SIGTERM into `Stopped`."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def listen() -> socket.socket:
    """Take the port before anything else is started; raises `Unavailable` when somebody else has it."""
    s = settings()
    listening = socket.socket(socket.AF_INET6 if ":" in s.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((s.host, s.port))
    except OSError as error:
        listening.close()
        raise Unavailable(f"{s.host}:{s.port} cannot be used ({error.strerror}): set GZ_PORT to a free port.") from None
    listening.listen(1024)
    return listening


Crew = Sequence[Member[ForkProcess]]


def start(listening: socket.socket, ready: Semaphore, *, prepared: bool = True) -> Crew:
    """Fork the web workers, which release ``ready`` once they take requests, and the background.

    The background prepares the database where that could not be done yet.
    """
    context = multiprocessing.get_context("fork")

    def member(name: str, work: Callable[[socket.socket], None], pulse: Pulse | None = None) -> Member[ForkProcess]:
        def fork() -> ForkProcess:
            process = context.Process(target=_child, args=(work, listening), name=name)
            process.start()
            return process

        return Member(name, fork, time.monotonic(), pulse)

    serve = partial(_serve, ready)
    web = [member(f"web {n}", serve) for n in range(1, settings().workers + 1)]
    pulse = Pulse(context)
    return [*web, member("background", partial(_watch, prepared=prepared, beat=pulse.beat), pulse)]


def _child(work: Callable[[socket.socket], None], listening: socket.socket) -> None:
    os.setsid()  # Ctrl-C reaches us through the parent, in order
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # not the parent's
    work(listening)


def _serve(ready: Semaphore, listening: socket.socket) -> None:
    sys.setswitchinterval(SWITCH_S)
    config = uvicorn.Config(
        create_app(), log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=3
    )
    LeavingServer(config, ready).run(sockets=[listening])


def _watch(listening: socket.socket, *, prepared: bool, beat: Callable[[], None]) -> None:
    listening.close()
    background.run(prepared=prepared, beat=beat)


def wait_until_up(crew: Crew) -> None:
    """Wait for the first answer; raises `Unavailable` when a process ends or time runs out."""
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        for member in crew:
            if not member.is_alive:
                ended = member.process.exitcode
                raise Unavailable(f"The {member.name} process ended with {ended}: see the lines above.")
        try:
            if httpx.get(f"{address()}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Unavailable(f"The service did not answer at {address()} within {START_LIMIT_S:.0f} s: see the lines above.")


def watch_over(crew: Crew, cluster: PrivateCluster | None, reloader: Reloader) -> None:
    """Start again whatever dies, and reload when asked to, for ever.

    Raises
    ------
    Unavailable
        When a process dies young again and again (`api.service.crew.Member.look`). A database is tried for ever.
    """
    database = _Database(cluster) if cluster else None
    while True:
        wait([member.process.sentinel for member in crew if member.is_alive], LOOK_S)
        if database and database.has_moved(time.monotonic()):
            stop(crew)  # they know the old address only
        for member in crew:
            member.look(time.monotonic())
        reloader.look(crew)
        service_manager.tell(service_manager.ALIVE)


class _Database:
    """Looks after the private database; what cannot be started now is tried again."""

    def __init__(self, cluster: PrivateCluster) -> None:
        self._cluster = cluster
        self._again_s = 0.0

    def has_moved(self, now_s: float) -> bool:
        """Start the server again where it has died; whether it then listens on another port."""
        if now_s < self._again_s:
            return False
        before = self._cluster.url
        try:
            if self._cluster.revive():
                log.warning("database: it had died; started again after %.1f s", time.monotonic() - now_s)
        except Unavailable as error:
            self._again_s = time.monotonic() + DATABASE_AGAIN_S
            log.error("database: it has died and cannot be started, next try in %.0f s: %s", DATABASE_AGAIN_S, error)
        if self._cluster.url == before:
            return False
        wiring.database.cache_clear()
        return True


def stop(crew: Crew) -> None:
    """End every process: politely, then not."""
    processes = [member.process for member in crew]
    for process in processes:
        process.terminate()
    limit = time.monotonic() + STOP_LIMIT_S
    for process in processes:
        process.join(max(0.1, limit - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()


def address() -> str:
    """Where the service answers, for somebody at this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings().host, settings().host)  # noqa: S104
    return f"http://{host}:{settings().port}"

"""Runs the service: web workers and the background, forked from one process that has everything loaded.

Forking shares the imported libraries, the compiled kernels and the network between the processes, and makes a start
as quick as one import. No database connection may be open at that moment.
"""

import ctypes
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.context import ForkProcess
from types import FrameType

import httpx2 as httpx
import uvicorn

from api import background
from api.main import create_app
from api.settings import settings
from dispatch.errors import Unavailable

START_LIMIT_S = 120.0
STOP_LIMIT_S = 8.0
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


def start(listening: socket.socket, *, prepared: bool = True) -> list[ForkProcess]:
    """Fork the web workers and the background, which prepares the database where that could not be done yet."""
    context = multiprocessing.get_context("fork")
    web = [context.Process(target=_child, args=(_serve, listening), name="web") for _ in range(settings().workers)]
    processes = [
        *web,
        context.Process(target=_child, args=(partial(_watch, prepared=prepared), listening), name="background"),
    ]
    for process in processes:
        process.start()
    return processes


def _child(work: Callable[[socket.socket], None], listening: socket.socket) -> None:
    os.setsid()  # Ctrl-C reaches us through the parent, in order
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)  # not the parent's
    work(listening)


def _serve(listening: socket.socket) -> None:
    config = uvicorn.Config(create_app(), log_level="warning", timeout_graceful_shutdown=3)
    uvicorn.Server(config).run(sockets=[listening])


def _watch(listening: socket.socket, *, prepared: bool) -> None:
    listening.close()
    background.run(prepared=prepared)


def wait_until_up(processes: Sequence[ForkProcess]) -> None:
    """Wait for the first answer; raises `Unavailable` when a process ends or time runs out."""
    limit = time.monotonic() + START_LIMIT_S
    while time.monotonic() < limit:
        check_alive(processes)
        try:
            if httpx.get(f"{address()}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise Unavailable(f"The service did not answer at {address()} within {START_LIMIT_S:.0f} s: see the lines above.")


def check_alive(processes: Sequence[ForkProcess]) -> None:
    """Raise `Unavailable` when a process has ended."""
    for process in processes:
        if process.exitcode is not None:
            raise Unavailable(f"The {process.name} process ended with {process.exitcode}: see the lines above.")


def stop(processes: Sequence[ForkProcess]) -> None:
    """End every process: politely, then not."""
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

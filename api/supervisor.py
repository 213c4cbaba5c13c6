"""Runs the service: database, workers and background, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import httpx2 as httpx

from api.settings import settings
from dispatch.errors import Unavailable

START_LIMIT_S = 180.0
STOP_LIMIT_S = 8.0


class Stopped(Exception):
    """Somebody asked us to stop."""


def catch_signals() -> None:
    """Turn SIGINT and SIGTERM into `Stopped`."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def service_commands() -> list[list[str]]:
    """The processes of the service: web workers and the background."""
    s = settings()
    web = [sys.executable, "-m", "uvicorn", "api.main:create_app", "--factory", "--host", s.host, "--port", str(s.port)]
    web += ["--workers", str(s.workers), "--log-level", "warning", "--timeout-graceful-shutdown", "3"]
    return [web, [sys.executable, "-m", "api.cli", "background"]]


def start(command: Sequence[str], database_url: str) -> subprocess.Popen[bytes]:
    """Start one process in a session of its own, so that Ctrl-C reaches it through us and in order."""
    environment = {**os.environ, "DATABASE_URL": database_url}
    return subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603


def wait_until_up(processes: Sequence[subprocess.Popen[bytes]]) -> None:
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


def check_alive(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Raise `Unavailable` when a process has ended."""
    for process in processes:
        if process.poll() is not None:
            raise Unavailable(
                f"A process ended with {process.returncode}; is port {settings().port} free? Set GZ_PORT."
            )


def stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """End every process and its children: politely, then not."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    limit = time.monotonic() + STOP_LIMIT_S
    for process in processes:
        try:
            process.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return


def address() -> str:
    """Where the service answers."""
    return f"http://{settings().host}:{settings().port}"

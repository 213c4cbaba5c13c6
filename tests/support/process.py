"""The service as `gzdispatch run` starts it: real processes, which can be killed and started again at the same place."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import httpx2 as httpx

from geo_data.cluster.server_programs import free_port

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT_S = 600.0  # a guard, not a promise: the machine may be busy


class Service:
    """Supervisor, web workers and background on one port and one database; started with the block, killed at its end.

    Settings are those of the environment, as for any process.
    """

    def __init__(self) -> None:
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Service":
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        """Start all processes and wait for the first answer."""
        command = [sys.executable, "-m", "tests.support.patience", "run"]  # gzdispatch, and patient
        self._process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "GZ_PORT": str(self._port)}, stdout=subprocess.DEVNULL
        )
        limit = time.monotonic() + START_LIMIT_S
        while not self._answers():
            assert self._process.poll() is None, "the service ended by itself"
            assert time.monotonic() < limit, "the service did not start"
            time.sleep(0.1)

    def kill(self) -> None:
        """End every process at once, as a power cut does."""
        if self._process is None:
            return
        parent, self._process = self._process, None
        for pid in (parent.pid, *_children(parent.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        parent.wait()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

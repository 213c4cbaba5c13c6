"""The service as `gzdispatch run` starts it, with its processes and its database named, so that they can be killed."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import httpx2 as httpx
import psycopg

from api.credentials import data_key
from geo_data.cluster.server_programs import free_port
from geo_data.stores import vault

ROOT = Path(__file__).resolve().parents[2]
KEY = vault.new_key()  # of both, for the judge reads what the service locked
os.environ.setdefault("GZ_DATA_KEY", KEY)
data_key.install()
START_LIMIT_S = 600.0  # a guard: the machine may be busy


class Service:
    """Supervisor, web workers and background; started with the block, killed at its end.

    Parameters
    ----------
    state : Path
        Folder of its own.
    log : Path
        What it says goes here.
    url : str
        A database of somebody else's; empty for a private cluster.
    """

    def __init__(self, state: Path, log: Path, url: str = "") -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = log
        self._env = {**os.environ, "GZ_PORT": str(self.port), "GZ_STATE": str(state), "GZ_SIMULATION": "false"}
        self._env.pop("DATABASE_URL", None)
        if url:
            self._env["DATABASE_URL"] = url
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Service":
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "api.cli", "run"]
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._env, stdout=log, stderr=log)  # noqa: S603
        limit = time.monotonic() + START_LIMIT_S
        while not self.answers():
            if not self.is_running or time.monotonic() > limit:
                self.kill()
                raise RuntimeError(f"the service did not start: see {self._log}")
            time.sleep(0.1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(30)
        self.kill()

    def kill(self) -> None:
        """End every process at once, as a power cut does."""
        if self._process is None:
            return
        parent, self._process = self._process, None
        for pid in (parent.pid, *children(parent.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        parent.wait()

    @property
    def is_running(self) -> bool:
        """Whether the supervisor lives."""
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Whether a worker answers, and its database with it."""
        try:
            return httpx.get(f"{self.address}/health", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def verifies(self) -> bool:
        """Whether `gzdispatch audit verify` finds every chain and seal in order; what it says goes to the log."""
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "api.cli", "audit", "verify"]
            return subprocess.run(command, check=False, cwd=ROOT, env=self._env, stdout=log, stderr=log).returncode == 0  # noqa: S603

    def web(self) -> list[int]:
        """Processes that hold the port."""
        return self._by_port()[0]

    def background(self) -> list[int]:
        """Processes that do not."""
        return self._by_port()[1]

    def traces(self) -> int:
        """How many traces its log holds: none is expected, however often the database was away."""
        return len(re.findall(r"^Traceback ", self._log.read_text(errors="replace"), re.MULTILINE))

    def _by_port(self) -> tuple[list[int], list[int]]:
        listening = self._sockets()
        found: tuple[list[int], list[int]] = ([], [])
        for pid in children(self._process.pid) if self._process else []:
            found[not _holds(pid, listening)].append(pid)
        return found

    def _sockets(self) -> set[str]:
        rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return {f"socket:[{r[9]}]" for r in rows if r[1].endswith(f":{self.port:04X}") and r[3] == "0A"}


def _holds(pid: int, sockets: set[str]) -> bool:
    with suppress(OSError):
        return any(_target(fd) in sockets for fd in Path(f"/proc/{pid}/fd").iterdir())
    return False


def _target(link: Path) -> str:
    with suppress(OSError):
        return os.readlink(link)
    return ""


def children(pid: int) -> list[int]:
    """Processes started by a process, oldest first; none when it is gone."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Database:
    """The cluster under the service, as its administrator sees it."""

    def __init__(self, data: Path, url: str) -> None:
        self._data, self.url = data, url

    def postmaster(self) -> int:
        """The first process; 0 when there is none."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
            return pid if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes() else 0
        except (OSError, ValueError):
            return 0

    def backends(self) -> list[int]:
        """Processes that serve a connection."""
        return [pid for pid in children(self.postmaster()) if b"gzdispatch" in _command(pid)]

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Ask as the administrator does, past every line that may be cut; raises psycopg.Error."""
        with psycopg.connect(self.url, connect_timeout=3, autocommit=True, application_name="faults") as connection:
            return connection.execute(question.encode()).fetchall()


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""

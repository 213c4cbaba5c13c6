"""Numbers of forked processes are told as one."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.observing.sharing import dead_processes, share

PROGRAM = """
import os, sys
from pathlib import Path
from api.observing.sharing import share
share(Path(sys.argv[1]))
from api.observing import metrics
metrics.query_errors.labels("Before").inc()
held, released = os.pipe(), os.pipe()
children = []
for n in (1, 2):
    pid = os.fork()
    if pid == 0:
        metrics.query_errors.labels("X").inc(n)
        metrics.processes.labels("web").set(1)
        metrics.stream_queue.set(10 * n)
        os.write(held[1], b"x")
        if n == 1:
            os.read(released[0], 1)
        os._exit(0)
    children.append(pid)
os.read(held[0], 1), os.read(held[0], 1)
os.waitpid(children[1], 0)
told = metrics.exposition().decode()
os.write(released[1], b"x")
os.waitpid(children[0], 0)
print("".join(line + "\\n" for line in told.splitlines() if not line.startswith("#")))
"""


def test_forked_processes_are_added_up_and_the_dead_no_longer_speak_of_now(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "numbers")],
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
        cwd=root,
    ).stdout
    assert 'gz_database_errors_total{kind="X"} 3.0' in told  # what the dead one counted happened
    assert 'gz_database_errors_total{kind="Before"} 1.0' in told
    assert 'gz_processes{process="web"} 1.0' in told
    assert "gz_live_queue_longest 10.0" in told


def test_sharing_that_comes_too_late_is_refused(tmp_path: Path) -> None:
    import prometheus_client  # noqa: F401, PLC0415

    with pytest.raises(RuntimeError, match="too late"):
        share(tmp_path / "numbers")


def test_a_process_that_runs_is_not_dead(tmp_path: Path) -> None:
    assert dead_processes(tmp_path) == set()

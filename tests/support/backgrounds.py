"""A background process of a test's own, which can be frozen and let go on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A report may get its forecast for an hour: a busy machine is not to be too late for it.
WORK = """
from datetime import timedelta
from dispatch import foretelling
foretelling.RECENT = timedelta(hours=1)
from api.service import background
background.run()
"""


class Background:
    """The process, at the database of the environment."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-c", WORK], cwd=ROOT, env=dict(os.environ))

    def freeze(self) -> None:
        """Stop it where it stands: it holds what it holds, and says nothing any more."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on as if nothing had been."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, frozen or not."""
        self._process.kill()
        self._process.wait()


@contextmanager
def background_beside() -> Iterator[Background]:
    """A background for the time of the block."""
    running = Background()
    try:
        yield running
    finally:
        running.kill()

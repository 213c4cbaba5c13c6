"""The disk under the database is full: nothing can be written, not even its own log of changes."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.faults.site import Site

BLOCK = b"\0" * 1_000_000
FULL_S = (1.5, 5.0)


@dataclass(frozen=True)
class FullDisk:
    """Fill what is left of the database's small file system, and free it after some seconds."""

    name: str = "disk of the database full"
    is_kill: bool = False

    def inject(self, site: Site) -> bool:
        """Fill and free."""
        if site.disk is None:
            return False
        ballast = site.disk / "ballast"
        _fill(ballast)
        until_s = time.monotonic() + site.random.uniform(*FULL_S)
        while time.monotonic() < until_s:
            time.sleep(0.2)
            _fill(ballast)  # what was freed meanwhile
        ballast.unlink()
        return True


def _fill(ballast: Path) -> None:
    for size in (len(BLOCK), 4096, 1):
        with suppress(OSError), ballast.open("ab", buffering=0) as file:
            while file.write(BLOCK[:size]) == size:
                os.fsync(file.fileno())

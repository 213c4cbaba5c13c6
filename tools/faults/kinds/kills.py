"""kill -9 of a web worker, of the background, of the database's first process, of one of its others."""

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tools.faults.site import Site


@dataclass(frozen=True)
class Kill:
    """Kill one of some processes, drawn at random."""

    name: str
    victims: Callable[[Site], Sequence[int]]
    is_kill: bool = True

    def inject(self, site: Site) -> bool:
        """Kill."""
        found = [pid for pid in self.victims(site) if pid]
        if not found:
            return False
        with suppress(ProcessLookupError):
            os.kill(site.random.choice(found), signal.SIGKILL)
        return True


WEB = Kill("kill -9 web worker", lambda site: site.service.web())
BACKGROUND = Kill("kill -9 background", lambda site: site.service.background())
POSTMASTER = Kill("kill -9 postmaster", lambda site: [site.database.postmaster()])
BACKEND = Kill("kill -9 database backend", lambda site: site.database.backends())

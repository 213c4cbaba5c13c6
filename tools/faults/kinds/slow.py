"""Screens that open the live stream and never read it."""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tools.faults.site import Site

SCREENS, HELD_S = 20, 40.0
GROWTH_MB = 40.0


@dataclass(frozen=True)
class SlowScreens:
    """Held longer than the service waits for one: writing goes on, and memory must not grow."""

    name: str = "screens that never read"
    is_kill: bool = False
    held_s: float = HELD_S

    def inject(self, site: Site) -> bool:
        """Open, wait, look, close."""
        screens = [_open(site) for _ in range(SCREENS)]
        time.sleep(self.held_s / 2)  # a worker just forked fills its own caches first
        before = {pid: _memory_mb(pid) for pid in site.service.web()}
        time.sleep(self.held_s / 2)
        for pid, mb in before.items():
            if _memory_mb(pid) - mb > GROWTH_MB:
                site.crowd.ledger.misused.append(f"slow screens: a worker grew by {_memory_mb(pid) - mb:.0f} MB")
        for screen in screens:
            with suppress(OSError):
                screen.close()
        return True


def _open(site: Site) -> socket.socket:
    screen = socket.socket()
    screen.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    screen.connect(("127.0.0.1", site.service.port))
    token = site.crowd.session("desk0")
    screen.sendall(f"GET /v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    return screen


def _memory_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * 4096 / 1e6

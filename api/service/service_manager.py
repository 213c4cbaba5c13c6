"""Tell systemd how it goes (sd_notify): one datagram to the socket it names; nothing where it is not there."""

import os
import socket

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def tell(state: str) -> None:
    """Say one thing; a service manager that does not listen is no reason to stop."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]  # an abstract socket
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as line:
        try:
            line.sendto(state.encode(), address)
        except OSError:
            return

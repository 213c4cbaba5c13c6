"""A wire that can be pinched: between a browser and the service, without either noticing by itself."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 65_536


class Wire:
    """Passes bytes both ways while it is not pinched; connections stay open all the time."""

    def __init__(self, to: str) -> None:
        host, _, port = to.removeprefix("http://").partition(":")
        self._to = (host, int(port))
        self._flows = threading.Event()
        self._flows.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = [self._listening]
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def pinch(self) -> None:
        """Let nothing through any more."""
        self._flows.clear()

    def let_go(self) -> None:
        """Let everything through again, what has waited first."""
        self._flows.set()

    def close(self) -> None:
        """End all connections."""
        self._flows.set()
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._to)
                self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=ends, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                self._flows.wait()
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def wired(to: str) -> Iterator[Wire]:
    """A wire to an address for the time of the block."""
    wire = Wire(to)
    try:
        yield wire
    finally:
        wire.close()

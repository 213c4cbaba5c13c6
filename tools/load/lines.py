"""Cheap HTTP/1.1 for a generator that shares its machine: raw requests on lines that stay open, as a proxy's do."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import cast

IDLE_S = 4.0  # uvicorn closes what is silent for 5
Done = Callable[[int, bytes], None]  # status (0: broken off) and body


class Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, pool: "Pool") -> None:
        self._pool = pool
        self._done: Done | None = None
        self._heard = b""
        self._whole = -1
        self.free_at_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be of use."""
        self._transport = cast(asyncio.Transport, transport)
        self._pool.free(self)

    @property
    def is_fresh(self) -> bool:
        """Whether the service will not close it at this very moment, having heard nothing for long; as any client asks."""
        return time.monotonic() - self.free_at_s < IDLE_S

    def ask(self, request: bytes, done: Done) -> None:
        """Send a request."""
        self._done, self._heard, self._whole = done, b"", -1
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Gather an answer."""
        self._heard = self._heard + data if self._heard else data
        if self._whole < 0:
            head = self._heard.find(b"\r\n\r\n")
            if head < 0:
                return
            lowered = self._heard[:head].lower()
            at = lowered.find(b"content-length:")
            length = int(lowered[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            self._whole = head + 4 + length
        if len(self._heard) >= self._whole:
            status, head_end = int(self._heard[9:12]), self._heard.find(b"\r\n\r\n") + 4
            self._tell(status, self._heard[head_end : self._whole])
            self._pool.free(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Whoever waits hears that nothing comes."""
        self._pool.lost(self)
        self._tell(0, b"")

    def _tell(self, status: int, body: bytes) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(status, body)


class Pool:
    """Lines to one address, opened as they are needed, ``most`` at once; requests beyond wait, and the wait counts."""

    def __init__(self, host: str, port: int, most: int) -> None:
        self._host, self._port, self._most = host, port, most
        self._idle: deque[Line] = deque()
        self._waiting: deque[tuple[bytes, Done]] = deque()
        self._lines = 0
        self._opening: set[asyncio.Task[None]] = set()

    def ask(self, request: bytes, done: Done) -> None:
        """Send a request on a free line, or as soon as there is one."""
        if self._idle and self._idle[-1].is_fresh:
            self._idle.pop().ask(request, done)
            return
        self._waiting.append((request, done))
        self._open_one()

    def _open_one(self) -> None:
        if self._lines < self._most:
            self._lines += 1
            task = asyncio.get_running_loop().create_task(self._open())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _open(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: Line(self), self._host, self._port)
        except OSError:
            self._lines -= 1
            if self._waiting and not self._lines:
                self._waiting.popleft()[1](0, b"")

    def free(self, line: Line) -> None:
        """Take a line back and give it what waits."""
        line.free_at_s = time.monotonic()
        if self._waiting:
            line.ask(*self._waiting.popleft())
        else:
            self._idle.append(line)

    def lost(self, line: Line) -> None:
        """Forget a line that was closed."""
        self._lines -= 1
        if line in self._idle:
            self._idle.remove(line)
        if self._waiting:
            self._open_one()


class Stream(asyncio.Protocol):
    """One live stream; only a probe reads what it hears."""

    def __init__(self, request: bytes, heard: Callable[[bytes], None] | None, ended: Callable[[], None]) -> None:
        self._request, self._heard, self._ended = request, heard, ended
        self.n_bytes = 0
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        cast(asyncio.Transport, transport).write(self._request)

    def data_received(self, data: bytes) -> None:
        """Count, and hand on to a probe."""
        if not self.n_bytes:
            self.is_open = data[9:12] == b"200"
        self.n_bytes += len(data)
        if self._heard is not None:
            self._heard(data)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell that it ended."""
        self.is_open = False
        self._ended()

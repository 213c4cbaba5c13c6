"""A line to a port of this machine that can be cut: at once, or in the middle of a question or an answer."""

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from types import TracebackType

RESET = struct.pack("ii", 1, 0)  # closing sends a reset, as a broken network looks to programs
CHUNK = 65_536
UP, DOWN = "up", "down"


class Line:
    """Passes every connection on to ``target`` until it is cut; runs in a thread of its own for the time of the block."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._left: dict[str, int | None] = {UP: None, DOWN: None}
        self._is_down = False
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.port = 0
        self.cuts = 0  # connections ended by us

    def __enter__(self) -> "Line":
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def cut(self) -> None:
        """End every connection there is."""
        self._loop.call_soon_threadsafe(self._cut_all)

    def cut_after(self, n: int, way: str) -> None:
        """End the connection on which, after ``n`` more bytes `UP` (questions) or `DOWN` (answers), the next byte comes."""
        self._left[way] = n

    @property
    def is_armed(self) -> bool:
        """Whether a cut still waits for its bytes."""
        return any(n is not None for n in self._left.values())

    def close(self) -> None:
        """Let nothing through until `open`."""
        self._is_down = True
        self.cut()

    def open(self) -> None:
        """Let connections through again."""
        self._is_down = False

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._pass_on, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()

    async def _pass_on(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        try:
            if self._is_down:
                raise OSError("down")
            far, to_far = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(to_near)
            return
        pair = (to_near, to_far)
        self._writers.update(pair)
        await asyncio.gather(self._pump(near, to_far, UP, pair), self._pump(far, to_near, DOWN, pair))
        self._writers.difference_update(pair)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, way: str, pair: tuple[asyncio.StreamWriter, ...]
    ) -> None:
        with suppress(OSError):
            while chunk := await source.read(CHUNK):
                left = self._left[way]
                if left is not None and len(chunk) > left:
                    self._left[way] = None
                    sink.write(chunk[:left])
                    await asyncio.sleep(0.01)  # what was let through arrives
                    self._end(pair)
                    return
                if left is not None:
                    self._left[way] = left - len(chunk)
                sink.write(chunk)
                await sink.drain()
        with suppress(OSError):
            sink.close()

    def _cut_all(self) -> None:
        self._end(tuple(self._writers))
        self._writers.clear()

    def _end(self, writers: tuple[asyncio.StreamWriter, ...]) -> None:
        self.cuts += len(writers) // 2
        for writer in writers:
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        plain = writer.get_extra_info("socket")
        if plain is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()

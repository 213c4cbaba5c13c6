"""A web server that can be told to leave: it takes no new connection, ends its streams, and goes when all is answered."""

import asyncio
import signal
import socket
import time
from multiprocessing.synchronize import Semaphore

import uvicorn

DRAIN = signal.SIGUSR1
CLOSE = (b"connection", b"close")
LOOK_S = 0.25
PATIENCE_S = 30.0  # for a request that takes long


class LeavingServer(uvicorn.Server):
    """A server that says when it is ready, and leaves at `DRAIN` without refusing or losing a request.

    Others listen on the same socket meanwhile. Whoever keeps a connection open is answered once more on it and told to
    open another; one that is idle ends as an idle one always does, so no request crosses its end that could not before.
    """

    def __init__(self, config: uvicorn.Config, ready: Semaphore) -> None:
        super().__init__(config)
        self._ready = ready
        self._leaving: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        asyncio.get_running_loop().add_signal_handler(DRAIN, self._begin_to_leave)
        self._ready.release()

    def _begin_to_leave(self) -> None:
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._leave())

    async def _leave(self) -> None:
        for server in self.servers:
            server.close()
        self.config.encoded_headers.append(CLOSE)
        self.server_state.default_headers.append(CLOSE)
        self.config.timeout_graceful_shutdown = round(PATIENCE_S)
        end_s = time.monotonic() + self.config.timeout_keep_alive + 1
        while self.server_state.connections and time.monotonic() < end_s:
            await self._end_streams()
            await asyncio.sleep(LOOK_S)
        self.should_exit = True

    async def _end_streams(self) -> None:
        live = getattr(getattr(self.config.app, "state", None), "live", None)
        if live is not None:
            await live.stop()  # screens open their stream anew, at another worker

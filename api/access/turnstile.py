"""As many requests at work at once as a worker has connections for; the others wait before they hold anything.

Each step of a request takes a thread, and one that waits for a connection keeps its thread meanwhile: with enough of them,
those that have a connection would find no thread to go on, and a rush would stand still for ever.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dispatch.errors import Unavailable

INSIDE = 12  # of a worker's 20 connections: the rest is for streams
LONGEST_WAIT_S = 30.0
_FULL = "请求过多,请稍后重试。(Too much is asked at once: try again in a moment.)"


class Turnstile:
    """Lets ``inside`` through at once, first come, first served."""

    def __init__(self, inside: int = INSIDE, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._places = asyncio.Semaphore(inside)
        self._longest_wait_s = longest_wait_s

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Wait for a place and keep it for the block.

        Raises
        ------
        Unavailable
            When none became free in time.
        """
        try:
            async with asyncio.timeout(self._longest_wait_s):
                await self._places.acquire()
        except TimeoutError:
            raise Unavailable(_FULL) from None
        try:
            yield
        finally:
            self._places.release()

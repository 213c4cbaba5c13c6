"""Requests of one instant go into one transaction; whoever waits hears only after its commit."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

from api.intake.batch import Answer
from api.intake.messages import Message

log = logging.getLogger(__name__)

GATHER_S = 0.02  # a fifth of what a fix may take: half as many transactions for each doubling
MOST = 500  # messages a transaction

Keep = Callable[[Sequence[Message], datetime], list[Answer | None]]


class _Waiting(NamedTuple):
    message: Message
    answer: "asyncio.Future[Answer | None]"


class Gathering:
    """Gathers messages while the transaction before is under way, and `GATHER_S` more.

    Parameters
    ----------
    keep : callable
        Keeps some messages and returns when they are committed.
    clock : callable
        The wall clock.
    """

    def __init__(self, keep: Keep, clock: Callable[[], datetime]) -> None:
        self._keep, self._clock = keep, clock
        self._waiting: list[_Waiting] = []
        self._thread = ThreadPoolExecutor(1, "positions")
        self._task: asyncio.Task[None] | None = None

    async def take(self, message: Message) -> Answer | None:
        """Have a message kept; None where the routes must answer it, whatever went wrong here."""
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(message, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            if len(self._waiting) < MOST:
                await asyncio.sleep(GATHER_S)
            now, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            for one, answer in zip(now, await self._kept([w.message for w in now]), strict=True):
                if not one.answer.done():  # whoever asked may be gone
                    one.answer.set_result(answer)

    async def _kept(self, messages: list[Message]) -> list[Answer | None]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._keep, messages, self._clock())
        except Exception as error:
            log.warning("positions of %d requests go one by one: %s", len(messages), error)
            return [None] * len(messages)

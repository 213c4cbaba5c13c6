"""A rush waits in line; it never stands still."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Annotated

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request

from api.access.dependencies import place
from api.access.turnstile import Turnstile
from dispatch.errors import Unavailable

CONNECTIONS, AT_ONCE, PATIENCE_S = 20, 200, 600.0


def test_a_rush_of_requests_that_each_take_several_threads_and_a_connection_comes_to_an_end() -> None:
    connections = threading.BoundedSemaphore(CONNECTIONS)

    def connection(_: Annotated[None, Depends(place, scope="function")]) -> Iterator[None]:
        assert connections.acquire(timeout=PATIENCE_S)  # as a pool: whoever waits keeps a thread
        yield
        connections.release()

    def step(_: Annotated[None, Depends(connection, scope="function")]) -> None:
        """One more thread for a request that has its connection."""

    app = FastAPI()
    app.state.turnstile = Turnstile(longest_wait_s=PATIENCE_S)

    @app.get("/")
    def answer(request: Request, _: Annotated[None, Depends(step)]) -> str:
        return request.method

    async def rush() -> list[int]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x", timeout=None) as client:
            return [r.status_code for r in await asyncio.gather(*(client.get("/") for _ in range(AT_ONCE)))]

    assert asyncio.run(rush()) == [200] * AT_ONCE


def test_who_waits_too_long_is_sent_away_and_takes_nobodys_place() -> None:
    async def wait() -> None:
        gate = Turnstile(inside=1, longest_wait_s=0.01)
        async with gate.passed():
            with pytest.raises(Unavailable, match="try again"):
                async with gate.passed():
                    pytest.fail("there was no place")
        async with gate.passed():
            pass

    asyncio.run(wait())

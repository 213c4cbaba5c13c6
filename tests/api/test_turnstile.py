"""A rush waits in line; it never stands still."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Annotated

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient

from api.access.dependencies import place
from api.access.turnstile import CALM, Turnstile
from api.wiring import event_log
from dispatch.errors import Unavailable

CONNECTIONS, AT_ONCE = 20, 200


def test_a_rush_of_requests_that_each_take_several_threads_and_a_connection_comes_to_an_end() -> None:
    connections = threading.BoundedSemaphore(CONNECTIONS)

    def connection(_: Annotated[None, Depends(place, scope="function")]) -> Iterator[None]:
        assert connections.acquire(timeout=30)  # as a pool: whoever waits keeps a thread
        yield
        connections.release()

    def step(_: Annotated[None, Depends(connection, scope="function")]) -> None:
        """One more thread for a request that has its connection."""

    app = FastAPI()
    app.state.turnstile = Turnstile()

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


def test_it_is_calm_until_several_are_at_work_and_again_when_they_have_gone() -> None:
    async def fill() -> list[bool]:
        gate, seen = Turnstile(), []
        async with AsyncExitStack() as at_work:
            for _ in range(CALM + 1):
                seen.append(gate.is_calm)
                await at_work.enter_async_context(gate.passed())
            seen.append(gate.is_calm)
        return [*seen, gate.is_calm]

    assert asyncio.run(fill()) == [True] * (CALM + 1) + [False, True]


def test_in_a_rush_a_report_is_taken_without_its_forecast(client: TestClient, dispatcher: dict[str, str]) -> None:
    def report() -> str:
        told = {"text": "天河路体育西路口两车追尾", "channel": "telephone"}
        return str(client.post("/v1/reports", json=told, headers=dispatcher).raise_for_status().json()["id"])

    def is_foretold(incident: str) -> bool:
        with event_log() as log:
            return log.incident(incident).foreseen is not None

    calm = report()
    turnstile: Turnstile = client.app.state.turnstile  # type: ignore[attr-defined]
    turnstile._at_work += CALM
    busy = report()
    turnstile._at_work -= CALM
    assert (is_foretold(calm), is_foretold(busy)) == (True, False)

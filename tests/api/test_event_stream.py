"""A screen that opens a stream and never reads is let go of, and costs the others nothing."""

import socket
import time
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from service import served

from api.streams import event_stream
from api.streams.event_stream import EventStream

BIG = b"data: " + b"x" * 100_000 + b"\n\n"


def test_a_screen_that_never_reads_is_let_go_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(event_stream, "SLOWEST_S", 0.5)
    app, made, ended = FastAPI(), [], []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                made.append(1)
                yield BIG
        finally:
            ended.append(1)

    @app.get("/endless")
    async def stream() -> EventStream:
        return EventStream(endless())

    with served(app=app) as address, socket.socket() as screen:
        screen.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        screen.connect(("127.0.0.1", int(address.rpartition(":")[2])))
        screen.sendall(b"GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")
        for _ in range(1200):
            if ended:
                break
            time.sleep(0.1)
        assert ended
        assert len(made) < 200  # some megabytes that the operating system took, and no more
    assert "its stream was ended" in caplog.text
    assert "Traceback" not in caplog.text

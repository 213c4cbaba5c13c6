"""The real service on a loopback port, in a thread, on a database of its own."""

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import httpx2 as httpx
import uvicorn
from fastapi import FastAPI
from sse_starlette.sse import AppStatus

from api.main import create_app
from geo_data.cluster.server_programs import free_port

PASSWORD = "a long test password"


def quick_app(use: str) -> FastAPI:
    """The application anew, but for its table of routes, which is worked out once for each ``use``: that takes a third of a second.

    Nothing but the table is shared: state, middleware and overrides are those of a new one. Where two of one ``use`` are alive, the
    overrides of the later count.
    """
    made, known = create_app(), _known(use)
    known.dependency_overrides = made.dependency_overrides  # where its routes look
    made.router.routes = known.router.routes
    return made


@cache
def _known(use: str) -> FastAPI:
    return create_app()


@contextmanager
def served(port: int = 0, app: FastAPI | None = None) -> Iterator[str]:
    """Serve for the time of the block, on a free port unless one is named; yields the address."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = port or free_port()  # nobody who knocks while it is away may be given it as a port of their own
        listening.bind(("127.0.0.1", port))
        server = uvicorn.Server(
            uvicorn.Config(app or quick_app("served"), log_level="warning", lifespan="on", timeout_graceful_shutdown=2)
        )
        AppStatus.should_exit = False
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.handle_exit(signal.SIGTERM, None)  # as a signal would: open streams hear of it too
            thread.join(300)


@contextmanager
def signed_in(address: str, username: str) -> Iterator[httpx.Client]:
    """A client with a token."""
    with httpx.Client(base_url=address, timeout=120) as client:
        answer = client.post("/v1/session", json={"username": username, "password": PASSWORD})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client

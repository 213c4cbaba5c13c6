"""The real service on a loopback port, in a thread, on a database of its own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2 as httpx
import uvicorn

from api.main import create_app

PASSWORD = "a long test password"


@contextmanager
def served() -> Iterator[str]:
    """Serve for the time of the block; yields the address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        server = uvicorn.Server(
            uvicorn.Config(create_app(), log_level="warning", lifespan="on", timeout_graceful_shutdown=2)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def signed_in(address: str, username: str) -> Iterator[httpx.Client]:
    """A client with a token."""
    with httpx.Client(base_url=address, timeout=20) as client:
        answer = client.post("/v1/session", json={"username": username, "password": PASSWORD})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        yield client

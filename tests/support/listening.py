"""Hearing the live stream as a screen does."""

import json
import threading
import time
from typing import Any

import httpx2 as httpx

from api.routes import health

PATIENCE_S = 300.0  # a guard, not a promise


class Listener:
    """Reads a stream in a thread and keeps what it heard."""

    def __init__(self, client: httpx.Client) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.news = threading.Condition()
        self._client = client
        self._over = False
        self.thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> "Listener":
        wait_for_the_feed(self._client)
        self.thread.start()
        self.wait_for(lambda: any(kind == "hello" for kind, _ in self.heard))
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True  # the next heartbeat ends the reading
        self.thread.join(PATIENCE_S)

    def _read(self) -> None:
        with self._client.stream("GET", "/v1/live", timeout=None) as stream:
            kind = ""
            for line in stream.iter_lines():
                if self._over:
                    return
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    with self.news:
                        self.heard.append((kind, json.loads(line.removeprefix("data: "))))
                        self.news.notify_all()

    def wait_for(self, condition: Any, *, seconds: float = PATIENCE_S) -> None:
        with self.news:
            assert self.news.wait_for(condition, seconds), f"not heard within {seconds} s"

    def versions(self) -> dict[str, int]:
        incidents = [data for kind, data in self.heard if kind == "incident"]
        return {i["id"]: max(j["version"] for j in incidents if j["id"] == i["id"]) for i in incidents}


def wait_for_the_feed(client: httpx.Client) -> None:
    """Wait until a service of this process hears the database: whoever listened before is cut off then, for it may have missed something."""
    limit_s = time.monotonic() + PATIENCE_S
    while not parts_of(client)["live"]["ok"]:
        assert time.monotonic() < limit_s, "the live feed does not hear the database"
        time.sleep(0.02)


def parts_of(client: httpx.Client) -> dict[str, Any]:
    """What is said of each part's readiness, looked at anew."""
    health._kept.clear()
    parts: dict[str, Any] = client.get("/ready").json()["parts"]
    return parts

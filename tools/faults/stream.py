"""Following the live stream as js/live.js does: silence is a loss, and each opening fetches anew what is shown."""

import json
import threading
import time
from typing import Any, Protocol

import httpx2 as httpx

AGAIN_S = 0.5


class Ears(Protocol):
    """What is done with what is heard."""

    def opened(self) -> None:
        """The stream is open: what it says is fresher than what is fetched from now on."""

    def fetch(self) -> bool:
        """Fetch what is shown; whether that worked."""

    def hear(self, kind: str, data: Any) -> None:
        """One message."""


class Stream:
    """A thread that follows until told to stop; ``silence_s`` is what the page takes for a loss."""

    def __init__(self, address: str, token: str, ears: Ears, silence_s: float) -> None:
        self._address, self._ears, self._silence_s = address, ears, silence_s
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
        self._over = False
        self._lost = False
        self.openings = 0
        self.longest_silence_s = 0.0
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def leave(self) -> None:
        """End at the next heartbeat; `stop` waits for that."""
        self._over = True

    def stop(self) -> None:
        """Leave, and wait until it has ended."""
        self.leave()
        self._thread.join(2 * self._silence_s)

    def _follow(self) -> None:
        patience = httpx.Timeout(self._silence_s)
        with httpx.Client(base_url=self._address, headers=self._headers, timeout=patience, trust_env=False) as client:
            while not self._over:
                try:
                    with client.stream("GET", "/v1/live") as stream:
                        if stream.status_code == 200:
                            self._read(stream)
                except httpx.HTTPError:
                    pass
                time.sleep(0 if self._over else AGAIN_S)

    def _read(self, stream: httpx.Response) -> None:
        self._lost, kind, heard_s = False, "", time.monotonic()
        for line in stream.iter_lines():
            if self._over or self._lost:
                return
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                self.longest_silence_s = max(self.longest_silence_s, time.monotonic() - heard_s)
                heard_s = time.monotonic()
                self._take(kind, json.loads(line.removeprefix("data: ")))

    def _take(self, kind: str, data: Any) -> None:
        if kind != "hello":
            self._ears.hear(kind, data)
            return
        self.openings += 1
        self._ears.opened()
        threading.Thread(target=self._welcome, daemon=True).start()

    def _welcome(self) -> None:
        if not self._ears.fetch():
            self._lost = True

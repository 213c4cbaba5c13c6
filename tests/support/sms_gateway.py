"""A text-message gateway on the loopback: it checks signatures, keeps what came, and sends each client id once."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "a key for tests"


@dataclass
class SmsReplay:
    """``answers`` are given one after another, each a status and a code; then OK. ``sent`` is what people would get."""

    url: str = ""
    answers: list[tuple[int, str]] = field(default_factory=list)
    came: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)


@contextmanager
def sms_gateway() -> Iterator[SmsReplay]:
    """A gateway that answers ``SmsReplay.answers``."""
    replay = SmsReplay()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signed = hmac.new(KEY.encode(), body, sha256).hexdigest()
            if not hmac.compare_digest(signed, self.headers.get("X-Signature", "")):
                return self._answer(403, "SIGNATURE")
            said = json.loads(body)
            replay.came.append(said)
            status, code = replay.answers.pop(0) if replay.answers else (200, "OK")
            if code == "OK":
                code = "DUPLICATE" if said["client_id"] in replay.sent else "OK"
                replay.sent.setdefault(said["client_id"], said)
            return self._answer(status, code)

        def _answer(self, status: int, code: str) -> None:
            body = json.dumps({"code": code}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        replay.url = f"http://127.0.0.1:{server.server_port}/sms"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield replay
        finally:
            server.shutdown()

"""A push service on the loopback, and a browser that can read what it is sent: real HTTP, real encryption."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUTH = bytes(range(16))


@dataclass
class Push:
    """One message as the service got it."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """What came in, and what it answers: 201, unless ``answers`` holds others for a path, used up one by one."""

    address: str = ""
    came: list[Push] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)


class Browser:
    """A browser with its keys."""

    def __init__(self, service: PushService, name: str = "phone") -> None:
        self.endpoint = f"{service.address}/{name}"
        self._key = ec.generate_private_key(ec.SECP256R1())

    def subscription(self) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": base64url(point), "auth": base64url(AUTH)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, push: Push) -> dict[str, Any]:
        """Decrypt a message, as the browser would."""
        plain = http_ece.decrypt(push.body, private_key=self._key, auth_secret=AUTH, version="aes128gcm")
        said: dict[str, Any] = json.loads(plain)
        return said


def base64url(raw: bytes) -> str:
    """Without padding, as browsers write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def push_service() -> Iterator[PushService]:
    """Serve for the time of the block."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.came.append(Push(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            left = service.answers.get(self.path, [])
            status = left.pop(0) if left else 201
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{service.address}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()

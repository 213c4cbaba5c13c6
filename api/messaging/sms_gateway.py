"""Text messages by a gateway that takes a signed JSON POST with a template's id and its parameters."""

import hmac
import json
import time
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_hex
from urllib.parse import urlsplit

import httpx2
from pydantic import SecretStr

from dispatch.errors import InvalidInput
from dispatch.message import Came, Outcome, Outgoing

LIMIT_S = 5.0
LARGEST_ANSWER = 64 * 1024
DONE = ("OK", "DUPLICATE")  # a repeat of a client_id that the gateway has sent already
BUSY = ("BUSY", "LIMIT")


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """A `dispatch.message.Channel`.

    It posts ``{"phone", "sign", "template", "params", "client_id", "timestamp", "nonce"}``; the header ``X-Signature`` is
    the HMAC-SHA256 of the body in hexadecimal. The answer is ``{"code": "OK" | "DUPLICATE" | "BUSY" | "LIMIT" | …}``.

    Raises
    ------
    InvalidInput
        For an address that is not https, and not on this machine either.
    """

    url: str
    key: SecretStr
    sign: str
    transport: httpx2.HTTPTransport = field(default_factory=httpx2.HTTPTransport)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise InvalidInput("GZ_SMS_URL must be https: telephone numbers travel there.")

    def send(self, message: Outgoing) -> Outcome:
        """Post one message; no reason given holds the number."""
        if not message.to:
            return Outcome(Came.NOBODY)
        body = self._body(message)
        signature = hmac.new(self.key.get_secret_value().encode(), body, sha256).hexdigest()
        request = httpx2.Request(
            "POST",
            self.url,
            content=body,
            headers={"Content-Type": "application/json; charset=utf-8", "X-Signature": signature},
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), LIMIT_S)},
        )
        try:
            response = self.transport.handle_request(request)
            return came(response.status_code, _read(response))
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            return Outcome(Came.LATER, f"gateway not reached ({type(error).__name__})")

    def _body(self, message: Outgoing) -> bytes:
        said = {
            "phone": message.to,
            "sign": self.sign,
            "template": message.template,
            "params": dict(message.params),
            "client_id": message.id,
            "timestamp": int(time.time()),
            "nonce": token_hex(8),
        }
        return json.dumps(said, ensure_ascii=False).encode()


def came(status: int, body: bytes) -> Outcome:
    """What an answer means; an answer that nobody understands may have been a message sent: the same id is tried again."""
    if status == 429 or status >= 500:
        return Outcome(Came.LATER, f"gateway answered {status}")
    if not 200 <= status < 300:
        return Outcome(Came.REFUSED, f"gateway answered {status}")
    try:
        code = str(json.loads(body)["code"]).upper()
    except (ValueError, KeyError, TypeError, RecursionError):
        return Outcome(Came.LATER, "gateway's answer was not understood")
    if code in DONE:
        return Outcome(Came.THERE)
    told = code if code.isascii() and code.replace("_", "").replace(".", "").isalpha() else "another code"
    return Outcome(Came.LATER if code in BUSY else Came.REFUSED, f"gateway said {told[:40]}")


def _read(response: httpx2.Response) -> bytes:
    """The body, as far as an honest one is long, within the time limit."""
    body, until = b"", time.monotonic() + LIMIT_S
    try:
        for part in response.iter_bytes():
            body += part
            if len(body) > LARGEST_ANSWER or time.monotonic() > until:
                return b""
        return body
    finally:
        response.close()

"""The door of positions, before the framework: what is plain is gathered and answered here, all else goes on to the routes.

A thousand positions a second come one a request. The routes take some milliseconds of processor for each, most of it
framework and a transaction of its own; here it is a tenth. What the door does not understand, does not know or may not
take it passes on as it came: how a mistake is answered is said in the routes alone.
"""

import json
from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.dependencies import token_of
from api.access.idempotency import HEADER
from api.forms.bounded_body import heard_again
from api.health.database_watch import watch
from api.intake import messages
from api.intake.batch import Answer, keep
from api.intake.gathering import Gathering

POSITIONS, OSMAND = "/v1/positions", "/v1/osmand"
MOST_BYTES = 16 * 1024  # some eighty fixes; longer lists go to the route
HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]


class PositionsDoor:
    """An ASGI middleware for positions.

    Parameters
    ----------
    app : ASGIApp
    clock : callable
        The wall clock.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._gathering = Gathering(keep, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if not _is_ours(scope):
            await self._app(scope, receive, send)
            return
        heard: list[Message] = []
        body = await _body(receive, heard)
        message = _message(Request(scope), body) if body is not None else None
        answer = await self._gathering.take(message) if message is not None else None
        if answer is None:
            await self._app(scope, heard_again(heard, receive), send)
            return
        told = _told(answer)
        headers = [*HEADERS, (b"content-length", str(len(told)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": told})


def _is_ours(scope: Scope) -> bool:
    if scope["type"] != "http" or watch.away_since is not None:
        return False
    path, method = scope["path"], scope["method"]
    if path == OSMAND:
        return method in ("GET", "POST")
    return path == POSITIONS and method == "POST" and not any(n == HEADER.lower().encode() for n, _ in scope["headers"])


async def _body(receive: Receive, heard: list[Message]) -> bytes | None:
    """The body; None where it is long or breaks off. All that was heard is kept for the routes."""
    body = bytearray()
    while True:
        part = await receive()
        heard.append(part)
        if part["type"] != "http.request":
            return None
        body += part.get("body", b"")
        if len(body) > MOST_BYTES:
            return None
        if not part.get("more_body", False):
            return bytes(body)


def _message(request: Request, body: bytes) -> messages.Message | None:
    if request.url.path == POSITIONS:
        return messages.of_account(token_of(request), body)
    return messages.of_device(request.url.query, body, request.headers.get("Content-Type", ""))


def _told(answer: Answer) -> bytes:
    """As `FixesOut`."""
    refused = [{"unit_id": f.unit_id, "at": f.at.isoformat(), "reason": reason} for f, reason in answer if reason]
    told = {"taken": len(answer) - len(refused), "refused": refused}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

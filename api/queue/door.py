"""Where reports come in, they go into the queue while the database is away; and so does what a report is written with.

A request goes its usual way first. Only where the database is known to be away, or the usual way ends without one, the
same request goes to the route of `api.routes.queue` instead: nothing was recorded then, or it is found by its key.
"""

from contextlib import suppress
from uuid import UUID, uuid4

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import AWAY_HEADER, too_long
from api.forms.bounded_body import bounded_body, heard_again, said
from api.health.database_watch import watch
from api.queue.queued import Source
from api.queue.taking import queue
from dispatch.errors import InvalidInput

KEY = b"idempotency-key"
MOST_BYTES = 1_000_000
REPORTS = {"/v1/reports": Source.CONSOLE, "/v1/caller/reports": Source.CALLER}
INSTEAD = {
    ("POST", "/v1/reports"): "/v1/queue/reports",
    ("POST", "/v1/caller/reports"): "/v1/queue/caller-reports",
    ("GET", "/v1/geocode"): "/v1/queue/geocode",
    ("GET", "/v1/geocode/reverse"): "/v1/queue/geocode/reverse",
}


class QueueDoor:
    """Leads requests to the queue where there is no database."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        path = scope.get("path", "")
        instead = INSTEAD.get((scope.get("method", ""), path)) if scope["type"] == "http" else None
        if instead is None:
            await self._app(scope, receive, send)
            return
        body = await _body(scope, receive)
        if body is None:
            await too_long()(scope, receive, send)
            return
        source = REPORTS.get(path)
        if source is Source.CONSOLE:
            _give_key(scope)
        if watch.away_since is None and not await run_in_threadpool(_waits, source, scope):
            held = _Held(send)
            await self._app(scope, heard_again([said(body)], receive), held.send)
            if not held.is_away:
                return
        inside = {**scope, "path": instead, "raw_path": instead.encode()}
        await self._app(inside, heard_again([said(body)], receive), send)
        scope["route"] = inside.get("route")  # whoever watches from outside is told which it was


class _Held:
    """Passes an answer on, unless it says that there is no database."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_away = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_away = any(name == AWAY_HEADER for name, _ in message["headers"])
        if not self.is_away:
            await self._send(message)


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    try:
        return await bounded_body(Request(scope, receive), MOST_BYTES, heard_out=4)
    except InvalidInput:
        return b""  # broke off on the way: nobody hears an answer


def _give_key(scope: Scope) -> None:
    """Give a key to a report that has none, so that its second way finds what its first may have done."""
    if not any(name == KEY for name, _ in scope["headers"]):
        scope["headers"] = [*scope["headers"], (KEY, str(uuid4()).encode())]


def _waits(source: Source | None, scope: Scope) -> bool:
    if source is None:
        return False
    key = next((value for name, value in scope["headers"] if name == KEY), b"").decode("latin-1")
    if source is Source.CONSOLE:
        with suppress(ValueError):
            key = str(UUID(key))  # as it is kept
    return queue().is_waiting(source, key)

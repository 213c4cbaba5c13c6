"""Around every request: its id, its line in the log, its numbers, its span, and an answer where it failed for want of care."""

import logging
import time
from collections.abc import Callable
from functools import cache

from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observing import asked, metrics, tracing

log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset(
    {"/health", "/ready", "/metrics", "/assets", "/vendor/{package}", "/v1/positions", "/v1/osmand"}
)  # asked every few seconds, by every unit, or many a page: counted, and logged where refused
NOWHERE = "none"


class _Answer:
    """What was answered: its status, and when it began."""

    def __init__(self, request_id: str, send: Send) -> None:
        self._request_id, self._send = request_id, send
        self.status = 0
        self.is_stream = False
        self.began_at_s = 0.0

    async def tell(self, message: Message) -> None:
        """Send on, with the request's id among the headers."""
        if message["type"] == "http.response.start":
            self.status, self.began_at_s = message["status"], time.perf_counter()
            headers = MutableHeaders(scope=message)
            headers[asked.HEADER] = self._request_id
            self.is_stream = headers.get("content-type", "").startswith("text/event-stream")
        await self._send(message)


class Observed:
    """The outermost layer.

    Parameters
    ----------
    app : ASGIApp
    internal : callable
        Makes the answer to a request that failed through a mistake of ours; its trace goes to the log, once.
    """

    def __init__(self, app: ASGIApp, internal: Callable[[], ASGIApp]) -> None:
        self._app, self._internal = app, internal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        known = asked.begin(headers.get(asked.HEADER, ""))
        answer = _Answer(known.request_id, send)
        began_s = time.perf_counter()
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        with tracing.span(method, kind=SpanKind.SERVER, within=tracing.caller_of(headers)) as span:
            try:
                await self._app(scope, receive, answer.tell)
            except Exception as error:
                log.exception("unexpected")
                tracing.failed(span, error)
                if not answer.status:
                    await self._internal()(scope, receive, answer.tell)
            finally:
                route = route_of(scope)
                span.update_name(f"{method} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": answer.status})
                _note(method, route, answer, began_s)


def route_of(scope: Scope) -> str:
    """The template of the route that answered; of a mounted folder its name, of nothing `NOWHERE`."""
    template = getattr(scope.get("route"), "path", None)
    if template is not None:
        return str(template)
    root = scope.get("root_path", "")
    if root.startswith("/vendor/"):
        return "/vendor/{package}"
    return "/assets" if root.startswith("/assets") else NOWHERE


@cache
def _series(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """The series of a kind of request; looking one up by its labels costs more than counting."""
    return metrics.requests.labels(route, method, str(status)), metrics.request_s.labels(route, method)


def _note(method: str, route: str, answer: _Answer, began_s: float) -> None:
    """Count a request and write its line; one cut off before any answer has status 499."""
    status = answer.status or 499
    ended_s = time.perf_counter()
    counted, timed = _series(route, method, status)
    counted.inc()
    timed.observe((answer.began_at_s if answer.is_stream else ended_s) - began_s)
    level = logging.DEBUG if route in QUIET and status < 400 else logging.INFO
    if log.isEnabledFor(level):
        seen = {"method": method, "route": route, "status": status, "duration_ms": round(1000 * (ended_s - began_s), 1)}
        log.log(level, "request", extra=seen)

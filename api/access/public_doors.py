"""Doors that open without signing in: how often, how much, and what browsers may keep."""

from datetime import datetime
from typing import Annotated, NoReturn

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import wiring
from api.access.dependencies import Now
from api.access.knocking import address_of, too_often
from api.access.local_knocks import LocalKnocks
from api.errors import too_long
from api.forms.bounded_body import bounded_body, heard_again, said
from api.health.database_watch import watch
from api.own_database import knocks
from dispatch.errors import InvalidInput
from geo_data.database import DatabaseAway, transaction
from geo_data.stores.knocks import EVERYBODY, Knock, count, someone

PRIVATE = ("/case/", "/v1/cases/")  # paths that hold a token
PRIVATE_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
SMALL_BODIES = ("/v1/cases/", "/v1/caller/")
BOUNDED_BY_THEMSELVES = "/photos"
MOST_BYTES = 32_768
MOST_OF_OTHERS = 4_000_000  # the longest list of positions or road conditions is a quarter of it
HEARD_OUT = 4  # times so much: whoever sends a little too much hears why
WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_local = LocalKnocks()


def _refuse(knock: Knock, now: datetime) -> NoReturn:
    rules = wiring.policy().caller
    call = f"请直接拨打 {rules.telephone}。" if rules.telephone else ""
    raise too_often(
        knock, now, f"请求过于频繁,请 {{minutes}} 分钟后再试。{call}(Too many requests: wait, or telephone.)"
    )


def _knock(request: Request, door: str, most: int, now: datetime) -> None:
    """Count this address at a door; raises 429 where it knocks too often."""
    who = someone(address_of(request), wiring.secret())
    knock = _count(door, who, now, wiring.policy().caller.limit_window_s)
    if knock.n > most:
        _refuse(knock, now)


def _count(door: str, who: bytes, now: datetime, window_s: float) -> Knock:
    """Count for all processes; while the database is away, for this one."""
    try:
        watch.check()
        with transaction(knocks.engine()) as connection:
            return count(connection, door, who, now, window_s)
    except DatabaseAway:
        return _local.count(door, who, now, window_s)


def report_door(request: Request, now: datetime) -> None:
    """Let a new report in: by address first, so that one address cannot use up what all have together."""
    rules = wiring.policy().caller
    _knock(request, "report", rules.reports_per_address, now)
    together = _count("report", EVERYBODY, now, rules.limit_window_s)
    if together.n > rules.reports_in_all:
        _refuse(together, now)


def other_door(request: Request, now: Now) -> None:
    """Let any other request in that writes or looks up a place."""
    _knock(request, "other", wiring.policy().caller.requests_per_address, now)


OtherDoor = Annotated[None, Depends(other_door, scope="function")]


class Doorman:
    """Bounds all bodies, those of strangers tightly, and marks what opens with a token as private, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope.get("path", "")
        tell = _marked(send) if path.startswith(PRIVATE) else send
        if scope["method"] not in WITH_BODY or path.endswith(BOUNDED_BY_THEMSELVES):
            await self._app(scope, receive, tell)
            return
        most_bytes = MOST_BYTES if path.startswith(SMALL_BODIES) else MOST_OF_OTHERS
        try:
            body = await bounded_body(Request(scope, receive), most_bytes, heard_out=HEARD_OUT)
        except InvalidInput:
            return  # broke off on the way: nobody hears an answer
        if body is None:
            await too_long()(scope, receive, tell)
            return
        await self._app(scope, heard_again([said(body)], receive), tell)


def _marked(send: Send) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in PRIVATE_HEADERS.items():
                headers[name] = value
        await send(message)

    return tell

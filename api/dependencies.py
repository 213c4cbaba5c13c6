"""What a route may ask for: one transaction, a desk on it, and who is asking."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from sqlalchemy import Connection

from api import accounts, security, wiring
from api.access import doors
from api.security import Account, Seat
from api.settings import settings
from dispatch.desk import Desk
from dispatch.errors import NotAllowed
from geo_data.database import transaction
from geo_data.principal import NOBODY, assume

REFUSED = "当前账号无此权限。(Your role may not do this.)"


def now() -> datetime:
    """The wall clock; tests put another in its place."""
    return datetime.now(UTC)


def token_of(request: Request) -> str:
    """The token of a request: from the header, else from the cookie, else empty."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else request.cookies.get(security.COOKIE, "")


def connection(request: Request) -> Iterator[Connection]:
    """One request, one transaction, of whoever asks from its first statement on; committed before the answer leaves."""
    name = security.bearer_of(token_of(request), wiring.secret()) if token_of(request) else None
    with transaction(wiring.database()) as open_connection:
        if name is None:
            assume(open_connection, NOBODY)
        request.state.account = accounts.enter_as(open_connection, name) if name else None
        yield open_connection


def address_of(request: Request) -> str:
    """Where this service is reached from outside, without a last slash: as the settings say, else as it was asked."""
    return str(settings().public_url or request.base_url).rstrip("/")


Now = Annotated[datetime, Depends(now)]
Transaction = Annotated[Connection, Depends(connection, scope="function")]


def ground(transaction: Transaction, now: Now) -> wiring.Ground:
    """Roads as they are now, places and policy."""
    return wiring.live_ground(transaction, now)


Ground = Annotated[wiring.Ground, Depends(ground, scope="function")]


def desk(on: Ground, transaction: Transaction) -> Desk:
    """A desk inside the request's transaction."""
    return on.live_desk(transaction)


LiveDesk = Annotated[Desk, Depends(desk, scope="function")]


def visitor(request: Request, _: Transaction) -> Account | None:
    """Who is asking; None when not signed in."""
    found: Account | None = request.state.account
    return found


def account(request: Request, who: Annotated[Account | None, Depends(visitor, scope="function")]) -> Account:
    """Who is asking; 401 when not signed in, refused where the table of doors does not let them in."""
    if who is None:
        raise HTTPException(401, "请先登录。(Sign in first: POST /v1/session.)")
    if not doors.open_to(who.seat, request):
        raise NotAllowed(REFUSED)
    return who


SignedIn = Annotated[Account, Depends(account, scope="function")]


def only(*seats: Seat) -> Callable[[Account], Account]:
    """Make a dependency that lets only ``seats`` in."""

    def check(who: SignedIn) -> Account:
        if who.seat not in seats:
            raise NotAllowed(REFUSED)
        return who

    return check


Dispatcher = Annotated[Account, Depends(only("dispatcher"), scope="function")]
Reader = Annotated[Account, Depends(only("dispatcher", "manager", "auditor"), scope="function")]

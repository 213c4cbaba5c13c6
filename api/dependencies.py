"""What a route may ask for: one transaction, a desk on it, and who is asking."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from sqlalchemy import Connection

from api import accounts, security, wiring
from api.outage import watch
from api.security import Account, AccountRole
from api.settings import settings
from dispatch.desk import Desk
from dispatch.errors import NotAllowed
from geo_data.database import transaction


def now() -> datetime:
    """The wall clock; tests put another in its place."""
    return datetime.now(UTC)


def connection() -> Iterator[Connection]:
    """One request, one transaction; it is committed before the answer leaves. Refused at once while the database is away."""
    watch.check()
    with transaction(wiring.database()) as open_connection:
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


def token_of(request: Request) -> str:
    """The token of a request: from the header, else from the cookie, else empty."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else request.cookies.get(security.COOKIE, "")


def visitor(request: Request, transaction: Transaction) -> Account | None:
    """Who is asking; None when not signed in."""
    name = security.bearer_of(token_of(request), wiring.secret())
    return accounts.find(transaction, name) if name else None


def remembered(request: Request) -> Account:
    """Who was signed in, by the token alone: for the queue of reports while no database can be asked; 401 for a stranger."""
    who = security.remembered(token_of(request), wiring.secret())
    if who is None:
        raise HTTPException(401, "请先登录。(Sign in first: POST /v1/session.)")
    return who


def account(who: Annotated[Account | None, Depends(visitor, scope="function")]) -> Account:
    """Who is asking; 401 when not signed in."""
    if who is None:
        raise HTTPException(401, "请先登录。(Sign in first: POST /v1/session.)")
    return who


SignedIn = Annotated[Account, Depends(account, scope="function")]


def only(*roles: AccountRole) -> Callable[[Account], Account]:
    """Make a dependency that lets only ``roles`` in."""

    def check(who: SignedIn) -> Account:
        if who.role not in roles:
            raise NotAllowed("当前账号无此权限。(Your role may not do this.)")
        return who

    return check


Remembered = Annotated[Account, Depends(remembered, scope="function")]
Dispatcher = Annotated[Account, Depends(only("dispatcher"), scope="function")]
Reader = Annotated[Account, Depends(only("dispatcher", "manager"), scope="function")]

"""Sessions of the service: begun at a sign-in, looked at with every request (docs/sign-in.md)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Request, Response
from fastapi.requests import HTTPConnection
from sqlalchemy import Connection

from api import wiring
from api.credentials import security
from api.credentials.device_kind import DeviceKind
from api.credentials.security import Account, Bearer
from api.settings import settings
from geo_data.principal import NOBODY, as_owner, assume
from geo_data.stores import session_store

BY_PASSWORD = "password"  # noqa: S105  (a way to sign in; the other is "company")


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is signed in, by which session, when that ends at the latest, and whether a password began it."""

    account: Account
    session: UUID
    until: datetime
    by_password: bool


def begin(connection: Connection, who: Account, now: datetime, *, way: str, device: DeviceKind | None = None) -> str:
    """Begin a session and return its token; whoever's transaction it is."""
    lasting = timedelta(hours=settings().session_h)
    # A surveyor's phone sleeps in a pocket for hours.
    idle = lasting if who.seat == "surveyor" else timedelta(minutes=settings().session_idle_min)
    with as_owner(connection):
        session = session_store.begin(connection, who.username, now, lasting, idle, way, device)
    return security.sign(Bearer(who.username, session, who.seat), wiring.secret())


def end(connection: Connection, present: Present, now: datetime) -> None:
    """End a session; whoever's transaction it is."""
    with as_owner(connection):
        session_store.end(connection, present.session, present.account.username, now)


def enter(connection: Connection, token: str, now: datetime) -> Present | None:
    """Let the transaction, the owner's still, be whom a token stands for while account and session live; else nobody's."""
    named = security.bearer_of(token, wiring.secret()) if token else None
    row = session_store.enter(connection, named.session, now) if named else None
    if row is None:
        assume(connection, NOBODY)
        return None
    return Present(Account.of(row), row.id, row.until, row.way == BY_PASSWORD)


def present_all(connection: Connection, tokens: Collection[str], now: datetime) -> dict[str, Account]:
    """Whom some tokens stand for, in one question of the owner's; using them so keeps no session awake."""
    secret = wiring.secret()
    named = {token: bearer.session for token in tokens if (bearer := security.bearer_of(token, secret))}
    living = session_store.living(connection, set(named.values()), now)
    return {token: Account.of(living[session]) for token, session in named.items() if session in living}


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Let a browser keep the token where no script and no other site reaches it."""
    response.set_cookie(
        security.COOKIE,
        token,
        max_age=int(settings().session_h * 3600),
        httponly=True,
        samesite="strict",
        secure=is_secure(request),
    )


def is_secure(request: HTTPConnection) -> bool:
    """Whether browsers reach us by https: as asked, or as the settings say where a proxy stands before us."""
    return request.url.scheme == "https" or (settings().public_url or "").startswith("https://")

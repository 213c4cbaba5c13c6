"""Sessions of the service: begun at a sign-in, looked at with every request (docs/sign-in.md)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import Connection

from api import accounts, security, wiring
from api.security import Account, Bearer
from api.settings import settings
from geo_data import session_store
from geo_data.session_store import Session


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is signed in, and by which session."""

    account: Account
    session: Session


def begin(connection: Connection, who: Account, now: datetime, *, way: str) -> str:
    """Begin a session and return its token."""
    lasting = timedelta(hours=settings().session_h)
    session = session_store.begin(connection, who.username, now, lasting, way)
    return security.sign(Bearer(who.username, session), wiring.secret())


def present(connection: Connection, token: str, now: datetime) -> Present | None:
    """Who a token stands for, while account and session live; using it keeps the session awake."""
    named = security.bearer_of(token, wiring.secret())
    session = session_store.find(connection, named.session) if named else None
    who = accounts.find(connection, session.account) if session else None
    if session is None or who is None or not session.is_alive(now, _idle(who)):
        return None
    session_store.touch(connection, session, now)
    return Present(who, session)


def present_all(connection: Connection, tokens: Collection[str], now: datetime) -> dict[str, Account]:
    """Whom some tokens stand for, as `present` has it, in two questions; using them so keeps no session awake."""
    secret = wiring.secret()
    named = {token: bearer for token in tokens if (bearer := security.bearer_of(token, secret))}
    living = session_store.find_all(connection, {bearer.session for bearer in named.values()})
    known = accounts.find_all(connection, {session.account for session in living.values()})
    found: dict[str, Account] = {}
    for token, bearer in named.items():
        session = living.get(bearer.session)
        who = known.get(session.account) if session else None
        if session and who and session.is_alive(now, _idle(who)):
            found[token] = who
    return found


def _idle(who: Account) -> timedelta:
    """How long a silence ends the session: a surveyor's phone sleeps in a pocket for hours."""
    minutes = settings().session_h * 60 if who.role == "surveyor" else settings().session_idle_min
    return timedelta(minutes=minutes)


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


def is_secure(request: Request) -> bool:
    """Whether browsers reach us by https: as asked, or as the settings say where a proxy stands before us."""
    return request.url.scheme == "https" or (settings().public_url or "").startswith("https://")

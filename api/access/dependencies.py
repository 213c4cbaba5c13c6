"""What a route may ask for: one transaction, a desk on it, and who is asking.

What only looks at what is there already is ``async``: the framework would give anything else a thread.
"""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, HTTPException, Request
from sqlalchemy import Connection

from api import wiring
from api.access import doors, sessions
from api.access.same_site import READING
from api.access.sessions import Present
from api.access.turnstile import Turnstile
from api.credentials import security
from api.credentials.security import Account, Bearer, Seat
from api.health.database_watch import watch
from api.observing import asked
from api.settings import settings
from dispatch.desk import Desk
from dispatch.errors import NotAllowed
from dispatch.foretelling import to_be_foretold
from geo_data.database import transaction

REFUSED = "当前账号无此权限。(Your role may not do this.)"


def now() -> datetime:
    """The wall clock; tests put another in its place."""
    return datetime.now(UTC)


Now = Annotated[datetime, Depends(now)]


def token_of(request: Request) -> str:
    """The token of a request: from the header, else from the cookie, else empty."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else request.cookies.get(security.COOKIE, "")


async def place(request: Request) -> AsyncIterator[None]:
    """A place among the requests at work, kept until the transaction has ended."""
    turnstile: Turnstile = request.app.state.turnstile
    async with turnstile.passed():
        yield


def connection(
    request: Request, now: Now, _: Annotated[None, Depends(place, scope="function")]
) -> Iterator[Connection]:
    """One request, one transaction, of whoever asks from its first statements on; committed before the answer leaves.

    Refused at once while the database is away.
    """
    watch.check()
    with transaction(wiring.database()) as open_connection:
        who = sessions.enter(open_connection, token_of(request), now)
        if who is not None:
            asked.note_account(who.account.username)
        request.state.present = who
        yield open_connection


def address_of(request: Request) -> str:
    """Where this service is reached from outside, without a last slash: as the settings say, else as it was asked."""
    return str(settings().public_url or request.base_url).rstrip("/")


Transaction = Annotated[Connection, Depends(connection, scope="function")]


def ground(transaction: Transaction, now: Now) -> wiring.Ground:
    """Roads as they are now, places and policy."""
    return wiring.live_ground(transaction, now)


Ground = Annotated[wiring.Ground, Depends(ground, scope="function")]


def desk(request: Request, on: Ground, transaction: Transaction) -> Desk:
    """A desk inside the request's transaction."""
    return on.live_desk(transaction, holding=request.method not in READING)


LiveDesk = Annotated[Desk, Depends(desk, scope="function")]


def case_desk(on: Ground, transaction: Transaction) -> Desk:
    """A desk for callers: it holds no case while a stranger's photograph is looked at; their words are tried again anyway."""
    return on.live_desk(transaction)


CaseDesk = Annotated[Desk, Depends(case_desk, scope="function")]


async def intake_desk(desk: LiveDesk) -> Desk:
    """The desk for a report: it leaves the forecast, most of the work, to `api.service.keeping_foretold`."""
    return to_be_foretold(desk)


IntakeDesk = Annotated[Desk, Depends(intake_desk, scope="function")]


async def present(request: Request, _: Transaction) -> Present | None:
    """Who is asking, and by which session; None when not signed in."""
    found: Present | None = request.state.present
    return found


PerhapsPresent = Annotated[Present | None, Depends(present, scope="function")]


async def visitor(who: PerhapsPresent) -> Account | None:
    """Who is asking; None when not signed in."""
    return who.account if who else None


async def account(request: Request, who: Annotated[Account | None, Depends(visitor, scope="function")]) -> Account:
    """Who is asking; see `let_in`."""
    return let_in(who, request)


Asker = TypeVar("Asker", bound=Account | Bearer)


def let_in(who: Asker | None, request: Request) -> Asker:
    """Whoever asks; 401 when not signed in, refused where the table of doors does not let them in."""
    if who is None:
        raise HTTPException(401, "请先登录。(Sign in first: POST /v1/session.)")
    if not doors.open_to(who.seat, request):
        raise NotAllowed(REFUSED)
    return who


SignedIn = Annotated[Account, Depends(account, scope="function")]


async def by_session(request: Request, found: PerhapsPresent) -> Present:
    """Who is asking, and by which session; see `let_in`."""
    let_in(found.account if found else None, request)
    return cast(Present, found)


InSession = Annotated[Present, Depends(by_session, scope="function")]


def only(*seats: Seat) -> Callable[[Account], Coroutine[Any, Any, Account]]:
    """Make a dependency that lets only ``seats`` in."""

    async def check(who: SignedIn) -> Account:
        if who.seat not in seats:
            raise NotAllowed(REFUSED)
        return who

    return check


Dispatcher = Annotated[Account, Depends(only("dispatcher"), scope="function")]
Reader = Annotated[Account, Depends(only("dispatcher", "manager", "auditor"), scope="function")]

"""Signing in and out, and what this service is."""

from importlib.metadata import version

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from api import wiring
from api.access import company_sign_in, sessions
from api.access.dependencies import Now, PerhapsPresent, SignedIn, Transaction, token_of
from api.access.sign_in_door import Attempt
from api.credentials import accounts, security
from api.credentials.device_kind import kind_of
from api.credentials.security import Account
from api.forms.schemas import LogInIn, NetworkOut, SessionOut
from api.settings import settings
from api.views import views

router = APIRouter(prefix="/v1", tags=["session"])


class MetaOut(BaseModel):
    """What this service is; open to everybody, so that the log-in page can say it."""

    version: str
    simulation: bool
    company_sign_in: bool
    network: NetworkOut


@router.post("/session")
def sign_in(body: LogInIn, request: Request, response: Response, transaction: Transaction, now: Now) -> SessionOut:
    """Sign in: sets a cookie for browsers and returns a token for everything else; 429 after too many wrong passwords."""
    attempt = Attempt(request, body.username, now)
    who = accounts.sign_in(transaction, body.username, body.password)
    if who is None:
        raise HTTPException(401, "用户名或密码不对。(Wrong user name or password.)")
    attempt.succeeded()
    token = sessions.begin(transaction, who, now, way="password", device=kind_of(request))
    sessions.set_cookie(request, response, token)
    return _shown(who, token)


@router.get("/session")
def session(request: Request, who: SignedIn) -> SessionOut:
    """Who is signed in."""
    return _shown(who, token_of(request))


def _shown(who: Account, token: str) -> SessionOut:
    return SessionOut(
        username=who.username,
        role=who.role,
        unit_id=who.unit_id,
        organisation_id=who.organisation_id,
        seat=who.seat,
        token=token,
    )


@router.delete("/session", status_code=204)
def sign_out(response: Response, present: PerhapsPresent, transaction: Transaction, now: Now) -> None:
    """End the session: its token opens nothing any more, wherever a copy of it lies."""
    if present is not None:
        sessions.end(transaction, present, now)
    response.delete_cookie(security.COOKIE)


@router.get("/meta")
def meta() -> MetaOut:
    """What this service is; answered without the database."""
    return MetaOut(
        version=version("gzdispatch"),
        simulation=settings().simulation,
        company_sign_in=company_sign_in.is_offered(),
        network=views.network(wiring.ground().network),
    )


@router.get("/network")
def network(_: SignedIn) -> NetworkOut:
    """Which roads are in use."""
    return views.network(wiring.ground().network)

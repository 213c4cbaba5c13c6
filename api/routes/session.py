"""Signing in and out, and what this service is."""

from importlib.metadata import version

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from api import accounts, security, views, wiring
from api.dependencies import Ground, Now, SignedIn, Transaction, token_of
from api.schemas import LogInIn, NetworkOut, SessionOut
from api.settings import settings
from api.sign_in_door import Attempt

router = APIRouter(prefix="/v1", tags=["session"])


class MetaOut(BaseModel):
    """What this service is; open to everybody, so that the log-in page can say it."""

    version: str
    simulation: bool
    network: NetworkOut


@router.post("/session")
def sign_in(body: LogInIn, request: Request, response: Response, transaction: Transaction, now: Now) -> SessionOut:
    """Sign in: sets a cookie for browsers and returns a token for everything else; 429 after too many wrong passwords."""
    attempt = Attempt(request, body.username, now)
    who = accounts.sign_in(transaction, body.username, body.password)
    if who is None:
        raise HTTPException(401, "用户名或密码不对。(Wrong user name or password.)")
    attempt.succeeded()
    token = security.sign(who.username, wiring.secret(), who.role)
    response.set_cookie(
        security.COOKIE,
        token,
        max_age=security.SESSION_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return SessionOut(username=who.username, role=who.role, unit_id=who.unit_id, token=token)


@router.get("/session")
def session(request: Request, who: SignedIn) -> SessionOut:
    """Who is signed in."""
    return SessionOut(username=who.username, role=who.role, unit_id=who.unit_id, token=token_of(request))


@router.delete("/session", status_code=204)
def sign_out(response: Response) -> None:
    """Forget the cookie."""
    response.delete_cookie(security.COOKIE)


@router.get("/meta")
def meta(on: Ground) -> MetaOut:
    """What this service is."""
    return MetaOut(version=version("gzdispatch"), simulation=settings().simulation, network=views.network(on.network))


@router.get("/network")
def network(on: Ground, _: SignedIn) -> NetworkOut:
    """Which roads are in use."""
    return views.network(on.network)

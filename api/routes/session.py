"""Signing in and out, and what this service is."""

from importlib.metadata import version

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from api import wiring
from api.access import company_sign_in, sessions
from api.access.dependencies import InSession, Now, PerhapsPresent, SignedIn, Transaction, token_of
from api.access.sign_in_door import Attempt
from api.administration.people import People
from api.credentials import accounts, security
from api.credentials.device_kind import kind_of
from api.credentials.security import Account, in_one_form
from api.forms.administration_schemas import OwnPasswordIn
from api.forms.schemas import LogInIn, NetworkOut, SessionOut
from api.settings import settings
from api.views import views
from dispatch.errors import InvalidInput, NotAllowed
from geo_data.principal import as_owner

WRONG = "当前密码不对。(The current password is wrong.)"
SAME = "新密码与当前密码相同:请另选一个。(It is the password you have: choose another.)"
COMPANY_ACCOUNT = (
    "本次用企业账号登录:请在企业登录系统中修改密码。(You came by the company's sign-in: change the password there.)"
)

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
    token = sessions.begin(transaction, who, now, way=sessions.BY_PASSWORD, device=kind_of(request))
    sessions.set_cookie(request, response, token)
    return _shown(who, token, by_password=True)


@router.get("/session")
def session(request: Request, present: InSession) -> SessionOut:
    """Who is signed in."""
    return _shown(present.account, token_of(request), by_password=present.by_password)


@router.post("/session/password", status_code=204)
def change_password(
    body: OwnPasswordIn, request: Request, present: InSession, transaction: Transaction, now: Now
) -> None:
    """Give yourself another password; your other sessions end, this one goes on.

    A wrong current password counts as a wrong one at the sign-in does: 403, and 429 after too many. Only for a session that a
    password began: whoever comes by the company's sign-in changes theirs there.
    """
    if not present.by_password:
        raise NotAllowed(COMPANY_ACCOUNT)
    name = present.account.username
    attempt = Attempt(request, name, now)
    with as_owner(transaction):
        # Of two who change it at once the second comes with a password that is no more.
        accounts.hold(transaction, name)
    if accounts.sign_in(transaction, name, body.current_password) is None:
        raise NotAllowed(WRONG)
    attempt.succeeded()
    if in_one_form(body.new_password) == in_one_form(body.current_password):
        raise InvalidInput(SAME)
    with as_owner(transaction):
        People(transaction, now, name).change_own_password(body.new_password, present.session)


def _shown(who: Account, token: str, *, by_password: bool) -> SessionOut:
    return SessionOut(
        username=who.username,
        role=who.role,
        unit_id=who.unit_id,
        organisation_id=who.organisation_id,
        seat=who.seat,
        token=token,
        by_password=by_password,
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

"""There and back to the company's own sign-in."""

from dataclasses import asdict
from html import escape
from typing import Annotated

from authlib.common.security import generate_token
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadSignature, URLSafeTimedSerializer

from api import wiring
from api.access import company_sign_in, sessions
from api.access.company_sign_in import FAILED, Errand
from api.access.dependencies import Now, Transaction, address_of
from api.credentials import accounts
from api.credentials.device_kind import kind_of
from dispatch.errors import NotAllowed, UnknownId

router = APIRouter(prefix="/v1/session/company", tags=["session"], include_in_schema=False)

COOKIE = "gz_errand"
ERRAND_S = 600


@router.get("")
def go(request: Request, next: str = "/") -> Response:  # noqa: A002  (as the log-in page names it)
    """Send the browser to the company's sign-in."""
    _offered()
    errand = Errand(generate_token(32), generate_token(32), generate_token(64), _path(next))
    answer = RedirectResponse(company_sign_in.address_to_go_to(errand, _back(request)), status_code=303)
    # Lax: coming back is a step from another site, at which a strict cookie stays at home.
    answer.set_cookie(
        COOKIE,
        _serializer().dumps(asdict(errand)),
        max_age=ERRAND_S,
        path=router.prefix,
        httponly=True,
        samesite="lax",
        secure=sessions.is_secure(request),
    )
    return answer


def _errand(request: Request) -> Errand:
    """The errand a browser comes back from."""
    _offered()
    try:
        errand = Errand(**_serializer().loads(request.cookies.get(COOKIE, ""), max_age=ERRAND_S))
    except (BadSignature, TypeError):
        raise NotAllowed(FAILED) from None
    if request.query_params.get("state") != errand.state:
        raise NotAllowed(FAILED)
    return errand


Done = Annotated[Errand, Depends(_errand)]


def _name(request: Request, errand: Done) -> str:
    """Who the company says it is."""
    return company_sign_in.name_of(errand, str(request.url), _back(request))


@router.get("/back")
def back(
    request: Request, errand: Done, name: Annotated[str, Depends(_name)], transaction: Transaction, now: Now
) -> Response:
    """Take the browser back: who the company says it is, must have an account here.

    The company is asked first, so that no connection is held while it answers.
    """
    who = accounts.vouched_for(transaction, name)
    if who is None:
        raise NotAllowed(f"{name} 在本系统没有账号:请联系管理员。(You have no account here: ask the administrator.)")
    answer = _onward(errand.path)
    token = sessions.begin(transaction, who, now, way="company", device=kind_of(request))
    sessions.set_cookie(request, answer, token)
    answer.delete_cookie(COOKIE, path=router.prefix)
    return answer


def _offered() -> None:
    if not company_sign_in.is_offered():
        raise UnknownId("没有配置企业登录。(No company sign-in is set up: GZ_OIDC_ISSUER.)")


def _back(request: Request) -> str:
    return f"{address_of(request)}{router.prefix}/back"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(wiring.secret(), salt="errand")


def _path(wish: str) -> str:
    """A path of this site, never another site's address."""
    return wish if wish.startswith("/") and not wish.startswith(("//", "/\\")) and wish.isprintable() else "/"


def _onward(path: str) -> HTMLResponse:
    """A page that goes on by itself: after a redirect from another site the strict cookie would not be sent yet."""
    return HTMLResponse(
        f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={escape(path)}">'
        f'<title>登录</title><p><a href="{escape(path)}">继续 Continue</a></p>',
        headers={"Cache-Control": "no-store"},
    )

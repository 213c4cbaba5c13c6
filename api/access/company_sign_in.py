"""Signing in by the company's own accounts: OpenID Connect, authorization code with PKCE (RFC 7636).

The company says who somebody is; what they may do is said here, by the administrator: a name that has no account here
opens nothing. Authlib speaks to the company's server, joserfc checks its signature.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests.exceptions import RequestException

from api.settings import settings
from dispatch.errors import NotAllowed, Unavailable

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]  # none that a shared secret could sign
LIMIT_S = 10.0
LEEWAY_S = 60
AWAY = "企业登录服务暂不可用:请用密码登录或稍后再试。(The company's sign-in is away: use a password, or try again.)"
FAILED = "企业登录未成功:请重新登录。(The company's sign-in did not succeed: begin again.)"


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser keeps while it is away at the company's sign-in, and must bring back."""

    state: str
    nonce: str
    verifier: str
    path: str


@dataclass(frozen=True, slots=True)
class Provider:
    """The company's server, as its own document describes it."""

    issuer: str
    authorize: str
    token: str
    keys: str


def is_offered() -> bool:
    """Whether the settings name a company's sign-in."""
    return bool(settings().oidc_issuer and settings().oidc_client_id)


@lru_cache(maxsize=1)
def provider() -> Provider:
    """Read the provider's discovery document; raises `Unavailable` (and asks again at the next try)."""
    issuer = str(settings().oidc_issuer).rstrip("/")
    found = _fetch(f"{issuer}/.well-known/openid-configuration")
    try:
        known = Provider(found["issuer"], found["authorization_endpoint"], found["token_endpoint"], found["jwks_uri"])
    except KeyError as missing:
        raise Unavailable(f"The discovery document of GZ_OIDC_ISSUER has no {missing}.") from None
    if known.issuer.rstrip("/") != issuer:
        raise Unavailable(f"GZ_OIDC_ISSUER says {issuer}, its document says {known.issuer}: mend the setting.")
    return known


def address_to_go_to(errand: Errand, back: str) -> str:
    """Where the browser is sent, to come back to ``back``."""
    session = _session(back)
    address, _ = session.create_authorization_url(
        provider().authorize, state=errand.state, nonce=errand.nonce, code_verifier=errand.verifier
    )
    return str(address)


def name_of(errand: Errand, came_back: str, back: str) -> str:
    """Exchange the code in the address that the browser came back to, and return the user name in the signed answer.

    Raises
    ------
    NotAllowed
        When the state, the code, the signature, or a claim of the answer is not right.
    Unavailable
        When the company's server does not answer.
    """
    try:
        token = _session(back, errand.state).fetch_token(
            provider().token,
            authorization_response=came_back,
            code_verifier=errand.verifier,
            timeout=LIMIT_S,
        )
        claims = _checked(str(token["id_token"]), errand.nonce)
    except RequestException:
        raise Unavailable(AWAY) from None
    except (AuthlibBaseError, JoseError, KeyError, ValueError):
        raise NotAllowed(FAILED) from None
    name = claims.get(settings().oidc_claim)
    if not isinstance(name, str) or not name:
        raise NotAllowed(f"企业登录没有给出 {settings().oidc_claim}。(The answer lacks the claim that names the user.)")
    return name


def _checked(id_token: str, nonce: str) -> dict[str, Any]:
    """Claims of an ID token (OpenID Connect Core 1.0, 3.1.3.7); raises a `JoseError` for one that is not ours, or not now."""
    decoded = jwt.decode(id_token, KeySet.import_key_set(_fetch(provider().keys)), algorithms=ALGORITHMS)
    rules = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider().issuer},
        aud={"essential": True, "value": settings().oidc_client_id},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    rules.validate(decoded.claims)
    return dict(decoded.claims)


def _session(back: str, state: str | None = None) -> OAuth2Session:
    secret = settings().oidc_client_secret
    return OAuth2Session(
        client_id=settings().oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
        scope="openid profile",
        redirect_uri=back,
        code_challenge_method="S256",
        state=state,
    )


def _fetch(address: str) -> Any:
    try:
        answer = httpx2.get(address, timeout=LIMIT_S)
        answer.raise_for_status()
        return answer.json()
    except (httpx2.HTTPError, ValueError):
        raise Unavailable(AWAY) from None

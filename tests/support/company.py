"""A company's own sign-in on loopback: an OpenID Connect provider that asks nobody for a password."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey
from service import served

CLIENT, SECRET = "gzdispatch", "a secret of both"


class Company:
    """What the provider answers; a test changes it."""

    def __init__(self) -> None:
        self.address = ""
        self.name = "dispatcher"
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.published = self.key
        self.claims: dict[str, object] = {}  # instead of the right ones
        self.challenges: dict[str, tuple[str, str]] = {}
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self.described)
        self.app.get("/authorize")(self.authorize)
        self.app.post("/token")(self.token)
        self.app.get("/keys")(self.keys)

    def described(self) -> dict[str, str]:
        at = self.address
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
        }

    def authorize(self, request: Request, redirect_uri: str, state: str, nonce: str, code_challenge: str) -> object:
        assert request.query_params["code_challenge_method"] == "S256"
        assert request.query_params["client_id"] == CLIENT
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = (code_challenge, nonce)
        return RedirectResponse(f"{redirect_uri}?{urlencode({'code': code, 'state': state})}", status_code=303)

    def token(self, request: Request, code: str = Form(), code_verifier: str = Form()) -> dict[str, object]:
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}" or code not in self.challenges:
            raise HTTPException(401, "no such client or code")
        challenge, nonce = self.challenges.pop(code)  # a code is used once
        digest = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
        if digest != challenge:
            raise HTTPException(400, "another verifier")
        now = int(time.time())
        right = {"iss": self.address, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 300, "nonce": nonce}
        claims = right | {"preferred_username": self.name} | self.claims
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}

    def keys(self) -> object:
        return json.loads(json.dumps({"keys": [self.published.as_dict(private=False)]}))


@contextmanager
def company() -> Iterator[Company]:
    """A provider that answers for the time of the block."""
    made = Company()
    with served(app=made.app) as made.address:
        yield made

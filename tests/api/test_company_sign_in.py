"""Signing in by the company's own accounts, against a provider on loopback."""

from collections.abc import Iterator

import httpx2 as httpx
import pytest
from company import CLIENT, SECRET, Company, company
from joserfc.jwk import RSAKey
from service import served
from sqlalchemy import Engine

from api.access import company_sign_in
from api.settings import settings


@pytest.fixture
def provider(fleet: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    with company() as made:
        monkeypatch.setenv("GZ_OIDC_ISSUER", made.address)
        monkeypatch.setenv("GZ_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("GZ_OIDC_CLIENT_SECRET", SECRET)
        for cached in (settings, company_sign_in.provider):
            cached.cache_clear()
        yield made
    company_sign_in.provider.cache_clear()


@pytest.fixture
def browser_like(provider: Company) -> Iterator[httpx.Client]:
    """Follows redirects and keeps cookies, as a browser does."""
    with served() as address, httpx.Client(base_url=address, follow_redirects=True, timeout=120) as client:
        yield client


def test_somebody_the_company_knows_comes_in_under_their_own_name(browser_like: httpx.Client) -> None:
    assert browser_like.get("/v1/meta").json()["company_sign_in"] is True
    page = browser_like.get("/v1/session/company", params={"next": "/promises"})
    assert page.status_code == 200
    assert 'content="0;url=/promises"' in page.text
    assert browser_like.get("/v1/session").json()["username"] == "dispatcher"


def test_a_name_without_an_account_here_opens_nothing(browser_like: httpx.Client, provider: Company) -> None:
    provider.name = "stranger"
    assert browser_like.get("/v1/session/company").status_code == 403
    assert browser_like.get("/v1/session").status_code == 401


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"iss": "https://elsewhere.example"}, {"exp": 1}, {"nonce": "old"}, {"preferred_username": 7}],
)
def test_an_answer_for_somebody_else_or_another_time_opens_nothing(
    browser_like: httpx.Client, provider: Company, claims: dict[str, object]
) -> None:
    provider.claims = claims
    assert browser_like.get("/v1/session/company").status_code == 403
    assert browser_like.get("/v1/session").status_code == 401


def test_an_answer_signed_by_another_key_opens_nothing(browser_like: httpx.Client, provider: Company) -> None:
    provider.published = RSAKey.generate_key(2048, {"kid": "k1"})
    assert browser_like.get("/v1/session/company").status_code == 403


def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(browser_like: httpx.Client) -> None:
    away = browser_like.get("/v1/session/company", follow_redirects=False)
    back = httpx.get(away.headers["location"], follow_redirects=False, timeout=120).headers["location"]
    with httpx.Client(timeout=120) as another:
        assert another.get(back).status_code == 403  # without the errand's cookie
    assert browser_like.get(back.replace("state=", "state=x")).status_code == 403
    assert browser_like.get(back).status_code == 200
    browser_like.cookies.clear()
    assert browser_like.get(back).status_code == 403  # used


@pytest.mark.parametrize("path", ["https://evil.example", "//evil.example", "/\\evil.example", "/\r\nx"])
def test_it_leads_to_no_other_site(browser_like: httpx.Client, path: str) -> None:
    assert 'content="0;url=/"' in browser_like.get("/v1/session/company", params={"next": path}).text


def test_a_provider_that_is_away_is_named_and_passwords_still_open_the_door(
    browser_like: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GZ_OIDC_ISSUER", "http://127.0.0.1:9")
    settings.cache_clear()
    assert browser_like.get("/v1/session/company").status_code == 503
    body = {"username": "dispatcher", "password": "a long test password"}
    assert browser_like.post("/v1/session", json=body).status_code == 200

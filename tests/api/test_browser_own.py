"""The page of clients and partners: their own cases, and nobody else's."""

import httpx2 as httpx
import pytest
from access_world import ONE, OTHER, PHONES, PLATES, build
from pages import DESK, PHONE, SignIn, visit
from playwright.sync_api import expect
from sqlalchemy import Engine

pytestmark = pytest.mark.browser


def test_a_client_and_a_tow_company_see_their_own_cases_each_by_what_it_needs(
    address: str, fleet: Engine, sign_in: SignIn
) -> None:
    with httpx.Client(base_url=address, timeout=120) as client:
        world = build(client, fleet)
    page = sign_in(address, "client one", "/own", viewport=DESK)
    expect(page.get_by_test_id("own-cases")).to_contain_text(world.cases[ONE].id)
    expect(page.get_by_test_id("own-cases")).to_contain_text(PLATES[ONE])
    assert world.cases[OTHER].id not in page.content()
    assert PHONES[ONE] not in page.content()
    page.locator("#language").click()
    expect(page.get_by_role("heading", name="Our cases")).to_be_visible()
    phone = sign_in(address, "tow one", "/own", viewport=PHONE)
    visit(phone, f"{address}/management")
    expect(phone).to_have_url(f"{address}/own")  # led to its own page
    expect(phone.get_by_test_id("own-cases")).to_contain_text(PHONES[ONE])
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

"""The administrator's page, in a browser."""

import re

import pytest
from pages import DESK, FITS, PHONE, Complaints, OpenPage, SignIn, visit
from playwright.sync_api import Locator, Page, expect
from service import PASSWORD
from sqlalchemy import Engine

from api.credentials import accounts
from api.credentials.security import Account
from geo_data.database import transaction

pytestmark = pytest.mark.browser
SMALL_TARGETS = """() => [...document.querySelectorAll("button, select, input:not([type=radio])")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""


@pytest.fixture
def office(address: str, fleet: Engine, sign_in: SignIn) -> Page:
    with transaction(fleet) as connection:
        accounts.save(connection, Account("administrator", "administrator"), PASSWORD)
    return sign_in(address, "administrator", "/administration", viewport=DESK)


def record(page: Page, name: str) -> Locator:
    return page.locator(f"[data-testid=record][data-record={name}]")


def section(page: Page, name: str) -> None:
    page.locator(f"#sections input[value={name}]").check(force=True)


def answer(page: Page) -> None:
    page.get_by_test_id("form-ok").click()


def test_somebody_is_added_signs_in_and_is_shut_out_with_their_session(
    office: Page, address: str, open_page: OpenPage, complaints: Complaints
) -> None:
    complaints.provoke(" 409 ", " 401 ")  # a name that is taken, and the session that ends
    office.get_by_test_id("ad_add_person").click()
    office.get_by_test_id("form-name").fill("dispatcher")
    office.get_by_test_id("form-role").select_option("manager")
    expect(office.get_by_test_id("form-unit_id")).to_be_hidden()
    answer(office)
    expect(office.get_by_test_id("form-problem")).to_contain_text("已存在")  # what was written is still there
    office.get_by_test_id("form-name").fill("li")
    answer(office)
    password = office.get_by_test_id("once-1").input_value()
    office.get_by_test_id("once-close").click()

    theirs = open_page(address, "/login", viewport=PHONE)
    theirs.fill("input[name=username]", "li")
    theirs.fill("input[name=password]", password)
    theirs.get_by_test_id("login-send").click()
    theirs.wait_for_url(f"{address}/management")

    section(office, "sessions")
    expect(record(office, "li")).to_contain_text("电脑")
    section(office, "people")
    expect(record(office, "administrator").get_by_test_id("ad_disable")).to_have_count(0)
    record(office, "li").get_by_test_id("ad_disable").click()
    answer(office)
    expect(record(office, "li")).to_contain_text("已停用")
    visit(theirs, f"{address}/management")
    expect(theirs).to_have_url(re.compile("/login"))

    section(office, "acts")
    expect(office.get_by_test_id("records")).to_contain_text("停用人员")
    office.locator("#language").click()
    expect(office.get_by_test_id("records")).to_contain_text("Disabled a person")


def test_a_phone_shows_every_section_without_scrolling_sideways_and_with_targets_for_fingers(
    office: Page,
) -> None:
    office.set_viewport_size(PHONE)
    for name in ("sessions", "organisations", "devices", "readings", "acts", "people"):
        section(office, name)
        expect(office.locator("[data-testid=records] > *")).to_be_visible()
        office.wait_for_function(FITS)
        assert office.evaluate(SMALL_TARGETS) == [], name
    visit(office, office.url.partition("#")[0].replace("administration", "management"))
    expect(office).to_have_url(re.compile("/administration"))  # led to its own page

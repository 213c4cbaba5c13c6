"""Changing one's own password, in a browser."""

import pytest
from pages import PHONE, Complaints, SignIn, heard_toast
from playwright.sync_api import expect
from service import PASSWORD

pytestmark = pytest.mark.browser

NEW = "a new one for the phone"
SMALL_TARGETS = """() => [...document.querySelectorAll("header button, dialog button, dialog input")]
    .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""


def test_a_surveyor_changes_their_password_by_keyboard_and_goes_on(
    address: str, sign_in: SignIn, complaints: Complaints
) -> None:
    complaints.provoke(" 403 ")  # the guess
    phone = sign_in(address, "surveyor", "/surveyor", viewport=PHONE)
    button = phone.get_by_role("button", name="密码")
    expect(button).to_be_visible()  # once it is known how they signed in
    button.focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("dialog", name="修改密码")).to_be_visible()
    expect(phone.get_by_label("当前密码")).to_be_focused()
    assert phone.evaluate(SMALL_TARGETS) == []
    phone.keyboard.type("guess")
    for typed in (NEW, f"{NEW}r"):
        phone.keyboard.press("Tab")
        phone.keyboard.type(typed)
    phone.keyboard.press("Enter")
    expect(phone.get_by_test_id("pw-problem")).to_contain_text("不一致")
    phone.get_by_test_id("pw-again").fill(NEW)
    phone.keyboard.press("Enter")
    expect(phone.get_by_test_id("pw-problem")).to_contain_text("当前密码不对")  # what was typed is still there
    phone.get_by_test_id("pw-current").fill(PASSWORD)
    phone.keyboard.press("Enter")
    heard_toast(phone, "密码已修改")
    expect(button).to_be_focused()
    phone.reload()
    expect(phone.get_by_test_id("live-badge")).to_have_attribute("data-state", "live")

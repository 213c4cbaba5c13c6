"""The page of promises in a real browser: what is due is recorded in one step, in both languages, on a desk and a phone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from pages import DESK, FITS, PHONE, SignIn
from playwright.sync_api import expect
from service import signed_in

pytestmark = pytest.mark.browser


def test_a_call_is_recorded_in_one_step_and_leaves_the_list(address: str, sign_in: SignIn) -> None:
    began = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    with signed_in(address, "dispatcher") as desk:
        client = desk.post("/v1/clients", json={"organisation": "黄埔环卫", "in_force_at": began}).json()["id"]
        desk.post(f"/v1/clients/{client}/problems", json={"problem": "technical", "words": "打不开"}).raise_for_status()
    page = sign_in(address, "dispatcher", "/promises", viewport=DESK)
    problem = page.locator("[data-testid=promise][data-promise=technical_solved]")
    problem.get_by_test_id("do-technical_solved").click()
    page.get_by_test_id("form-words").fill("已重装")
    page.get_by_test_id("form-ok").click()
    expect(problem).to_have_count(0)
    told = page.locator("[data-testid=promise][data-promise=solution_called]")
    expect(told).to_contain_text(re.compile(r"剩 5\d 分钟"))
    expect(page.locator("[data-testid=tally][data-promise=technical_solved]")).to_contain_text("100%")
    page.set_viewport_size(PHONE)
    page.locator("#language").click()
    expect(told).to_contain_text(re.compile(r"5\d min left"))
    page.wait_for_function(FITS)

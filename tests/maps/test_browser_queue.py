"""A queue of hundreds: only cards in sight are made, and keys, readers of the page and the search still reach all of them."""

import os
import shutil
from collections.abc import Iterator

import pytest
from pages import PATIENCE_MS
from playwright.sync_api import Page, expect, sync_playwright

from tools.console_world import World
from tools.measure_console import replayed

pytestmark = pytest.mark.browser

MANY = 150


@pytest.fixture(scope="module")
def desk() -> Iterator[Page]:
    """The console with many incidents, without a service."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "No Chromium: apt install chromium, or name one in CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = replayed(browser, World(20, MANY))
        page.context.set_default_timeout(PATIENCE_MS)
        expect(page.locator("[data-count=open]")).to_have_text(str(MANY))
        yield page
        browser.close()


def places(page: Page) -> list[int]:
    told: list[str] = page.locator("#queue-list > li").evaluate_all("all => all.map((li) => li.ariaPosInSet)")
    return [int(place) for place in told]


def test_only_cards_in_sight_exist_in_order_and_each_tells_its_place_among_all(desk: Page) -> None:
    desk.locator("#queue-list").evaluate("list => { list.scrollTop = 0; }")
    expect(desk.locator("#queue-list > li").first).to_have_attribute("aria-posinset", "1")
    assert places(desk) == list(range(1, len(places(desk)) + 1))
    assert len(places(desk)) < MANY / 3
    expect(desk.locator("#queue-list > li").first).to_have_attribute("aria-setsize", str(MANY))


def test_the_last_card_is_drawn_when_scrolled_to_and_nothing_is_cut_off(desk: Page) -> None:
    desk.locator("#queue-list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    last = desk.locator("#queue-list > li").last
    expect(last).to_have_attribute("aria-posinset", str(MANY))
    expect(last).to_be_in_viewport(ratio=0.95)
    cut = "all => all.filter((one) => one.scrollHeight > one.clientHeight + 1).length"
    assert desk.locator("#queue-list > li").evaluate_all(cut) == 0


def test_the_arrow_key_walks_past_what_was_drawn_and_the_focus_outlasts_scrolling_away(desk: Page) -> None:
    desk.locator("#queue-list").evaluate("list => { list.scrollTop = 0; }")
    desk.locator("#queue-list > li[aria-posinset='1'] button").click()
    for _ in range(40):
        desk.keyboard.press("ArrowDown")
    focused = desk.locator("#queue-list > li:has(:focus)")
    expect(focused).to_have_attribute("aria-posinset", "41")
    expect(focused).to_be_in_viewport(ratio=0.95)
    expect(focused.locator("button")).to_have_attribute("aria-current", "true")
    desk.locator("#queue-list").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    expect(desk.locator("#queue-list > li").last).to_have_attribute("aria-posinset", str(MANY))
    expect(focused).to_have_attribute("aria-posinset", "41")
    desk.keyboard.press("ArrowDown")
    expect(focused).to_have_attribute("aria-posinset", "42")
    expect(focused).to_be_in_viewport(ratio=0.95)


def test_the_search_finds_what_was_not_drawn(desk: Page) -> None:
    desk.locator("#queue-list").evaluate("list => { list.scrollTop = 0; }")
    desk.get_by_test_id("search").fill(f"R{MANY - 1:04d}")
    expect(desk.get_by_test_id("queue-item")).to_have_count(1)
    expect(desk.get_by_test_id("queue-item")).to_be_in_viewport()
    desk.get_by_test_id("search").fill("")
    expect(desk.locator("#queue-list > li").first).to_have_attribute("aria-setsize", str(MANY))

"""The measuring of the console measures something: a small city for a few seconds, no times asserted."""

import os
import shutil
from functools import partial

import pytest
from playwright.sync_api import sync_playwright

from tools.console_world import World
from tools.measure_console import Found, quantile, replayed, slope, watch

pytestmark = pytest.mark.browser


@pytest.fixture
def found() -> Found:
    """What is seen of 40 units and 20 incidents, without a service."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "No Chromium: apt install chromium, or name one in CHROMIUM."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        seen = watch(browser, partial(replayed, browser, World(40, 20)), None, 6.0, None)
        browser.close()
    return seen


def test_updates_frames_heap_and_nodes_of_a_living_console_are_seen(found: Found) -> None:
    assert found.messages >= len(found.updates_ms) > 0
    assert all(cost > 0 for cost in found.each_ms)
    assert found.frames_ms
    assert min(found.heap_bytes) > 1e6
    assert min(found.nodes) > 100


def test_quantiles_and_slopes_are_told_with_their_intervals() -> None:
    assert quantile([float(n) for n in range(1, 101)], 0.5) == "50.50 [41.00, 61.00]"
    assert slope([0.0, 60.0, 120.0, 180.0], [5.0, 6.0, 7.0, 8.0]).startswith("+1.000")

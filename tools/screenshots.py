"""Take pictures of the pages of a running service: console, console with an incident, phone, management.

Nothing is changed in the service. The incident shown is the first in the queue that nobody has been sent to, else the first.

Run: ``python -m tools.screenshots http://127.0.0.1:8000 FOLDER`` with the password in GZ_PASSWORD; CHROMIUM names the browser
where it is not found by itself. ``--theme light`` for the light pages, ``--phone`` for the console on a phone too.
"""

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SETTLE_MS = 4000  # until tiles, ways and charts are there
PATIENCE_MS = 60_000
WAITING = "[data-testid=queue-item]:has([data-status=waiting])"


def main() -> None:
    """Take the pictures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("address")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--theme", choices=["dark", "light"], default="dark")
    asked.add_argument("--phone", action="store_true", help="the console on a phone too")
    given = asked.parse_args()
    password = os.environ.get("GZ_PASSWORD")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not password or not chromium:
        asked.error("set GZ_PASSWORD to the password the service printed; install chromium or name one in CHROMIUM")
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        album = Album(browser, given.address, password, given.theme, given.folder)
        album.console("", DESK)
        album.page("surveyor", "/surveyor", PHONE, "phone")
        album.page("manager", "/management", DESK, "management")
        if given.phone:
            album.console("-on-phone", PHONE)
        browser.close()


class Album:
    """Pictures of one service in one theme, written to a folder."""

    def __init__(self, browser: Browser, address: str, password: str, theme: str, folder: Path) -> None:
        self.browser, self.address, self.password, self.theme, self.folder = browser, address, password, theme, folder

    def page(self, user: str, path: str, size: ViewportSize, name: str) -> Page:
        """Sign in, open a page, take its picture."""
        context = self.browser.new_context(locale="zh-CN", viewport=size)
        context.add_init_script(f"localStorage.setItem('gz.theme', '{self.theme}')")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{self.address}/login?next={path}")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", self.password)
        page.get_by_test_id("login-send").click()
        page.wait_for_url(f"{self.address}{path}")
        self.shoot(page, name)
        return page

    def console(self, suffix: str, size: ViewportSize) -> None:
        """The console with nothing selected, and with an incident."""
        page = self.page("dispatcher", "/", size, f"board{suffix}")
        waiting = page.locator(WAITING)
        (waiting if waiting.count() else page.get_by_test_id("queue-item")).first.click()
        page.get_by_test_id("recommend-option").first.wait_for(state="attached")
        self.shoot(page, f"console{suffix}")

    def shoot(self, page: Page, name: str) -> None:
        """Wait until all is drawn; write the picture."""
        page.wait_for_load_state("load")
        page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=self.folder / f"{name}.png")
        print(self.folder / f"{name}.png")


if __name__ == "__main__":
    main()

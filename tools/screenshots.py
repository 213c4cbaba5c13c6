"""Take pictures of the pages of a running service: console, console with an incident, phone, management, caller.

The incident shown is the first in the queue that nobody has been sent to, else the first. With ``--demo`` an accident is
reported and, once the console has been taken, offered to the surveyor's unit, so that the phone has a job to show: only for a
service with demonstration data. Else nothing is changed, but that the phone tells where it is.

Run: ``python -m tools.screenshots http://127.0.0.1:8000 FOLDER`` with the password in GZ_PASSWORD; CHROMIUM names the browser
where it is not found by itself. ``--theme light`` for the light pages, ``--small`` for the console on a phone too.
"""

import argparse
import os
import shutil
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx2 as httpx
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SETTLE_MS = 4000  # until tiles, ways and charts are there
PATIENCE_MS = 60_000
AT = {"longitude": 113.3297, "latitude": 23.1196}
REPORT = "天河区体育东路与天河路交叉口,三车追尾,一人受伤,白色丰田无法行驶"
SURVEYORS_UNIT = "S000"  # of the demonstration's surveyor account
WAITING = "[data-testid=queue-item]:has([data-status=waiting])"


def main() -> None:
    """Take the pictures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("address")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--theme", choices=["dark", "light"], default="dark")
    asked.add_argument("--small", action="store_true", help="the console on a phone too")
    asked.add_argument("--demo", action="store_true", help="report an accident and offer it: demonstration data only")
    given = asked.parse_args()
    password = os.environ.get("GZ_PASSWORD")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not password or not chromium:
        asked.error("set GZ_PASSWORD to the password the service printed; install chromium or name one in CHROMIUM")
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        album = Album(browser, given.address, password, given.theme, given.folder)
        incident_id = album.post("/v1/reports", text=REPORT)["id"] if given.demo else None
        album.console("", DESK, incident_id)
        if incident_id:
            body = {"unit_id": SURVEYORS_UNIT, "reason": "熟悉该客户"}
            album.post(f"/v1/incidents/{incident_id}/assignments", **body)
        album.page("surveyor", "/surveyor", PHONE, "phone")
        album.page("manager", "/management", DESK, "management")
        album.stranger("/report", "caller-report")
        if incident_id:
            album.stranger(urlsplit(album.post(f"/v1/incidents/{incident_id}/case-link")["url"]).path, "caller-case")
        if given.small:
            album.console("-small", PHONE, incident_id)
        browser.close()


class Album:
    """Pictures of one service in one theme, written to a folder."""

    def __init__(self, browser: Browser, address: str, password: str, theme: str, folder: Path) -> None:
        self.browser, self.address, self.password, self.theme, self.folder = browser, address, password, theme, folder

    def page(self, user: str, path: str, size: ViewportSize, name: str) -> Page:
        """Sign in, open a page, take its picture."""
        context = self.browser.new_context(
            locale="zh-CN", viewport=size, has_touch=size is PHONE, geolocation=AT, permissions=["geolocation"]
        )
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

    def stranger(self, path: str, name: str) -> None:
        """Open a page without signing in, on a phone whose owner likes this theme, and take its picture."""
        scheme: Literal["dark", "light"] = "light" if self.theme == "light" else "dark"
        context = self.browser.new_context(locale="zh-CN", viewport=PHONE, has_touch=True, color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{self.address}{path}")
        self.shoot(page, name)

    def post(self, path: str, **body: str) -> dict[str, str]:
        """Post as a dispatcher."""
        with httpx.Client(base_url=self.address, timeout=PATIENCE_MS / 1000) as client:
            who = {"username": "dispatcher", "password": self.password}
            token = client.post("/v1/session", json=who).raise_for_status().json()["token"]
            answer = client.post(path, json=body, headers={"Authorization": f"Bearer {token}"}).raise_for_status()
            got: dict[str, str] = answer.json()
            return got

    def console(self, suffix: str, size: ViewportSize, incident_id: str | None) -> None:
        """The console with nothing selected, and with an incident."""
        page = self.page("dispatcher", "/", size, f"queue{suffix}")
        page.locator(".tabs [data-view=side]").evaluate("tab => tab.click()")  # where a phone shows one pane at a time
        page.get_by_test_id("board_standby").locator("summary").click()
        self.shoot(page, f"board{suffix}")
        page.locator(".tabs [data-view=queue]").evaluate("tab => tab.click()")
        items = page.get_by_test_id("queue-item")
        wished = page.locator(f"[data-testid=queue-item][data-id='{incident_id}']" if incident_id else WAITING)
        (wished if wished.count() else items).first.click()
        page.get_by_test_id("recommend-option").first.wait_for(state="attached")
        self.shoot(page, f"console{suffix}")

    def shoot(self, page: Page, name: str) -> None:
        """Wait until all is drawn; write the picture in 256 colours, which quarters its size."""
        page.wait_for_load_state("load")
        page.wait_for_timeout(SETTLE_MS)
        taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
        path = self.folder / f"{name}.png"
        taken.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path}: {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()

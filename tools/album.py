"""Pictures of the pages of a running service, in one theme and one language."""

import random
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import httpx2 as httpx
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, FilePayload, Geolocation, Page, ViewportSize

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SETTLE_MS = 4000  # until tiles, ways and charts are there
PATIENCE_MS = 60_000
RACES = 5
AT: Geolocation = {"longitude": 113.3297, "latitude": 23.1196, "accuracy": 12}
CALLER_AT: Geolocation = {"longitude": 113.3232, "latitude": 23.1353, "accuracy": 12}


class Album:
    """Pictures of one service, written to a folder."""

    def __init__(
        self, browser: Browser, address: str, password: str, folder: Path, *, theme: str, language: str
    ) -> None:
        self.browser, self.address, self.password, self.folder = browser, address, password, folder
        self.scheme: Literal["dark", "light"] = "light" if theme == "light" else "dark"
        self.language = language

    def stranger(self, path: str, at: Geolocation) -> Page:
        """Open a page without signing in, on a phone whose owner likes this theme."""
        page = self._open(PHONE, at)
        page.goto(f"{self.address}{path}")
        return page

    def signed_in(self, user: str, path: str, size: ViewportSize) -> Page:
        """Open a page as somebody."""
        page = self._open(size)
        page.goto(f"{self.address}/login?next={path}")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", self.password)
        page.get_by_test_id("login-send").click()
        page.wait_for_url(f"{self.address}{path}")
        return page

    def _open(self, size: ViewportSize, at: Geolocation = AT) -> Page:
        context = self.browser.new_context(
            locale="zh-CN", viewport=size, has_touch=size is PHONE, geolocation=at, permissions=["geolocation"],
            color_scheme=self.scheme, reduced_motion="reduce",
        )  # fmt: skip
        kept = {"gz.theme": self.scheme, "gz.language": self.language}
        for name, value in kept.items():
            context.add_init_script(f"localStorage.setItem('{name}', '{value}')")
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Post as a dispatcher; again where somebody else changed the case first."""
        with httpx.Client(base_url=self.address, timeout=PATIENCE_MS / 1000) as client:
            who = {"username": "dispatcher", "password": self.password}
            token = client.post("/v1/session", json=who).raise_for_status().json()["token"]
            for _ in range(RACES):
                answer = client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})
                if answer.status_code != 409:
                    break
            got: dict[str, Any] = answer.raise_for_status().json()
            return got

    def shoot(self, page: Page, name: str, settle_ms: int = SETTLE_MS) -> None:
        """Wait until all is drawn; write the picture in 256 colours, which quarters its size."""
        page.wait_for_load_state("load")
        page.wait_for_timeout(settle_ms)
        taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
        path = self.folder / f"{name}.png"
        taken.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path}: {path.stat().st_size / 1024:.0f} KiB")


def press(page: Page, selector: str) -> None:
    """Press what is drawn anew all the time: no waiting until it stands still."""
    page.locator(selector).first.evaluate("node => node.click()")


def show(page: Page, selector: str) -> None:
    """Scroll to something that is drawn anew all the time."""
    page.locator(selector).first.evaluate("node => { node.style.scrollMarginTop = '110px'; node.scrollIntoView(); }")


def sample_photo(seed: int) -> FilePayload:
    """A drawing of a dented door, as a camera's file: there is no real photograph in this repository."""
    paint, draw_at = random.Random(seed), (500, 420 + 60 * seed)  # noqa: S311
    image = Image.new("RGB", (1600, 1200), (92, 98, 104))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 1600, 330), fill=(150, 168, 182))
    draw.polygon([(120, 950), (180, 420), (560, 300), (1250, 300), (1500, 560), (1520, 950)], fill=(226, 229, 232))
    draw.polygon([(600, 520), (640, 350), (1180, 350), (1330, 520)], fill=(58, 70, 82))
    for x in (400, 1240):
        draw.ellipse((x - 170, 800, x + 170, 1140), fill=(30, 32, 34))
        draw.ellipse((x - 85, 885, x + 85, 1055), fill=(150, 154, 158))
    draw.line([(620, 530), (620, 900), (980, 900), (980, 530)], fill=(150, 154, 158), width=8)
    draw.ellipse((draw_at[0] + 150, draw_at[1] + 120, draw_at[0] + 420, draw_at[1] + 330), fill=(176, 180, 184))
    for _ in range(24):
        x, y = draw_at[0] + paint.randint(150, 400), draw_at[1] + paint.randint(130, 310)
        draw.line((x, y, x + paint.randint(40, 160), y + paint.randint(-18, 18)), fill=(88, 92, 96), width=5)
    written = BytesIO()
    image.filter(ImageFilter.GaussianBlur(2)).save(written, "JPEG", quality=85)
    return {"name": f"IMG_{seed}.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}

"""What tests in a real browser share: sizes of screens, patience, and opening pages as somebody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize
from service import PASSWORD

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 30_000

SignIn = Callable[..., Page]


@contextmanager
def signing_in(browser: Browser, complaints: list[str]) -> Iterator[SignIn]:
    """Open pages as somebody; afterwards no page may have complained or asked anybody outside."""
    opened: list[BrowserContext] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def open_page(address: str, username: str, path: str, **options: object) -> Page:
        context = browser.new_context(locale="zh-CN", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda r: None if r.url.startswith((address, "data:", "blob:")) else complaints.append(f"asked {r.url}"),
        )
        page.goto(f"{address}/login?next={path}")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_test_id("login-send").click()
        page.wait_for_url(f"{address}{path}")
        return page

    yield open_page
    for context in opened:
        context.close()
    assert complaints == []

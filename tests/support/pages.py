"""What tests in a real browser share: sizes of screens, patience, and pages that are watched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Response,
    Route,
    ViewportSize,
    expect,
)
from service import PASSWORD

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)  # where a test names none: a busy machine is no fault of a page
COUNT_SOUNDS = """() => {
    const start = OscillatorNode.prototype.start;
    window.notes = 0;
    OscillatorNode.prototype.start = function (...at) { window.notes += 1; return start.apply(this, at); };
}"""

# In the time that the page itself lived through: where the machine is busy with others, the page stands still.
SAY_WHEN = """([selector, state]) => {
    const node = document.querySelector(selector);
    let lived_ms = 0;
    setInterval(() => { lived_ms += 50; }, 50);
    const look = () => { if (state ? node.dataset.state === state : !node.hidden) window.said_after_ms ??= lived_ms; };
    new MutationObserver(look).observe(node, {attributes: true});
    look();  // a busy machine may have lost its link a moment before
}"""
# A busy machine is no fault of a page that gives up an answer after 12 or 15 s, and a toast that goes after 6 s may be gone when a
# test looks: what toasts said is kept.
PATIENT = """(() => {
    const { timeout } = AbortSignal, wait = window.setTimeout, patience_ms = PATIENCE_MS;
    AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms < 10_000 ? ms : Math.max(ms, patience_ms));
    window.setTimeout = (work, ms, ...more) => wait(work, ms === 12_000 ? patience_ms : ms, ...more);
    window.toasts = [];
    new MutationObserver((changes) => changes.flatMap(({ addedNodes }) => [...addedNodes])
        .filter((node) => node.dataset?.testid === "toast").forEach((node) => window.toasts.push(node.textContent)))
        .observe(document, { childList: true, subtree: true });
})()""".replace("PATIENCE_MS", str(PATIENCE_MS))
FITS = "document.documentElement.scrollWidth <= innerWidth"
MAP_STANDS_STILL = """import("/assets/js/console/map_view.js").then(async ({theMap}) => {
    for (let still = 0; still < 20; still = theMap().isMoving() ? 0 : still + 1) await new Promise(requestAnimationFrame);
})"""

_STORED = """async (given) => {
    const asked = indexedDB.open("DATABASE");
    await new Promise((resolve) => { asked.onsuccess = resolve; });
    const all = asked.result.transaction("STORE").objectStore("STORE").getAll();
    await new Promise((resolve) => { all.onsuccess = resolve; });
    asked.result.close();
    return (ASKED)(all.result, given);
}"""

SignIn = Callable[..., Page]
OpenPage = Callable[..., Page]


class Complaints(list[str]):
    """What pages complained of, but for what a test provokes: a browser may tell of that long after its page did."""

    provoked: tuple[str, ...] = ()

    def provoke(self, *parts: str) -> None:
        """From here on a complaint that contains one of these is part of the test."""
        self.provoked += parts

    def append(self, complaint: str) -> None:
        if not any(part in complaint for part in self.provoked):
            super().append(complaint)


def visit(page: Page, url: str) -> None:
    """Go to a page that may lead on to another before it has loaded: where that ends is for the test to say."""
    try:
        page.goto(url)
    except Error as broken_off:
        if "interrupted by another navigation" not in broken_off.message:
            raise


def stored(database: str, store: str, asked: str) -> str:
    """A script that asks a function of all a page's own store holds, and of what the script is given."""
    return _STORED.replace("DATABASE", database).replace("STORE", store).replace("ASKED", asked)


def heard_toast(page: Page, words: str) -> None:
    """Wait until a toast has said so; it may have gone since."""
    page.wait_for_function("(words) => window.toasts.some((said) => said.includes(words))", arg=words)


@contextmanager
def staying(page: Page, url: str) -> Iterator[None]:
    """Hold back the page that the one shown leads to by itself, until the block has read what stands there."""
    held: list[Route] = []
    page.route(url, lambda route: held.extend([route]))
    yield
    let_go(page, url, held)


def let_go(page: Page, url: str, held: list[Route]) -> None:
    """Let everything through again, what was held back first."""
    for route in held:
        route.continue_()
    page.unroute(url)


@contextmanager
def opening(browser: Browser, complaints: Complaints) -> Iterator[OpenPage]:
    """Open pages as a stranger.

    Afterwards none may have complained, asked anybody outside, or come without a content policy.
    """
    opened: list[BrowserContext] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} ({message.location['url']})")

    def look(response: Response) -> None:
        if response.request.resource_type == "document" and "content-security-policy" not in response.headers:
            complaints.append(f"no content policy at {response.url}")

    def open_page(address: str, path: str, username: str = "", **options: object) -> Page:
        context = browser.new_context(locale="zh-CN", **options)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(PATIENT)
        opened.append(context)
        if username:  # by the form's own request: test_browser.py fills in the form
            given = {"username": username, "password": PASSWORD}
            assert context.request.post(f"{address}/v1/session", data=given).ok
        page = context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(error.stack or str(error)))
        page.on("response", look)
        page.on(
            "request",
            lambda r: None if r.url.startswith((address, "data:", "blob:")) else complaints.append(f"asked {r.url}"),
        )
        visit(page, f"{address}{path}")
        return page

    yield open_page
    for context in opened:
        context.close()
    assert complaints == [], complaints


@contextmanager
def signing_in(browser: Browser, complaints: Complaints) -> Iterator[SignIn]:
    """Open pages as somebody, watched as those of `opening`."""
    with opening(browser, complaints) as open_page:

        def sign_in(address: str, username: str, path: str, **options: object) -> Page:
            page = open_page(address, path, username, **options)
            assert page.url == f"{address}{path}"
            return page

        yield sign_in

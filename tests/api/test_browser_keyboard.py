"""The console without a mouse, and for eyes and fingers of all kinds."""

import pytest
from pages import DESK, PATIENCE_MS, PHONE, SignIn, heard_toast
from playwright.sync_api import Page, Request, Route, ViewportSize, expect
from seeing import complaints_of_sight
from service import signed_in

pytestmark = pytest.mark.browser

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"


class Keyboard:
    """Presses keys and counts them; a chord counts as all its keys, a text as nothing."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strokes = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += len(key.split("+"))

    def write(self, text: str) -> None:
        self.page.keyboard.insert_text(text)


def test_from_report_to_assignment_in_under_15_keystrokes_beyond_the_text(address: str, sign_in: SignIn) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("live-badge")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    desk.evaluate("addEventListener('pointerdown', () => { window.clicks = (window.clicks ?? 0) + 1; }, true)")
    keys = Keyboard(desk)
    keys.press("n")
    keys.write(REPORT)
    keys.press("Tab", "1", "2", "2")  # hurt, cannot drive, two vehicles
    keys.write("粤A12345")
    keys.press("Tab", "Tab")
    keys.write("13800001234")
    keys.press("Control+Enter")
    expect(desk.get_by_test_id("recommend-option").first).to_contain_text("查勘员000", timeout=PATIENCE_MS)
    keys.press("a")
    expect(desk.get_by_test_id("assignment")).to_contain_text("查勘员000", timeout=PATIENCE_MS)
    assert keys.strokes == 10  # under the 15 that were asked for
    assert desk.evaluate("window.clicks ?? 0") == 0
    with signed_in(address, "dispatcher") as service:
        (incident,) = service.get("/v1/incidents").json()
    told = incident["response"]
    assert (incident["plate"], incident["phone"], incident["tier"]) == ("粤A12345", "13800001234", "injury")
    assert (told["drivable"], told["vehicles"]) == (False, 2)


def test_every_decision_has_its_key(address: str, sign_in: SignIn) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("live-badge")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    keys = Keyboard(desk)
    keys.press("n")
    keys.write(REPORT)
    keys.press("Control+Enter")
    options, jobs, dialog = (desk.get_by_test_id(one) for one in ("recommend-option", "assignment", "reason"))
    expect(options).to_have_count(3, timeout=PATIENCE_MS)

    keys.press("2", "2")  # the second in rank, for the second reason
    expect(jobs).to_contain_text("熟悉该客户", timeout=PATIENCE_MS)
    keys.press("d", "1", "Enter")  # declines by telephone
    expect(jobs.first).to_have_attribute("data-status", "declined", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("assign-button")).to_be_visible(timeout=PATIENCE_MS)
    keys.press("a")
    expect(desk.locator("[data-testid=assignment][data-status=offered]")).to_have_count(1, timeout=PATIENCE_MS)
    keys.press("f", "1", "Enter")  # freed
    expect(desk.locator("[data-testid=assignment][data-status=released]")).to_have_count(1, timeout=PATIENCE_MS)

    keys.press("s")  # the next role
    expect(options).to_contain_text("施救车01", timeout=PATIENCE_MS)
    keys.press("h", "2", "Enter")  # held, police first
    expect(desk.get_by_test_id("hold-card")).to_contain_text("等交警先处理", timeout=PATIENCE_MS)
    keys.press("a")
    heard_toast(desk, "暂缓中")
    keys.press("h")
    expect(desk.get_by_test_id("hold-card")).to_have_count(0, timeout=PATIENCE_MS)

    keys.press("b")  # the board, on its first row
    expect(desk.get_by_test_id("board").locator(".board-row").first).to_be_focused()
    keys.press("Enter")
    expect(desk.get_by_test_id("incident-detail")).to_be_visible()
    keys.press("x", "2", "Enter")  # the caller withdrew
    expect(desk.get_by_test_id("closed-card")).to_contain_text("已取消:报案人撤销", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("queue-item")).to_have_count(0)

    keys.press("Escape", "/")
    keys.write("猎德 两车")  # closed, but found by what the caller said
    expect(desk.get_by_test_id("found-item")).to_have_count(1, timeout=PATIENCE_MS)
    keys.press("ArrowDown")
    expect(desk.get_by_test_id("closed-card")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_advice_still_asked_for_is_not_waited_for_when_the_incident_is_closed(address: str, sign_in: SignIn) -> None:
    with signed_in(address, "dispatcher") as service:
        service.post("/v1/reports", json={"text": REPORT}).raise_for_status()
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("queue-item")).to_have_count(1, timeout=PATIENCE_MS)
    asked: set[Request] = set()
    dropped: set[Request] = set()
    closing: list[Route] = []
    desk.on("requestfailed", lambda request: dropped.update([request]))
    desk.route("**/recommendation?*", lambda route: asked.add(route.request))  # unanswered: it would come too late
    desk.route("**/close", lambda route: closing.extend([route]))
    desk.keyboard.press("ArrowDown")
    desk.get_by_test_id("incident-detail").wait_for()
    with desk.expect_request("**/close"):
        for key in ("x", "2", "Enter"):
            desk.keyboard.press(key)
    before = set(asked)  # what is asked every 15 s may come on top
    while not before <= dropped:
        desk.wait_for_event("requestfailed")
    closing[0].continue_()
    expect(desk.get_by_test_id("closed-card")).to_be_visible(timeout=PATIENCE_MS)
    assert before


def test_two_reports_are_merged_by_key(address: str, sign_in: SignIn) -> None:
    with signed_in(address, "dispatcher") as service:
        for words in ("黄埔大道西与猎德大道交叉口,白色丰田被追尾", "黄埔大道西猎德大道路口,有人追尾白色丰田"):
            service.post("/v1/reports", json={"text": words}).raise_for_status()
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("duplicate-chip")).to_have_count(1, timeout=PATIENCE_MS)
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("m")
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("queue-item")).to_have_count(1, timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("joined")).to_be_visible()


def test_the_help_shows_the_very_keys_that_work(address: str, sign_in: SignIn) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    desk.get_by_test_id("queue").wait_for(state="attached")
    desk.keyboard.press("?")
    desk.locator("dialog[open] .keys").wait_for()
    shown = desk.locator("dialog .keys kbd").all_inner_texts()
    assert {"N", "A / 1", "2 … 6", "H", "X", "M", "B", "/", "Esc", "?"} <= set(shown)
    assert len(shown) == len(set(shown))
    desk.keyboard.press("Escape")
    expect(desk.locator("dialog")).to_have_count(0)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_all_text_is_readable_and_all_targets_fit_a_finger(address: str, sign_in: SignIn, size: ViewportSize) -> None:
    with signed_in(address, "dispatcher") as service:
        keys = [service.post("/v1/reports", json={"text": REPORT}).json()["id"] for _ in range(3)]
        service.post(f"/v1/incidents/{keys[0]}/assignments", json={}).raise_for_status()
    desk = sign_in(address, "dispatcher", "/", viewport=size, has_touch=size is PHONE)
    desk.get_by_test_id("queue-item").first.wait_for(state="attached")
    seen: dict[str, list[str]] = {}

    def look(state: str) -> None:
        for theme in ("light", "dark"):
            desk.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            seen[f"{state}, {theme}"] = complaints_of_sight(desk)

    look("queue")
    desk.keyboard.press("b")
    look("board")
    desk.keyboard.press("n")
    desk.keyboard.insert_text(REPORT)
    desk.get_by_test_id("geocode-result").wait_for()
    look("report")
    desk.keyboard.press("Escape")
    desk.locator(f"[data-testid=queue-item][data-id={keys[0]}]").evaluate("node => node.click()")
    desk.get_by_test_id("assignment").wait_for()
    look("assigned")
    desk.locator(f"[data-testid=queue-item][data-id={keys[1]}]").evaluate("node => node.click()")
    waiting = f"[data-testid=incident-detail][data-id={keys[1]}] [data-testid=assign-button]"
    desk.locator(waiting).wait_for()
    look("waiting")
    for key in ("2", "h", "x", "?", "v"):
        desk.keyboard.press(key)
        desk.locator("dialog[open]").wait_for()
        look(f"dialog of {key}")
        desk.keyboard.press("Escape")
        expect(desk.locator("dialog")).to_have_count(0)
    assert {state: found for state, found in seen.items() if found} == {}

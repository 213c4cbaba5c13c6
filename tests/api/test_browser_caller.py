"""The caller's pages on a phone: a report over bad signal, the case until it is rated, and nothing wider than 360 px."""

import httpx2 as httpx
import pytest
from pages import DESK, PATIENCE_MS, Complaints, OpenPage, SignIn, let_go, staying, stored
from pictures import picture
from playwright.sync_api import Page, Route, expect
from service import served, signed_in

pytestmark = pytest.mark.browser

HERE = {"longitude": 113.3280, "latitude": 23.1290, "accuracy": 25}
PLACE = "天河区黄埔大道西与猎德大道交叉口"
NARROW = {"width": 360, "height": 740}
PHOTO_IS_KEPT = stored("gz-caller", "photos", "(drafts) => drafts.length === 1")
REPORTS = "**/v1/caller/reports"


@pytest.fixture
def phone(open_page: OpenPage) -> OpenPage:
    """Open pages as a stranger on a small phone."""
    like = {"viewport": NARROW, "has_touch": True, "is_mobile": True, "geolocation": HERE}

    def on_phone(address: str, path: str, **options: object) -> Page:
        page = open_page(address, path, permissions=["geolocation"], **like, **options)
        page.context.set_default_timeout(2 * PATIENCE_MS)
        return page

    return on_phone


def incidents(desk: httpx.Client) -> list[dict[str, object]]:
    found: list[dict[str, object]] = desk.get("/v1/incidents", params={"status": "all"}).json()
    return found


def step(desk: httpx.Client, number: str, *steps: str) -> None:
    """Send the surveyor, and take these steps."""
    offered = desk.post(f"/v1/incidents/{number}/assignments", json={"unit_id": "S000", "reason": "近"}).json()
    for one in steps:
        desk.post(f"/v1/assignments/{offered['assignments'][-1]['id']}/{one}").raise_for_status()


@pytest.mark.usefixtures("fleet")
def test_a_caller_reports_without_signal_follows_the_case_and_rates_it(phone: OpenPage, complaints: Complaints) -> None:
    complaints.provoke("net::ERR_")
    with served() as address:
        page = phone(address, "/report")
        expect(page.get_by_test_id("emergency")).to_be_hidden()
        page.locator("input[name=injured][value=yes]").check(force=True)
        expect(page.get_by_test_id("emergency").locator("a").first).to_have_attribute("href", "tel:120")
        page.get_by_test_id("locate").click()
        expect(page.get_by_test_id("locate-state")).to_contain_text("25 m", timeout=PATIENCE_MS)
        expect(page.get_by_test_id("pin-map").locator(".mark.scene")).to_be_visible(timeout=PATIENCE_MS)
        page.get_by_test_id("place").fill(PLACE)
        expect(page.get_by_test_id("found")).to_contain_text("猎德大道", timeout=PATIENCE_MS)
        page.get_by_test_id("text").fill("两车追尾")
        photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(200, 60))}
        page.get_by_test_id("photo-input").set_input_files(photo)  # type: ignore[arg-type]
        expect(page.locator(".thumbs li")).to_have_count(1)
        page.wait_for_function(PHOTO_IS_KEPT)
        page.context.set_offline(True)
        page.get_by_test_id("send").click()
        expect(page.get_by_test_id("trouble")).to_contain_text("内容已保存", timeout=PATIENCE_MS)
        page.route(REPORTS, lambda route: route.abort())  # the page would send at once when there is signal again
        page.context.set_offline(False)
        page.reload()  # what was written has outlived the page
        expect(page.get_by_test_id("place")).to_have_value(PLACE)
        expect(page.locator(".thumbs li")).to_have_count(1, timeout=PATIENCE_MS)
        page.unroute(REPORTS)
        with staying(page, "**/case/*"):
            page.get_by_test_id("send").click()
            number = page.get_by_test_id("case-number").inner_text(timeout=2 * PATIENCE_MS)
        page.wait_for_url("**/case/*")
        expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", "waiting", timeout=PATIENCE_MS)
        expect(page.get_by_test_id("due")).to_contain_text("前到场")
        expect(page.get_by_test_id("photos")).to_contain_text("已收到 1 张")
        with signed_in(address, "dispatcher") as desk:
            assert [i["id"] for i in incidents(desk)] == [number]
            step(desk, number, "accept", "depart")
        expect(page.get_by_test_id("eta")).to_contain_text("九成把握", timeout=PATIENCE_MS)
        expect(page.get_by_test_id("case-map").locator(".mark.unit")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("lost")).to_be_visible(timeout=PATIENCE_MS)
    with served(int(address.rpartition(":")[2])):
        expect(page.get_by_test_id("lost")).to_be_hidden(timeout=PATIENCE_MS)
        with signed_in(address, "dispatcher") as desk:
            (job,) = incidents(desk)[0]["assignments"]  # type: ignore[misc]
            for one in ("arrive", "clear"):
                desk.post(f"/v1/assignments/{job['id']}/{one}").raise_for_status()
            desk.post(f"/v1/incidents/{number}/close", json={"reason": "处理完毕"}).raise_for_status()
        expect(page.get_by_test_id("phase")).to_have_attribute("data-phase", "surveyed", timeout=PATIENCE_MS)
        expect(page.locator(".mark.unit")).to_have_count(0)
        page.get_by_test_id("star-4").click()
        page.get_by_test_id("cc_rate_send").click()
        expect(page.get_by_test_id("rated")).to_contain_text("4", timeout=PATIENCE_MS)
        page.context.close()


def test_an_answer_lost_on_the_way_makes_no_second_report(
    address: str, phone: OpenPage, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_")
    page = phone(address, "/report")
    lost: list[int] = []
    again: list[Route] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            again.append(route)
            return
        lost.append(route.fetch().status)  # the service took it
        route.abort()

    page.route(REPORTS, lose_the_first)
    page.get_by_test_id("place").fill(PLACE)
    with staying(page, "**/case/*"):
        page.get_by_test_id("send").click()
        expect(page.get_by_test_id("trouble")).to_contain_text("内容已保存", timeout=PATIENCE_MS)
        let_go(page, REPORTS, again)  # it tries by itself
        expect(page.get_by_test_id("done")).to_contain_text("报案已收到", timeout=PATIENCE_MS)
    assert lost == [201]
    with signed_in(address, "dispatcher") as desk:
        assert len(incidents(desk)) == 1


def test_a_call_back_goes_from_the_phone_to_the_board_and_back(address: str, phone: OpenPage, sign_in: SignIn) -> None:
    with signed_in(address, "dispatcher") as desk:
        number = desk.post("/v1/reports", json={"text": PLACE, "phone": "13800000000"}).json()["id"]
        link = desk.post(f"/v1/incidents/{number}/case-link").json()["url"]
    page = phone(address, link.removeprefix(address))
    page.get_by_test_id("cc_callback").click()
    page.get_by_text("还要等多久").click()
    page.get_by_test_id("callback-send").click()
    expect(page.get_by_test_id("callback-state")).to_contain_text("已登记", timeout=PATIENCE_MS)
    console = sign_in(address, "dispatcher", "/", viewport=DESK)
    task = console.get_by_test_id("caller-task")
    expect(task).to_contain_text("还要等多久", timeout=PATIENCE_MS)
    task.locator("button").dispatch_event("click")
    console.get_by_test_id("callback-done").click(timeout=PATIENCE_MS)
    console.get_by_test_id("reason").fill("已告知")
    console.get_by_test_id("dialog-ok").click()
    expect(console.get_by_test_id("history")).to_contain_text("已回电:已告知", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("callback-state")).to_contain_text("已回电", timeout=PATIENCE_MS)


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"color_scheme": "light"}])
def test_no_page_of_a_caller_is_wider_than_a_small_phone(
    address: str, phone: OpenPage, complaints: Complaints, options: dict[str, str]
) -> None:
    complaints.provoke(" 404 ")  # the link that leads nowhere
    with signed_in(address, "dispatcher") as desk:
        number = desk.post("/v1/reports", json={"text": PLACE}).json()["id"]
        link = desk.post(f"/v1/incidents/{number}/case-link").json()["url"].removeprefix(address)
    whole = {"/report": "#send", link: "[data-testid=case-map] canvas", "/case/nobody": "[data-testid=gone] h2"}
    for path, last in whole.items():
        for language in ("zh", "en"):
            page = phone(address, f"{path}?lang={language}", **options)
            page.locator(last).wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], (path, language)
            assert "⟦" not in page.inner_text("body")
            small = page.evaluate(
                "[...document.querySelectorAll('button, a.button')].filter((n) => n.offsetHeight && n.offsetHeight < 44)"
                ".map((n) => n.outerHTML)"
            )
            assert small == []
            page.context.close()

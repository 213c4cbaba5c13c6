"""The pages in a real browser: tiers, cover, duplicates, towing, partners, and a service that goes away."""

import re

import pytest
from pages import DESK, PATIENCE_MS, PHONE, Complaints, OpenPage, SignIn
from playwright.sync_api import expect
from service import PASSWORD, served, signed_in
from sqlalchemy import Engine

from api.credentials import accounts
from api.credentials.security import Account
from dispatch.location import Position
from dispatch.unit import PartnerRepairShop
from geo_data.stores.fleet_store import PostgisFleet
from geo_data.tables.schema import latest_fixes

pytestmark = pytest.mark.browser

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾,一人受伤"

WHERE_S001 = """Promise.all(["map_view", "map_units"].map((name) => import(`/assets/js/console/${name}.js`))).then(
    async ([{theMap}, {unitAt}]) => {  // once the map stands still, and the unit is where a click finds it
        const at = () => theMap().project([113.36, 23.13]);
        for (let still = 0, n = 0; still < 20 && n < 3000; n += 1) {
            still = theMap().isMoving() || unitAt(at())?.id !== "S001" ? 0 : still + 1;
            await new Promise(requestAnimationFrame);
        }
        const {x, y} = at();
        return {x, y};
    })"""


def test_the_quick_questions_make_the_tiers_and_a_dispatcher_changes_them(address: str, sign_in: SignIn) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    desk.keyboard.press("n")
    desk.get_by_test_id("report-text").fill("天河区黄埔大道西与猎德大道交叉口,追尾")
    for name, value in (("injured", "no"), ("drivable", "no"), ("vehicles", "3")):
        desk.locator(f"input[name={name}][value='{value}']").check(force=True)
    desk.keyboard.press("Control+Enter")
    card = desk.locator("[data-section=response]")
    expect(card.get_by_test_id("tier-because")).to_have_text("多车:报案人答:3 辆车", timeout=PATIENCE_MS)
    expect(card.locator("[data-testid=need]")).to_have_count(2)
    desk.get_by_test_id("tier-change").click()
    desk.get_by_test_id("check-expressway").check()
    desk.get_by_test_id("reason").fill("现场回报")
    desk.get_by_test_id("dialog-ok").click()
    expect(card.get_by_test_id("plan-sentence")).to_contain_text("12122", timeout=PATIENCE_MS)
    expect(card.locator("[data-testid=need][data-role=tow_unit]")).to_contain_text("高速施救资质")
    desk.get_by_test_id("waive-tow_unit").click()
    desk.get_by_test_id("reason").fill("交警已安排")
    desk.get_by_test_id("dialog-ok").click()
    expect(card.locator("[data-testid=need][data-role=tow_unit]")).to_contain_text("已免除", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("history")).to_contain_text("级别改为高速公路、多车")


@pytest.mark.usefixtures("fleet")
def test_the_console_says_so_when_the_service_goes_away_and_heals_when_it_is_back(
    sign_in: SignIn, complaints: Complaints
) -> None:
    complaints.provoke("net::ERR_")
    with served() as address:
        desk = sign_in(address, "dispatcher", "/", viewport=DESK)
        badge = desk.get_by_test_id("live-badge")
        expect(badge).to_contain_text("实时", timeout=PATIENCE_MS)
    expect(badge).to_contain_text("中断", timeout=PATIENCE_MS)
    with served(int(address.rpartition(":")[2])):
        with signed_in(address, "dispatcher") as elsewhere:
            elsewhere.post("/v1/reports", json={"text": REPORT}).raise_for_status()
        expect(badge).to_contain_text("实时", timeout=PATIENCE_MS)
        expect(desk.get_by_test_id("queue-item")).to_have_count(1, timeout=PATIENCE_MS)
        desk.context.close()


@pytest.mark.parametrize(
    ("username", "path", "last"),
    [
        ("dispatcher", "/", "[data-testid=live-badge][data-state=live]"),
        ("surveyor", "/surveyor", "[data-testid=no-job]"),
        ("manager", "/management", "[data-testid=no-incidents]"),
    ],
)
def test_no_page_is_wider_than_a_phone(address: str, sign_in: SignIn, username: str, path: str, last: str) -> None:
    page = sign_in(address, username, path, viewport=PHONE, has_touch=True)
    page.wait_for_load_state("load")
    page.locator(last).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_page_asks_a_stranger_to_sign_in_says_a_wrong_password_and_opens_for_the_right_one(
    address: str, open_page: OpenPage, complaints: Complaints
) -> None:
    complaints.provoke(" 401 ")
    page = open_page(address, "/management")
    expect(page).to_have_url(f"{address}/login?next=/management")
    page.fill("input[name=username]", "manager")
    page.fill("input[name=password]", "wrong")
    page.get_by_test_id("login-send").click()
    expect(page.get_by_test_id("login-problem")).to_contain_text("不对", timeout=PATIENCE_MS)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_test_id("login-send").click()
    page.wait_for_url(f"{address}/management")
    expect(page.get_by_test_id("no-incidents")).to_be_visible()


def test_an_answer_that_breaks_off_is_told_in_the_same_words_as_a_service_out_of_reach(
    address: str, sign_in: SignIn
) -> None:
    page = sign_in(address, "dispatcher", "/promises", viewport=DESK)
    endless = """import("/assets/js/api.js").then(({get}) => get("/v1/live", {patience_ms: 1000}))
        .then(String, (error) => `${error.name}: ${error.message}`)"""
    assert page.evaluate(endless) == "ApiError: 连不上服务,没有得到答复:请检查网络后再试。"


def test_a_refusal_begins_in_the_language_of_the_page(address: str, sign_in: SignIn, complaints: Complaints) -> None:
    complaints.provoke(" 404 ")
    page = sign_in(address, "dispatcher", "/promises", viewport=DESK)
    refused = """(lang) => { document.documentElement.lang = lang; return import("/assets/js/api.js")
        .then(({get}) => get("/v1/incidents/none")).then(String, (error) => error.message); }"""
    assert page.evaluate(refused, "zh") == "没有案件 none。(No such incident.)"
    assert page.evaluate(refused, "en") == "No such incident. (没有案件 none。)"


def test_the_api_is_described_without_asking_anybody_outside(address: str, sign_in: SignIn) -> None:
    page = sign_in(address, "dispatcher", "/", viewport=DESK)
    page.goto(f"{address}/docs")
    expect(page.get_by_text("/v1/reports", exact=True)).to_be_visible(timeout=PATIENCE_MS)


def test_cover_is_drawn_on_request_for_all_who_are_free_and_for_one_that_is_clicked(
    address: str, sign_in: SignIn
) -> None:
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    desk.get_by_test_id("cover").click()
    note = desk.get_by_test_id("cover-note")
    expect(note).to_contain_text("3 名空闲查勘员", timeout=PATIENCE_MS)
    desk.get_by_test_id("map").locator("canvas").click(position=desk.evaluate(WHERE_S001))
    expect(note).to_contain_text("查勘员001", timeout=PATIENCE_MS)
    desk.get_by_test_id("cover-all").click()
    expect(note).to_contain_text("3 名空闲查勘员", timeout=PATIENCE_MS)
    desk.locator("#language").click()
    expect(note).to_contain_text("3 free surveyors")
    desk.locator("#theme").click()
    desk.get_by_test_id("cover").click()
    expect(note).to_be_hidden()


def test_cover_fits_a_phone_and_says_when_nobody_is_free(address: str, sign_in: SignIn, fleet: Engine) -> None:
    with fleet.begin() as connection:
        connection.execute(latest_fixes.delete())
    phone = sign_in(address, "dispatcher", "/", viewport=PHONE, has_touch=True)
    phone.locator(".tabs [data-view=map]").click()
    phone.get_by_test_id("cover").click()
    expect(phone.get_by_test_id("cover-note")).to_contain_text("没有可派的查勘员", timeout=PATIENCE_MS)
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_two_calls_of_one_crash_are_proposed_merged_by_hand_and_parted_again(address: str, sign_in: SignIn) -> None:
    with signed_in(address, "dispatcher") as service:
        calls = ("黄埔大道西与猎德大道交叉口,白色丰田被追尾", "黄埔大道西猎德大道路口,有人追尾白色丰田")
        first, second = (service.post("/v1/reports", json={"text": text}).json()["id"] for text in calls)
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    expect(desk.get_by_test_id("duplicate-chip")).to_have_count(1, timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("queue-item")).to_have_count(2)  # proposed, not merged

    desk.locator(f"[data-testid=queue-item][data-id={second}]").click()
    card = desk.get_by_test_id("duplicate")
    expect(card).to_contain_text("都提到白色丰田")
    card.get_by_test_id("duplicate-look").click()
    expect(desk.get_by_test_id("incident-detail")).to_have_attribute("data-id", first)
    card.get_by_test_id("duplicate-merge").click()
    desk.get_by_role("button", name="取消").click()
    expect(desk.get_by_test_id("queue-item")).to_have_count(2)
    card.get_by_test_id("duplicate-merge").click()
    desk.get_by_test_id("reason").fill("同一事故")
    desk.get_by_test_id("dialog-ok").click()
    expect(desk.get_by_test_id("queue-item")).to_have_count(1)
    expect(desk.get_by_test_id("joined")).to_contain_text("有人追尾白色丰田")

    desk.get_by_test_id("unmerge").click()
    desk.get_by_test_id("reason").fill("核实为两起事故")
    desk.get_by_test_id("dialog-ok").click()
    expect(desk.get_by_test_id("queue-item")).to_have_count(2)
    expect(desk.get_by_test_id("duplicate-chip")).to_have_count(0)


def test_a_tow_brings_the_vehicle_to_the_shop_its_owner_wishes_for(
    address: str, sign_in: SignIn, fleet: Engine
) -> None:
    with fleet.begin() as connection:
        near, wished = (Position(113.34 + 0.01 * n, 23.12) for n in (0, 1))
        shops = [PartnerRepairShop(id="R1", name="第一厂", position=near)]
        shops.append(PartnerRepairShop(id="R2", name="第二厂", position=wished, designated=False))
        PostgisFleet(connection).save_shops(shops)
        accounts.save(connection, Account("tow", "surveyor", "T01"), PASSWORD)
    with signed_in(address, "dispatcher") as service:
        incident = service.post("/v1/reports", json={"text": REPORT}).json()["id"]
        service.post(f"/v1/incidents/{incident}/assignments", json={"role": "tow_unit"}).raise_for_status()
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    desk.locator(f"[data-testid=queue-item][data-id={incident}]").click()
    card = desk.get_by_test_id("recovery")
    expect(card).to_contain_text("施救车01 → 第一厂", timeout=PATIENCE_MS)
    card.get_by_test_id("change-shop").click()
    desk.get_by_test_id("reassign-unit").select_option("R2")
    desk.get_by_test_id("reason").fill("车主指定")
    desk.get_by_test_id("dialog-ok").click()
    expect(card).to_contain_text("第二厂", timeout=PATIENCE_MS)
    expect(card).to_contain_text("车主指定")

    phone = sign_in(address, "tow", "/surveyor", viewport=PHONE, has_touch=True)
    expect(phone.get_by_test_id("job-shop")).to_contain_text("送往 第二厂", timeout=PATIENCE_MS)
    phone.get_by_test_id("offer-accept").click()
    for step in ("depart", "arrive"):
        phone.locator(f"[data-testid=main-action][data-step={step}]").click()
    expect(phone.locator("[data-testid=ways][data-kind=shop] a").first).to_have_attribute("href", re.compile("113.35"))
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.locator("[data-testid=main-action][data-step=deliver]").click()
    phone.get_by_test_id("deliver-confirm").click()
    expect(phone.get_by_test_id("no-job")).to_be_visible(timeout=PATIENCE_MS)
    expect(card).to_contain_text("已送达", timeout=PATIENCE_MS)


def test_a_tow_that_leaves_without_the_vehicle_is_asked_why_and_the_console_shows_it(
    address: str, sign_in: SignIn, fleet: Engine
) -> None:
    with fleet.begin() as connection:
        PostgisFleet(connection).save_shops(
            [PartnerRepairShop(id="R1", name="第一厂", position=Position(113.34, 23.12))]
        )
        accounts.save(connection, Account("tow", "surveyor", "T01"), PASSWORD)
    with signed_in(address, "dispatcher") as service:
        incident = service.post("/v1/reports", json={"text": REPORT, "hospital": "协和医院"}).json()["id"]
        sent = service.post(f"/v1/incidents/{incident}/assignments", json={"role": "tow_unit"}).json()
        for step in ("accept", "depart", "arrive"):
            service.post(f"/v1/assignments/{sent['assignments'][0]['id']}/{step}").raise_for_status()
    phone = sign_in(address, "tow", "/surveyor", viewport=PHONE, has_touch=True)
    phone.get_by_test_id("clear-without").click()
    phone.get_by_test_id("clear-confirm").click()
    why = phone.get_by_test_id("clear-why")
    expect(why).to_be_visible()  # nothing is sent without a reason
    why.fill("车主自行开走")
    phone.get_by_test_id("clear-confirm").click()
    expect(phone.get_by_test_id("no-job")).to_be_visible(timeout=PATIENCE_MS)
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    desk.locator(f"[data-testid=queue-item][data-id={incident}]").click()
    ended = desk.locator("[data-testid=assignment][data-status=cleared]")
    expect(ended).to_contain_text("车主自行开走", timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("hospital-question")).to_contain_text("不能确定“协和医院”")


def test_what_a_partner_tells_by_telephone_is_noted_until_the_vehicle_is_delivered(
    address: str, sign_in: SignIn
) -> None:
    with signed_in(address, "dispatcher") as service:
        service.post("/v1/reports", json={"text": "佛山市南海区广佛路10号追尾"}).raise_for_status()
    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    desk.get_by_test_id("queue-item").click()
    card = desk.get_by_test_id("partner")
    expect(card).to_contain_text("佛山合作救援(模拟)", timeout=PATIENCE_MS)
    for step in ("accepted", "on_scene", "delivered"):
        desk.get_by_test_id(f"partner-{step}").click()
        desk.get_by_test_id("reason").fill("李师傅")
        desk.get_by_test_id("dialog-ok").click()
        expect(desk.get_by_test_id(f"partner-{step}")).to_have_count(0, timeout=PATIENCE_MS)
    expect(desk.get_by_test_id("queue-item")).to_have_count(0, timeout=PATIENCE_MS)

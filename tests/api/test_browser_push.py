"""Push alerts in a real browser: the button, the push, the notice on the phone, and the end at sign-out.

The maker's push service is the one thing that is not real: the browser's `subscribe` gives an address on the loopback,
and what arrives there, decrypted, is handed to the page's own service worker.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pages import PATIENCE_MS, PHONE, Complaints, SignIn
from playwright.sync_api import Page, expect
from push_service import Browser, push_service
from service import served, signed_in
from sqlalchemy import Engine, text

from api.main import create_app
from api.messaging import courier, vapid
from api.messaging.kept import Kept
from api.messaging.post import Post
from api.messaging.push_door import PushDoor
from api.messaging.web_push import WebPush
from dispatch.message import Means
from dispatch.policy.message_rules import MessageRules
from geo_data.database import transaction

pytestmark = pytest.mark.browser

REPORT = "天河区黄埔大道西与猎德大道交叉口,两车追尾"
LOCAL = PushDoor(("push.example.org",), loopback=True)
SUBSCRIBES = """
(() => {
  const sent = SENT;
  const made = (options) => ({
    endpoint: sent.endpoint, options, toJSON: () => sent,
    unsubscribe: async () => { localStorage.removeItem("subscribed"); return true; },
  });
  PushManager.prototype.getSubscription = async () => (localStorage.getItem("subscribed") ? made({}) : null);
  PushManager.prototype.subscribe = async (options) => {
    localStorage.setItem("subscribed", String(options.userVisibleOnly && options.applicationServerKey.length));
    return made(options);
  };
})();
"""

RECORDS = """() => {  // a browser without a screen has nowhere to show a notice
  self.shown = [];
  self.registration.showNotification = async (title, { body, tag }) => { self.shown.push([title, body, tag]); };
}"""


@pytest.fixture
def address(fleet: Engine) -> Iterator[str]:
    """The service, which for once lets pushes out to this machine."""
    app = create_app()
    app.dependency_overrides[courier.push_door] = lambda: LOCAL
    with served(app=app) as where:
        yield where


def subscriptions(engine: Engine) -> int:
    with transaction(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM push_subscriptions")).scalar_one())


def hand_over(phone: Page, address: str, said: dict[str, Any]) -> None:
    """Give the page's worker a push, as the browser does with one it has decrypted."""
    session = phone.context.new_cdp_session(phone)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda e: found.extend(r["registrationId"] for r in e["registrations"]),
    )
    session.send("ServiceWorker.enable")
    for _ in range(2400):
        if found:
            break
        phone.wait_for_timeout(50)
    data = json.dumps(said, ensure_ascii=False)
    session.send("ServiceWorker.deliverPushMessage", {"origin": address, "registrationId": found[0], "data": data})


def test_an_offer_reaches_the_phone_whose_surveyor_asked_for_it_until_signing_out(
    address: str, sign_in: SignIn, fleet: Engine, tmp_path: Path, complaints: Complaints
) -> None:
    with push_service() as service:
        browser = Browser(service)
        phone = sign_in(address, "surveyor", "/surveyor", viewport=PHONE, permissions=["notifications"])
        phone.add_init_script(SUBSCRIBES.replace("SENT", json.dumps(browser.subscription())))
        phone.reload()
        button = phone.get_by_test_id("push-button")
        expect(button).to_have_text("打开推送提醒", timeout=PATIENCE_MS)
        assert subscriptions(fleet) == 0  # nothing is asked before the button
        phone.locator("#unit-name").click()  # the first touch unlocks the alarm, and what asked for it makes room
        expect(phone.get_by_test_id("sound")).to_be_hidden(timeout=PATIENCE_MS)
        button.click()
        expect(phone.get_by_test_id("push-text")).to_contain_text("推送提醒已打开", timeout=PATIENCE_MS)
        assert subscriptions(fleet) == 1
        assert phone.evaluate("localStorage.getItem('subscribed')") == "65"

        with signed_in(address, "dispatcher") as desk:
            incident = desk.post("/v1/reports", json={"text": REPORT}).json()["id"]
            desk.post(
                f"/v1/incidents/{incident}/assignments", json={"unit_id": "S000", "reason": "熟路"}
            ).raise_for_status()
        push = WebPush(fleet, LOCAL, vapid.vapid(), "mailto:desk@example.org")
        post = Post(fleet, {Means.PUSH: push}, Kept(tmp_path), MessageRules(), 90.0)
        courier.Courier(post).round(datetime.now(UTC))
        (sent,) = service.came
        (worker,) = phone.context.service_workers or [phone.context.wait_for_event("serviceworker")]
        worker.evaluate(RECORDS)
        hand_over(phone, address, browser.read(sent))
        for _ in range(2400):
            if shown := worker.evaluate("self.shown"):
                break
            phone.wait_for_timeout(50)
        assert shown == [[MessageRules().offer, incident, "offer"]]

        complaints.provoke(" 401 ")  # the page that is being left loses its stream, and may ask for another
        phone.get_by_role("button", name="退出").click()
        phone.wait_for_url(f"{address}/login")
        assert subscriptions(fleet) == 0


def test_a_phone_that_blocks_notifications_says_so_and_asks_nothing(
    address: str, sign_in: SignIn, fleet: Engine, tmp_path: Path
) -> None:
    phone = sign_in(address, "surveyor", "/surveyor", viewport=PHONE)
    phone.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' });")
    phone.reload()
    expect(phone.get_by_test_id("push-text")).to_contain_text("通知已被禁止", timeout=PATIENCE_MS)
    expect(phone.get_by_test_id("push-button")).to_be_hidden()

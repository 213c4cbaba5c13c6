"""What was told to people outside stands on the incident's page; what could not be delivered, on the manager's too."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pages import DESK, FITS, PHONE, SignIn
from playwright.sync_api import expect
from service import signed_in
from sqlalchemy import Engine

from api.messaging.courier import Courier
from api.messaging.kept import Kept
from api.messaging.post import Post
from dispatch.message import Came, Means, Outcome, Outgoing
from dispatch.policy.message_rules import MessageRules

pytestmark = pytest.mark.browser


class Turns:
    """Refuses text messages of reports."""

    def send(self, message: Outgoing) -> Outcome:
        return Outcome(Came.REFUSED, "gateway said ILLEGAL_NUMBER", message.reached)


def test_what_was_told_and_what_failed_is_seen_at_the_desk_and_by_the_manager(
    address: str, sign_in: SignIn, fleet: Engine, tmp_path: Path
) -> None:
    with signed_in(address, "dispatcher") as desk:
        said = {"text": "天河区黄埔大道西与猎德大道交叉口,两车追尾", "phone": "13800138000"}
        incident = desk.post("/v1/reports", json=said).json()["id"]
        Courier(Post(fleet, {Means.SMS: Turns()}, Kept(tmp_path), MessageRules(), 90.0)).round(datetime.now(UTC))
        body = {"unit_id": "S000", "reason": "熟路"}
        job = desk.post(f"/v1/incidents/{incident}/assignments", json=body).json()["assignments"][0]["id"]
        desk.post(f"/v1/assignments/{job}/accept").raise_for_status()
    Courier(Post(fleet, {}, Kept(tmp_path), MessageRules(), 90.0)).round(datetime.now(UTC))
    page = sign_in(address, "dispatcher", "/", viewport=DESK)
    page.locator(f"[data-testid=queue-item][data-id='{incident}']").click()
    failed = page.locator("[data-testid=message][data-kind=report_taken]")
    expect(failed).to_contain_text("受理告知 → 报案人 · 短信 · 发送失败")
    expect(failed).to_contain_text("请电话联系")
    expect(page.locator("[data-testid=message][data-kind=accepted]")).to_contain_text("已留存(未外发)")
    page.locator("#language").click()
    expect(failed).to_contain_text("Report taken → caller · text message · failed")
    page.set_viewport_size(PHONE)
    page.wait_for_function(FITS)
    office = sign_in(address, "manager", "/management", viewport=DESK)
    expect(office.get_by_test_id("undelivered")).to_contain_text("1 条通知未能送达")

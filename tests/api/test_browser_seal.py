"""The manager sees the last seal, and what to read out of it."""

import pytest
from pages import PATIENCE_MS, SignIn
from playwright.sync_api import expect
from sqlalchemy import Engine

from api.sealing import keeping
from dispatch.events import IncidentReported
from dispatch.vocabulary import Channel, Tier
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

pytestmark = pytest.mark.browser


def test_the_management_page_shows_the_last_seal_in_chinese_and_english(
    address: str, fleet: Engine, sign_in: SignIn, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "folder", lambda: tmp_path)
    with transaction(fleet) as connection:
        at = keeping.datetime.now(keeping.UTC)
        report = IncidentReported(incident_id="A", at=at, text="追尾", channel=Channel.CONSOLE, tier=Tier.STANDARD)
        PostgisLog(connection).append([report], after=0)
    made = keeping.seal(fleet)
    office = sign_in(address, "manager", "/management")
    card = office.get_by_test_id("seal")
    expect(card).to_contain_text(made.short, timeout=PATIENCE_MS)
    expect(card).to_contain_text("第 1 号")
    expect(card).to_contain_text(made.hash)
    expect(office.get_by_test_id("suspicions")).to_contain_text("没有发现可疑情形", timeout=PATIENCE_MS)
    office.locator("#language").click()
    expect(card).to_contain_text("number 1")
    expect(office.get_by_test_id("suspicions")).to_contain_text("None found in 1 incidents")

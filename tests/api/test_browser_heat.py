"""A manager sees incidents on the map, compares two periods, and takes a file away; a dispatcher sees them as a layer."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from pages import DESK, PATIENCE_MS, SignIn
from playwright.sync_api import expect
from promises import taken
from seeing import complaints_of_sight
from sqlalchemy import Engine

from dispatch.events import IncidentReported
from geo_data.database import transaction
from geo_data.stores.postgis_log import PostgisLog

pytestmark = pytest.mark.browser


def test_incidents_on_the_map_are_compared_taken_away_and_a_layer_of_the_console(
    address: str, fleet: Engine, sign_in: SignIn
) -> None:
    with transaction(fleet) as connection:
        log = PostgisLog(connection)
        for n in range(6):
            first, located, *_ = taken(f"GZ-{n}")
            assert isinstance(first, IncidentReported)
            head = {"incident_id": first.incident_id, "at": datetime.now(UTC) - timedelta(hours=1)}
            report = IncidentReported(**head, text=first.text, channel=first.channel, tier=first.tier)
            log.append([report, type(located)(**head, **place_of(located))], after=0)
    office = sign_in(address, "manager", "/management", viewport=DESK)
    office.locator("#heat-map[data-drawn='1']").wait_for(state="attached", timeout=PATIENCE_MS)
    expect(office.get_by_test_id("heat-caption")).to_contain_text("n = 6")
    office.select_option("#heat-measure", "demand")
    expect(office.get_by_test_id("heat-notes")).to_contain_text("全部:6 起")
    expect(office.get_by_test_id("heat-legend")).to_contain_text("≤ 5 起")
    office.get_by_test_id("heat-compare").check()
    office.locator("label:has([data-testid=heat-difference])").click()
    expect(office.get_by_test_id("heat-caption")).to_contain_text("减去")
    office.locator("#language").click()
    expect(office.get_by_test_id("heat-caption")).to_contain_text("minus")
    office.locator("[data-testid=heat]").scroll_into_view_if_needed()
    expect(office.locator("#heat-maps")).not_to_have_class(re.compile("stale"))  # paler until it is drawn
    assert complaints_of_sight(office) == []
    with office.expect_download() as saved:
        office.get_by_test_id("heat-csv").click()
    assert saved.value.suggested_filename.endswith(".csv")

    desk = sign_in(address, "dispatcher", "/", viewport=DESK)
    desk.get_by_test_id("heat-layer").click()
    desk.get_by_test_id("heat-demand").click()
    expect(desk.get_by_test_id("heat-figure")).to_contain_text("全部 6 起 · n = 6")


def place_of(located: object) -> dict[str, object]:
    names = ("position", "uncertainty_m", "match_code", "confidence", "matched_text", "district")
    return {name: getattr(located, name) for name in names}

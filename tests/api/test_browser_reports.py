"""The manager makes the service report from the management page."""

import pytest
from pages import PATIENCE_MS, SignIn
from playwright.sync_api import expect
from pypdf import PdfReader

pytestmark = pytest.mark.browser


def test_a_manager_gets_last_months_report_as_a_file_from_the_page(address: str, sign_in: SignIn) -> None:
    office = sign_in(address, "manager", "/management")
    form = office.get_by_test_id("service-report")
    form.locator("select[name=kind]").select_option("quarterly")
    expect(form.locator("select[name=period] option")).to_have_count(6)
    with office.expect_download(timeout=PATIENCE_MS) as got:
        form.get_by_test_id("report-pdf").click()
    assert got.value.suggested_filename.startswith("查勘救援服务季度报告-20")
    assert "没有报案记录" in PdfReader(got.value.path()).pages[0].extract_text().replace(" ", "")
    office.locator("#language").click()
    expect(form).to_contain_text("Service report")

"""What the pages say at three in the morning is true: every command parses, every alarm is there."""

import re
from pathlib import Path

import pytest
from command_lines import fault

from api.settings import PROJECT

PAGES = [PROJECT / "docs" / name for name in ("runbook.md", "backup.md")]
ALERTS = PROJECT / "ops" / "prometheus" / "alerts.yml"


def commands(page: Path) -> list[str]:
    """Lines of code, and code within a sentence, that begin with the program."""
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"^ {4,}(gzdispatch .*?)(?: {2,}.*)?$", text, re.MULTILINE)
    lines = [re.sub(r"[\[\]]", "", line) for line in lines]  # what may be left out
    return lines + re.findall(r"`(gzdispatch [^`]+)`", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_on_the_page_parses(page: Path) -> None:
    found = commands(page)
    assert len(found) > 5
    assert [wrong for wrong in map(fault, found) if wrong] == []


def test_every_alarm_is_on_the_page_and_none_that_is_not() -> None:
    if not ALERTS.exists():
        pytest.skip("no alerts yet")
    known = set(re.findall(r"alert: (\w+)", ALERTS.read_text(encoding="utf-8")))
    told = set(re.findall(r"\bGz[A-Z]\w+", PAGES[0].read_text(encoding="utf-8")))
    assert told == known


def test_a_heading_that_the_page_points_to_is_there() -> None:
    text = PAGES[0].read_text(encoding="utf-8")
    headings = re.findall(r"^#+ ([A-Z][^(\n]*)", text, re.MULTILINE)
    pointed = set(re.findall(r"(?<!\*)\*([A-Z][^*]+)\*(?!\*)", text))
    assert pointed <= {heading.strip() for heading in headings}

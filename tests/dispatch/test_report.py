"""Reports and what their words say of injuries."""

from datetime import UTC, datetime

import pytest

from dispatch.errors import InvalidInput
from dispatch.report import Report, triage
from dispatch.vocabulary import Channel, Tier

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def said(text: str, injured: bool | None = None) -> Report:
    return Report(text=text, received_at=NOW, channel=Channel.TELEPHONE, injured=injured)


@pytest.mark.parametrize("text", ["一人受伤", "骑车人骨折", "已打120", "有人被困车内", "对方无人受伤,我这边司机受伤了"])
def test_words_of_injury_are_heard(text: str) -> None:
    assert triage(said(text)) is Tier.INJURY


@pytest.mark.parametrize("text", ["无人受伤", "没有人受伤", "没受伤", "两车追尾", "黄埔大道120号"])
def test_no_injury_is_read_where_none_is_said(text: str) -> None:
    assert triage(said(text)) is Tier.STANDARD


def test_the_callers_answer_beats_the_words() -> None:
    assert triage(said("一人受伤", injured=False)) is Tier.STANDARD
    assert triage(said("两车追尾", injured=True)) is Tier.INJURY


@pytest.mark.parametrize("text", ["", "  \n", "路" * 2001])
def test_an_empty_or_endless_report_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        said(text)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        Report(text="追尾", received_at=datetime(2026, 11, 22), channel=Channel.TELEPHONE)  # noqa: DTZ001

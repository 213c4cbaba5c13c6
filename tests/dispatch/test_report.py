"""Reports: what they must hold."""

from datetime import UTC, datetime

import pytest

from dispatch.errors import InvalidInput
from dispatch.report import Report
from dispatch.vocabulary import Channel

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def said(text: str, vehicles: int | None = None) -> Report:
    return Report(text=text, received_at=NOW, channel=Channel.TELEPHONE, vehicles=vehicles)


@pytest.mark.parametrize("text", ["\u200b\u2060\ufeff", "", "  \n", "路" * 2001])
def test_an_empty_or_endless_report_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        said(text)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="time zone"):
        Report(text="追尾", received_at=datetime(2026, 11, 22), channel=Channel.TELEPHONE)  # noqa: DTZ001


@pytest.mark.parametrize("vehicles", [0, -1, 501])
def test_a_number_of_vehicles_that_cannot_be_is_refused(vehicles: int) -> None:
    with pytest.raises(InvalidInput, match="车辆数"):
        said("追尾", vehicles=vehicles)

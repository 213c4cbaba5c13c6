"""The desk on a clock that leaps: midnights, the turn of the year, ends of shifts, phones that tell the wrong time."""

from pathlib import Path
from random import Random

import pytest

from api.settings import settings
from tools.faults import clocks


def test_nothing_is_lost_or_taken_for_there_when_clocks_leap_and_tracks_jump(
    wired: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GZ_SEALS_FOLDER", str(tmp_path))  # each database has seals of its own
    settings.cache_clear()
    turned = clocks.run(wired, 9, Random(1))
    assert turned.verdict.wrong == []
    assert turned.verdict.looked_at["reports"] == 9
    assert all(turned.done[name] for name, _ in clocks.MOMENTS)

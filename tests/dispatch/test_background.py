"""What a silence and a backlog of the background mean."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.background import (
    FORECAST_LATE_S,
    MESSAGE_LATE_S,
    SILENT_AFTER_S,
    STARTS_WITHIN_S,
    BackgroundSeen,
    BackgroundState,
    Backlog,
)

NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
LONG_S = 3600.0
Seconds = st.none() | st.floats(0, 1e5)


def waiting(n: int, for_s: float) -> Backlog:
    return Backlog(n, NOW - timedelta(seconds=for_s))


def state(silence_s: float | None, up_s: float = LONG_S, **backlogs: Backlog) -> BackgroundState:
    return BackgroundSeen(at=NOW, silence_s=silence_s, **backlogs).state(up_s)


@pytest.mark.parametrize(
    ("silence_s", "up_s", "expected"),
    [
        (0.0, 0.0, BackgroundState.WELL),
        (SILENT_AFTER_S, LONG_S, BackgroundState.WELL),
        (SILENT_AFTER_S + 1, LONG_S, BackgroundState.SILENT),
        (None, LONG_S, BackgroundState.SILENT),
        (None, STARTS_WITHIN_S - 1, BackgroundState.STARTING),
        (LONG_S, STARTS_WITHIN_S - 1, BackgroundState.STARTING),
        (LONG_S, STARTS_WITHIN_S, BackgroundState.SILENT),
    ],
)
def test_a_long_silence_is_told_unless_it_is_that_of_before_the_start(
    silence_s: float | None, up_s: float, expected: BackgroundState
) -> None:
    assert state(silence_s, up_s) is expected


def test_it_is_catching_up_while_the_first_in_a_line_has_waited_too_long() -> None:
    soon, late = waiting(3, FORECAST_LATE_S), waiting(1, FORECAST_LATE_S + 1)
    assert state(1.0, forecasts=soon, messages=waiting(9, MESSAGE_LATE_S)) is BackgroundState.WELL
    assert state(1.0, forecasts=late) is BackgroundState.CATCHING_UP
    assert state(1.0, messages=waiting(1, MESSAGE_LATE_S + 1)) is BackgroundState.CATCHING_UP
    assert state(None, forecasts=late) is BackgroundState.SILENT  # which says more


@given(silence_s=Seconds, more_s=st.floats(0, 1e5), up_s=st.floats(0, 1e5), waited_s=st.floats(0, 1e5))
def test_nothing_looks_better_for_a_longer_silence_or_a_longer_wait(
    silence_s: float | None, more_s: float, up_s: float, waited_s: float
) -> None:
    order = [BackgroundState.WELL, BackgroundState.CATCHING_UP, BackgroundState.STARTING, BackgroundState.SILENT]
    before = state(silence_s, up_s, forecasts=waiting(1, waited_s))
    silent_longer = state(None if silence_s is None else silence_s + more_s, up_s, forecasts=waiting(1, waited_s))
    waited_longer = state(silence_s, up_s, forecasts=waiting(1, waited_s + more_s))
    assert order.index(waited_longer) >= order.index(before)
    if BackgroundState.STARTING not in (before, silent_longer):
        assert order.index(silent_longer) >= order.index(before)


def test_a_silence_is_dated_by_its_last_sign_of_life() -> None:
    assert BackgroundSeen(at=NOW, silence_s=40.0).silent_since == NOW - timedelta(seconds=40)
    assert BackgroundSeen(at=NOW, silence_s=None).silent_since is None

"""Stated beside seen."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.prediction.calibration import (
    ENOUGH,
    by_band,
    by_zone,
    calibrate,
    calibrate_by,
    reliability,
    reliability_by_rank,
)
from dispatch.prediction.moments import Moment
from dispatch.prediction.predictor import Conditions
from dispatch.prediction.trips import Statement

ONE = Statement(
    incident="A", moment=Moment.REPORT, at=datetime(2026, 3, 2, tzinfo=UTC), day="2026-03-02", conditions=Conditions(8, "weekday"),
    p_kept=0.75, left_s=1800.0, arrived_s=600.0, kept=True, quantiles_s=(100.0, 200.0, 300.0, 500.0, 700.0, 900.0, 1000.0),
    zone="urban", simulated=True,
)  # fmt: skip


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=80))
def test_every_statement_is_in_one_tenth(said: list[tuple[float, bool]]) -> None:
    p, kept = np.array([p for p, _ in said]), np.array([k for _, k in said], dtype=bool)
    for tenths in (reliability(p, kept), reliability_by_rank(p, kept)):
        assert sum(t.seen.n for t in tenths) == len(said)
        assert sum(t.seen.kept for t in tenths) == kept.sum()
        assert all(t.stated is None or t.low - 1e-9 <= t.stated <= t.high + 1e-9 for t in tenths)


def test_a_gap_is_stated_only_where_there_are_enough() -> None:
    few = reliability(np.full(ENOUGH - 1, 0.75), np.ones(ENOUGH - 1, dtype=bool))[7]
    enough = reliability(np.full(ENOUGH, 0.75), np.ones(ENOUGH, dtype=bool))[7]
    assert few.gap is None
    assert enough.gap == pytest.approx(0.25)


def test_a_calibration_counts_all_and_says_when_it_cannot_say_anything() -> None:
    unstated = replace(ONE, p_kept=None, quantiles_s=(), kept=False)
    found = calibrate([ONE, replace(ONE, arrived_s=float("inf"), kept=False), unstated])
    assert (found.n, found.unstated, found.simulated, found.enough) == (2, 1, 2, False)
    assert (found.kept.kept, found.kept.n, found.stated, found.worst_gap) == (1, 2, 0.75, None)
    assert {nominal: (s.kept, s.n) for nominal, s in found.covered.items()} == {0.5: (1, 2), 0.8: (1, 2), 0.9: (1, 2)}
    assert found.crps_s is not None
    assert found.crps_s > 0


def test_nothing_is_a_calibration_of_nothing() -> None:
    found = calibrate([])
    assert (found.n, found.score, found.crps_s, found.stated, dict(found.covered)) == (0, None, None, None, {})


def test_groups_are_by_moment_zone_and_hours() -> None:
    some = [ONE, replace(ONE, zone="", conditions=Conditions(23, "weekday"), moment=Moment.ASSIGNMENT)]
    assert list(calibrate_by(some)) == ["assignment", "report"]
    assert list(calibrate_by(some, by_zone)) == ["unknown", "urban"]
    assert list(calibrate_by(some, by_band)) == ["late", "morning"]


def test_the_worst_gap_is_that_of_the_tenth_farthest_off() -> None:
    some = [replace(ONE, kept=k % 2 == 0) for k in range(40)] + [replace(ONE, p_kept=0.95) for _ in range(40)]
    assert calibrate(some).worst_gap == pytest.approx(0.25)

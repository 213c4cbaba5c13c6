"""Named patterns: honest days give few, and each kind of gaming is found."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suspect_days import BEGIN, days

from dispatch.location import Position
from dispatch.policy.policy import Policy
from dispatch.policy.suspicion_rules import SuspicionRules
from dispatch.suspicion.findings import Finding, Pattern
from dispatch.suspicion.scan import suspicions
from dispatch.suspicion.spikes import in_spikes, spike
from dispatch.suspicion.tracks import in_tracks
from dispatch.unit import Fix

RULES = SuspicionRules()
EDITS = {Pattern.SCENE_MOVED, Pattern.TIER_LATE}  # an honest edit is an edit too


def fix(second: float, lon: float = 113.33, *, unit_id: str = "S1", mocked: bool = False) -> Fix:
    return Fix(unit_id=unit_id, position=Position(lon, 23.12), at=BEGIN + timedelta(seconds=second), mocked=mocked)


def test_honest_days_give_few_findings() -> None:
    made = days(np.random.default_rng(3), 150)
    found = suspicions(made.histories, made.tracks_of, RULES)
    assert (found.incidents, found.claims, found.units, found.tracked) == (150, 150, 40, 150)
    assert len([f for f in found.findings if f.pattern not in EDITS]) <= 3


@pytest.mark.parametrize(
    ("pattern", "strength"),
    [
        (Pattern.BUTTON_FAR, 480),
        (Pattern.CONTRADICTED, 480),
        (Pattern.TRACK_LATER, 170),
        (Pattern.NO_INTERVAL, 2),
        (Pattern.CLOCK_SKEW, 360),
        (Pattern.TIME_DOUBTED, 3600),
        (Pattern.SCENE_MOVED, 900),
        (Pattern.TIER_LATE, 1),
    ],
)
def test_each_kind_of_gaming_is_found_where_it_is_strong(pattern: Pattern, strength: float) -> None:
    made = days(np.random.default_rng(4), 30, pattern, 0.3, strength)
    found = suspicions(made.histories, made.tracks_of, RULES)
    named = {f.incident_id for f in found.findings if f.pattern is pattern}
    assert len(named & made.gamed) > len(made.gamed) / 3
    for one in found.findings:
        assert one.zh
        assert one.en
        assert all(np.isfinite(value) for value in one.numbers.values())


@pytest.mark.parametrize(
    ("pattern", "strength"), [(Pattern.TELEPORT, 360), (Pattern.MOCKED, 300), (Pattern.SAME_TRACK, 30)]
)
def test_gamed_tracks_are_found(pattern: Pattern, strength: float) -> None:
    made = days(np.random.default_rng(5), 40, pattern, 0.3, strength)
    assert pattern in {f.pattern for f in suspicions(made.histories, made.tracks_of, RULES).findings}


def patterns(*track: Fix) -> list[Pattern]:
    return [f.pattern for f in in_tracks({"S1": track}, RULES)]


def test_a_receiver_that_slips_once_does_not_jump() -> None:
    assert patterns(fix(0), fix(10), fix(20, 113.40), fix(30), fix(40)) == []
    assert patterns(fix(0), fix(10), fix(20, 113.40), fix(30, 113.40), fix(40, 113.40)) == [Pattern.TELEPORT]
    assert patterns(fix(0), fix(10), fix(900, 113.40), fix(910, 113.40)) == []  # driven


def test_units_that_wait_at_one_post_do_not_share_a_track() -> None:
    post = {u: [fix(10 * i, unit_id=u) for i in range(50)] for u in ("S1", "S2")}
    assert list(in_tracks(post, RULES)) == []
    copied = {u: [fix(10 * i, 113.3 + i / 1000, unit_id=u) for i in range(9)] for u in ("S1", "S2")}
    assert [f.numbers["places"] for f in in_tracks(copied, RULES)] == [9]


def course(draw: np.random.Generator, n: int) -> list[float]:
    """Seconds left of honest arrivals."""
    return (1800 - draw.lognormal(np.log(1500), 0.4, n)).tolist()


def test_a_smooth_course_has_no_spike_and_p_values_are_not_too_small() -> None:
    p = np.array(
        [one.p for seed in range(300) if (one := spike(course(np.random.default_rng(seed), 800), 60)) is not None]
    )
    assert len(p) == 300
    assert np.mean(p < 0.05) < 0.09  # at most 5 % are due; 300 draws leave 2.5 % of room
    assert 0.3 < np.median(p) < 0.75


def test_arrivals_moved_to_just_before_the_limit_are_found_and_counted() -> None:
    slack = [20.0 if -300 < s < 0 else s for s in course(np.random.default_rng(1), 1500)]
    found = spike(slack, 60)
    assert found is not None
    assert found.p < 1e-6
    assert found.found > 3 * found.expected


def test_one_unit_that_bunches_is_named_among_many_honest_ones() -> None:
    slack = {f"S{i}": course(np.random.default_rng(i), 250) for i in range(30)}
    assert [f.unit_id for f in in_spikes(slack, RULES)] == []
    slack["S7"] = [20.0 if -600 < s < 0 else s for s in slack["S7"]]
    assert "S7" in [f.unit_id for f in in_spikes(slack, RULES)]
    assert len([f.unit_id for f in in_spikes(slack, RULES) if f.unit_id]) == 1


@given(st.lists(st.floats(-5000, 5000), max_size=60))
def test_any_numbers_give_a_probability_or_nothing(slack: list[float]) -> None:
    found = spike(slack, 60)
    assert found is None or (0 <= found.p <= 1 and found.found <= found.n)


def test_what_is_written_of_too_few_says_nothing() -> None:
    assert spike([], 60) is None
    assert list[Finding](in_spikes({"S1": [10.0] * 5}, RULES)) == []


def test_the_bounds_are_in_the_policy() -> None:
    policy = Policy.from_mapping({"suspicion": {"jump_m": 2500}})
    assert (policy.suspicion.jump_m, policy.suspicion.skew_s) == (2500, RULES.skew_s)


def test_a_history_that_does_not_fold_is_counted_and_the_rest_is_looked_at() -> None:
    made = days(np.random.default_rng(3), 4)
    broken = [*made.histories[0], *made.histories[0][3:5]]
    found = suspicions([broken, *made.histories[1:]], made.tracks_of, RULES)
    assert (found.unreadable, found.incidents) == (1, 3)

"""Who counts as free is whom the desk would send."""

from collections import Counter

from dispatch.candidates import eligible, refusal, refused_anywhere
from dispatch.free import free_units
from dispatch.vocabulary import Refusal, Role, UnitStatus
from tests.support.every_unit import FIXES, NOW, POLICY, every_unit


def test_the_free_are_those_that_the_desk_would_send() -> None:
    states = every_unit()
    for role in Role:
        able, refused = eligible(states, role, NOW, POLICY)
        counted = free_units(states, role, NOW, POLICY)
        assert counted.sendable == len(able) > 0
        assert all(
            counted.others[reason] == n
            for reason, n in Counter(r.reason for r in refused).items()
            if reason in counted.others
        )


def test_whoever_looks_idle_is_counted_as_free_or_beside_with_the_reason_and_nobody_else_is() -> None:
    states = every_unit()
    for role in Role:
        counted = free_units(states, role, NOW, POLICY)
        idle = [s for s in states if s.unit.role is role and s.status(NOW) is UnitStatus.IDLE]
        assert counted.sendable + sum(counted.others.values()) == len(idle)
        assert set(counted.others) == {*FIXES, Refusal.SHIFT_ENDING} - {None}


def test_what_has_nothing_to_do_with_the_position_is_told_apart_from_it() -> None:
    by_position = {*FIXES} - {None}
    for state in every_unit():
        whole, apart = refusal(state, state.unit.role, NOW, POLICY), refused_anywhere(state, NOW, POLICY)
        assert apart == (None if whole in by_position else whole)

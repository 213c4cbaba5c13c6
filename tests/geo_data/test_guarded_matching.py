"""Map matching that fails or takes too long is away; the arrival is checked by distance, and the fact says so."""

from collections.abc import Sequence
from threading import Event

import pytest
from scene import NOON

from dispatch.degradations import Degradation, Degradations, Part
from dispatch.errors import Unavailable
from dispatch.track_matching import MatchedTrack
from dispatch.unit import Fix
from geo_data.map_matching.guarded import MOST_AT_ONCE, GuardedMatching

NOTHING = MatchedTrack(fixes=(), confidence=0.0)


def test_a_fault_is_told_and_so_is_the_return() -> None:
    away, faulty = Degradations(), [True]

    def match(track: Sequence[Fix]) -> MatchedTrack:
        if faulty:
            raise ZeroDivisionError
        return NOTHING

    guarded = GuardedMatching(match, away, lambda: NOON)
    with pytest.raises(Unavailable, match="ZeroDivisionError"):
        guarded([])
    assert away.all() == [Degradation(Part.MAP_MATCHING, NOON)]
    faulty.clear()
    assert (guarded([]), away.all()) == (NOTHING, [])


def test_slow_matching_is_given_up_and_does_not_pile_up() -> None:
    away, go_on, begun = Degradations(), Event(), []

    def match(track: Sequence[Fix]) -> MatchedTrack:
        begun.append(1)
        go_on.wait(600)
        return NOTHING

    guarded = GuardedMatching(match, away, lambda: NOON, limit_s=0.01)
    try:
        for _ in range(MOST_AT_ONCE + 3):
            with pytest.raises(Unavailable):
                guarded([])
        assert len(begun) <= MOST_AT_ONCE
        assert [one.part for one in away.all()] == [Part.MAP_MATCHING]
    finally:
        go_on.set()

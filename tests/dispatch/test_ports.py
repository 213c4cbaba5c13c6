"""The fleet in memory: what was seen last is what counts, in whatever order it came."""

from datetime import timedelta

from scene import NOON, SCENE, surveyor

from dispatch.location import Position
from dispatch.ports import MemoryFleet
from dispatch.unit import Fix


def test_a_fix_that_comes_late_joins_the_track_and_does_not_move_the_unit() -> None:
    fleet = MemoryFleet([surveyor(1, 113.34)], open_assignments=dict)
    new = Fix(unit_id="S1", position=SCENE, at=NOON)
    old = Fix(unit_id="S1", position=Position(113.4, 23.1), at=NOON - timedelta(minutes=4))
    fleet.record(new)
    fleet.record(old)
    assert fleet.states(NOON)[0].fix == new
    assert fleet.track("S1", NOON - timedelta(hours=1)) == [old, new]
    assert fleet.track("S1", NOON - timedelta(hours=1), NOON - timedelta(minutes=4)) == [old]

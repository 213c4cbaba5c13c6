"""What the rules of the random sequences share: what is drawn, one clock, and worlds in which every step is done alike."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition
from scene import NOON, SCENE
from stateful_world import UNITS, World

from dispatch.errors import DispatchError
from dispatch.events import CommitmentMade
from dispatch.incident import Assignment, Incident
from dispatch.location import Position
from dispatch.unit import Fix
from dispatch.vocabulary import Role

YEAR_END = datetime.fromisoformat("2026-12-31T23:59:40+08:00")
CUT_OFF = Position(113.33, 24.5)

picks = st.integers(0, 30)  # counted from the latest
words = st.sampled_from(["现场需要", "客户要求", "", " "]) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5
)
units = st.sampled_from([u.id for u in UNITS])
roles = st.sampled_from(Role)
points = st.builds(Position, st.floats(113.2, 113.5), st.floats(23.05, 23.2)) | st.just(CUT_OFF)
PLACED = [
    "黄埔大道西与猎德大道交叉口,两车追尾",
    "猎德大道追尾,一人受伤送医院",
    "猎德大道追尾,车动不了,要拖车",
    "从化街口,三车连环相撞,车动不了",
    "猎德高速出口,校车被追尾",
]
ELSEWHERE = [
    "说不清在哪里,被人撞了",
    "佛山祖庙追尾,车动不了",
    "佛山来的车撞伤了人,猎德医院",
    "深圳南山追尾",
    "北京朝阳追尾",
]
texts = st.sampled_from(PLACED) | st.sampled_from([*PLACED, *ELSEWHERE])
answers = st.sampled_from([None, True, False])
scenes = st.sampled_from([SCENE, SCENE, None, CUT_OFF])
gaps_s = st.sampled_from([1, 40, 300, 1500])
spans_s = st.sampled_from([1, 20, 20, 45, 95, 95, 200, 1000, 4000, 30_000, 86_400, 500_000])


class Sequences(RuleBasedStateMachine):
    """What all rules share: one clock, and worlds in which every step is done alike."""

    def __init__(self, *worlds: World) -> None:
        super().__init__()
        self.worlds = worlds
        self.now = NOON
        self.promises: dict[str, CommitmentMade | None] = {}
        self.seen: set[tuple[str, datetime]] = set()
        self.see_all()

    def do(self, step: Callable[[World], object]) -> type[DispatchError] | None:
        """Do a step in every world and look through what came of it; returns what refused it."""
        refused = {world.attempt(step) for world in self.worlds}
        assert len(refused) == 1, "the worlds disagree"
        self.look_through()
        return refused.pop()

    @property
    def incidents(self) -> list[Incident]:
        """In the order of intake."""
        return sorted(self.worlds[0].states.values(), key=lambda i: i.id)

    def one(self, n: int) -> Incident:
        """Mostly one that is open."""
        still_open = [i for i in self.incidents if i.closed_at is None]
        return pick(still_open if still_open and n % 7 else self.incidents, n)

    @property
    def assignments(self) -> list[Assignment]:
        return [a for i in self.incidents for a in i.assignments.values()]

    @property
    def bound(self) -> list[Assignment]:
        return [a for i in self.incidents for a in i.open_assignments]

    def see_all(self) -> None:
        """Observe every unit where it was last, else at its post."""
        for state in self.worlds[0].desk.fleet.states(self.now):
            here = state.fix.position if state.fix else state.unit.standby
            self.see(Fix(unit_id=state.unit.id, position=here, at=self.now))

    def see(self, fix: Fix) -> None:
        """Observe a unit, never in two places at once."""
        if (fix.unit_id, fix.at) not in self.seen:
            self.seen.add((fix.unit_id, fix.at))
            for world in self.worlds:
                world.see(fix, self.now)

    def look_through(self) -> None:
        for world in self.worlds:
            world.look_through(self.now)
            for key, history in self.worlds[0].histories.items():
                assert history == world.histories[key], "the worlds disagree"
            assert world.histories.keys() == self.worlds[0].histories.keys()
        for key, promise in self.promises.items():
            assert self.worlds[0].states[key].commitment == promise, "a commitment has changed after intake"
        assert set(self.promises) == set(self.worlds[0].states), "an incident is forgotten"


def pick(some: Sequence[Any], n: int) -> Any:
    return some[-1 - n % len(some)]


has_incidents = precondition(lambda self: self.incidents)
has_assignments = precondition(lambda self: self.assignments)
has_bound = precondition(lambda self: self.bound)

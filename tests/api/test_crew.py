"""A process that dies is started again; one that cannot live is given up in words."""

from itertools import count, pairwise

import pytest

from api.service.crew import PAUSES_S, YOUNG_S, Member
from dispatch.errors import Unavailable


class Fake:
    """A process that ends when told to."""

    numbers = count(1)

    def __init__(self) -> None:
        self.pid = next(self.numbers)
        self.exitcode: int | None = None


def test_a_process_that_was_killed_is_started_again_at_once() -> None:
    member = Member("web 1", Fake, 0.0)
    first = member.process
    first.exitcode = -9
    member.look(YOUNG_S + 1)
    assert member.process is not first
    assert member.is_alive


def test_one_that_lives_is_left_alone() -> None:
    member = Member("web 1", Fake, 0.0)
    first = member.process
    for now_s in range(100):
        member.look(float(now_s))
    assert member.process is first


def test_one_that_dies_young_waits_longer_each_time_and_is_given_up_in_the_end() -> None:
    member, now_s, starts = Member("web 1", Fake, 0.0), 0.0, [0.0]

    def die_until_given_up() -> None:
        nonlocal now_s
        while now_s < 1000:
            dead = member.process
            dead.exitcode = 1
            while member.process is dead:
                member.look(now_s)
                now_s += 0.25
            starts.append(now_s)

    with pytest.raises(Unavailable, match="web 1 process ended 8 times in a row"):
        die_until_given_up()
    pauses = [later - before for before, later in pairwise(starts)]
    assert len(pauses) == len(PAUSES_S) - 1
    assert pauses == sorted(pauses)
    assert pauses[-1] >= PAUSES_S[-1]


def test_a_life_long_enough_is_a_new_beginning() -> None:
    member, now_s = Member("background", Fake, 0.0), 0.0
    for _ in range(5 * len(PAUSES_S)):
        now_s += YOUNG_S + 1
        member.process.exitcode = -9
        member.look(now_s)
        assert member.is_alive

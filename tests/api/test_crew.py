"""A process that dies is started again; one that cannot live is given up in words."""

import multiprocessing
from itertools import count, pairwise

import pytest

from api.service.crew import PAUSES_S, YOUNG_S, Member
from api.service.pulse import STOPPED_AFTER_S, Pulse
from dispatch.errors import Unavailable


class Fake:
    """A process that ends when told to."""

    numbers = count(1)

    def __init__(self) -> None:
        self.pid = next(self.numbers)
        self.exitcode: int | None = None

    def kill(self) -> None:
        self.exitcode = -9


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


def watched() -> tuple[Member[Fake], Pulse]:
    pulse = Pulse(multiprocessing.get_context("fork"))
    return Member("background", Fake, 0.0, pulse), pulse


def looked_at(member: Member[Fake], since_s: float, for_s: float) -> float:
    """Look four times a second; the moment of the last look."""
    looks = round(4 * for_s)
    for n in range(looks):
        member.look(since_s + n / 4)
    return since_s + looks / 4


def test_one_that_hangs_is_killed_and_started_again() -> None:
    member, pulse = watched()
    first = member.process
    pulse.beat()
    now_s = looked_at(member, 0.0, STOPPED_AFTER_S - 1)
    assert member.process is first
    looked_at(member, now_s, 3.0)
    assert first.exitcode == -9
    assert member.process is not first
    assert member.is_alive


def test_one_that_goes_on_or_has_not_begun_is_left_alone() -> None:
    member, pulse = watched()
    first, now_s = member.process, looked_at(member, 0.0, 5 * STOPPED_AFTER_S)
    for _ in range(5):
        pulse.beat()
        now_s = looked_at(member, now_s, STOPPED_AFTER_S - 1)
    assert member.process is first


def test_whoever_follows_one_that_died_may_take_its_time_until_its_first_beat() -> None:
    member, pulse = watched()
    pulse.beat()
    now_s = looked_at(member, 0.0, YOUNG_S + 1)
    member.process.exitcode = -9
    now_s = looked_at(member, now_s, 1.0)
    second = member.process
    looked_at(member, now_s, 2 * STOPPED_AFTER_S)
    assert member.process is second
    assert member.is_alive


def test_time_that_the_watcher_itself_did_not_live_through_counts_against_nobody() -> None:
    member, pulse = watched()
    first = member.process
    pulse.beat()
    now_s = looked_at(member, 0.0, 10.0)
    member.look(now_s + 100 * STOPPED_AFTER_S)
    assert member.process is first


def test_a_pulse_is_felt_across_a_fork() -> None:
    context = multiprocessing.get_context("fork")
    pulse = Pulse(context)
    child = context.Process(target=pulse.beat)
    child.start()
    child.join()
    assert not pulse.has_stopped(0.0)
    assert any(pulse.has_stopped(n / 4) for n in range(round(8 * STOPPED_AFTER_S)))  # it has beaten, and beats no more

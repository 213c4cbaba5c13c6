"""New workers that do not come up leave the old ones in their places."""

from multiprocessing import get_context
from typing import Any

import pytest

from api.service.crew import Member
from api.service.reloading import Reloader
from dispatch.errors import Unavailable


class Worker:
    """A process that says it is ready as soon as it is forked, or dies at once."""

    def __init__(self, number: int, *, dies: bool) -> None:
        self.pid = number
        self.exitcode = 1 if dies else None
        self.is_told_to_end = False

    def terminate(self) -> None:
        self.is_told_to_end = True


def crew_of(ready: Any, *, dies: bool) -> tuple[list[Any], list[Worker]]:
    forked: list[Worker] = []

    def fork() -> Worker:
        is_new = len(forked) >= 2
        forked.append(Worker(len(forked), dies=dies and is_new))
        ready.release()
        return forked[-1]

    return [Member(f"web {n}", fork, 0.0) for n in (1, 2)], forked


def test_new_workers_take_the_places_and_the_old_are_given_back() -> None:
    ready = get_context("fork").Semaphore(0)
    crew, forked = crew_of(ready, dies=False)
    assert Reloader(ready)._renew(crew) == forked[:2]
    assert [member.process for member in crew] == forked[2:]
    assert not any(worker.is_told_to_end for worker in forked)


def test_when_a_new_one_dies_all_new_ones_end_and_the_old_stay() -> None:
    ready = get_context("fork").Semaphore(0)
    crew, forked = crew_of(ready, dies=True)
    with pytest.raises(Unavailable, match="did not come up"):
        Reloader(ready)._renew(crew)
    assert [member.process for member in crew] == forked[:2]
    assert [worker.is_told_to_end for worker in forked] == [False, False, True, True]

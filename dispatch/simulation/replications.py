"""Many replications of one simulation, spread by any `concurrent.futures.Executor`: the numbers are the same on each."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import TypeVar

J = TypeVar("J")
T = TypeVar("T")


def spread(play: Callable[[J], T], jobs: Iterable[J], executor: Executor | None = None) -> Iterator[T]:
    """Play any jobs, e.g. seeds of a year or parts of it.

    Parameters
    ----------
    play : callable
        Takes a job; what it answers may depend on nothing else. Processes need both to be picklable.
    jobs : iterable
    executor : Executor, optional
        E.g. a `ProcessPoolExecutor`, or ``distributed.Client(…).get_executor()`` where one machine is not enough;
        without it one after another.

    Yields
    ------
    The answers in order of the jobs, each as soon as it and those before it are there.
    """
    yield from map(play, jobs) if executor is None else executor.map(play, jobs)

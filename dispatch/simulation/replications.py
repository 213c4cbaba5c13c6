"""Many replications of one simulation, spread by any `concurrent.futures.Executor`: the numbers are the same on each."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import TypeVar

J = TypeVar("J")
T = TypeVar("T")


def replicate(play: Callable[[int], T], seed: int, replications: int, executor: Executor | None = None) -> Iterator[T]:
    """Play the seeds ``seed``, ``seed + 1``, …

    Parameters
    ----------
    play : callable
        Takes a seed; what it answers may depend on nothing else. Processes need it to be picklable.
    seed : int
    replications : int
    executor : Executor, optional
        E.g. a `ProcessPoolExecutor`, or ``distributed.Client(…).get_executor()`` where one machine is not enough;
        without it one after another.

    Yields
    ------
    The answers in order of seeds, each as soon as it and those before it are there.
    """
    return spread(play, range(seed, seed + replications), executor)


def spread(play: Callable[[J], T], jobs: Iterable[J], executor: Executor | None = None) -> Iterator[T]:
    """Play any jobs, e.g. parts of a year; the answers come in their order. See `replicate`."""
    yield from map(play, jobs) if executor is None else executor.map(play, jobs)

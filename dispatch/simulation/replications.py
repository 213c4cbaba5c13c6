"""Many replications of one simulation, spread by any `concurrent.futures.Executor`: the numbers are the same on each."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import TypeVar

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
    seeds = range(seed, seed + replications)
    yield from map(play, seeds) if executor is None else executor.map(play, seeds)

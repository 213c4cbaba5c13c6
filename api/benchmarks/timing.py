"""Times taken in turn, and what can be said of them without assuming how they are spread."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from dispatch.estimates import percentile

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
RESAMPLES = 1000


@dataclass(frozen=True)
class Ask:
    """A question in the words of one contender.

    Parameters
    ----------
    run : callable
        Takes the number of the query; this is what is timed.
    read : callable
        From what `run` gave, and the number, to an array of seconds that can be compared; not timed.
    after : callable, optional
        Puts things back; not timed.
    scale : float
        How many times longer the whole is than the part that is run; above 1 the time is extrapolated.
    """

    run: Callable[[int], Any]
    read: Callable[[Any, int], Floats]
    after: Callable[[int], None] | None = None
    scale: float = 1.0


@dataclass
class Samples:
    """Times of one contender, query by query.

    Parameters
    ----------
    seconds : list of float
    rounds : list of int
        The round in which each was taken.
    scale : float
        See `Ask`; it is contained in the seconds.
    """

    seconds: list[float] = field(default_factory=list)
    rounds: list[int] = field(default_factory=list)
    scale: float = 1.0

    @property
    def median(self) -> float:
        """Seconds; nan when there is no sample."""
        return float(np.median(self.seconds)) if self.seconds else float("nan")


@dataclass(frozen=True)
class Plan:
    """How often a question is asked.

    Parameters
    ----------
    rounds : int
        In each round every contender is asked in turn.
    queries : int
        Queries of a round; a contender that would need more than its share of time answers the first ones only.
    limit_s : float
        Seconds after which a contender is asked no more.
    """

    rounds: int
    queries: int
    limit_s: float


def measure(asks: Mapping[str, Ask], plan: Plan, clock: Callable[[], float] = time.perf_counter) -> dict[str, Samples]:
    """Time all contenders side by side: A B C, A B C, …; each answers at least one query."""
    found = {name: Samples(scale=ask.scale) for name, ask in asks.items()}
    for turn in range(plan.rounds):
        for name, ask in asks.items():
            _one_turn(ask, found[name], turn, plan, clock)
    return found


def _one_turn(ask: Ask, samples: Samples, turn: int, plan: Plan, clock: Callable[[], float]) -> None:
    spent_s = sum(samples.seconds) / ask.scale
    share_s = plan.limit_s / plan.rounds
    began_s = spent_s
    for query in range(turn * plan.queries, (turn + 1) * plan.queries):
        if spent_s >= plan.limit_s or (spent_s > began_s and spent_s - began_s >= share_s):
            return
        since = clock()
        ask.run(query)
        seconds = clock() - since
        if ask.after is not None:
            ask.after(query)
        spent_s += seconds
        samples.seconds.append(seconds * ask.scale)
        samples.rounds.append(turn)


def median_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """Two of the values between which the true median lies with 95 % or more; None below 6 values."""
    found = percentile(sorted(values), 0.5)
    return None if found.low is None or found.high is None else (found.low, found.high)


@dataclass(frozen=True)
class Ratio:
    """How many times longer a peer took; ``low`` and ``high`` are nan when there are too few rounds to tell."""

    value: float
    low: float
    high: float
    rounds: int


def ratio(peer: Samples, ours: Samples, seed: int = 0) -> Ratio:
    """Ratio of medians over the rounds that both took part in, with a bootstrap interval over rounds."""
    common = sorted(set(peer.rounds) & set(ours.rounds))
    theirs, own = (_by_round(samples, common) for samples in (peer, ours))
    if not common:
        return Ratio(float("nan"), float("nan"), float("nan"), 0)
    value = float(np.median(np.concatenate(theirs)) / np.median(np.concatenate(own)))
    if len(common) < 3:
        return Ratio(value, float("nan"), float("nan"), len(common))
    rng = np.random.default_rng(seed)
    drawn = [_again(theirs, own, rng) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Ratio(value, float(low), float(high), len(common))


def _by_round(samples: Samples, rounds: Sequence[int]) -> list[Floats]:
    seconds, turns = np.array(samples.seconds), np.array(samples.rounds)
    return [seconds[turns == turn] for turn in rounds]


def _again(theirs: list[Floats], own: list[Floats], rng: np.random.Generator) -> float:
    some = rng.integers(0, len(own), len(own))
    return float(
        np.median(np.concatenate([theirs[i] for i in some])) / np.median(np.concatenate([own[i] for i in some]))
    )

"""What the engine has promised, and whether a run shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isnan

from api.benchmarks.cold import Start
from api.benchmarks.contender import LOCAL, MATRIX, NEAREST_FEW, OURS, PATH, REACH, WEIGHTS
from api.benchmarks.timing import Samples, median_interval, ratio

MEMORY_NODES = 140_020  # of the city that the promise of memory was made for


class Verdict(StrEnum):
    """Whether a promise is kept."""

    KEPT = "kept"
    BROKEN = "broken"
    UNCLEAR = "unclear"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Promise:
    """One promise and what was found.

    Parameters
    ----------
    words : str
    wanted : float
    found, low, high : float
        Median or ratio and the ends of its interval; nan where there are too few values to tell.
    at_least : bool
        Whether more is better.
    unit : str
    exact : bool
        Counted and not timed, so that it needs no interval.
    """

    words: str
    wanted: float
    found: float
    low: float
    high: float
    at_least: bool
    unit: str
    exact: bool = False

    @property
    def verdict(self) -> Verdict:
        """Kept or broken when all of the interval says so; a time without an interval proves neither."""
        if isnan(self.found):
            return Verdict.NOT_MEASURED
        if isnan(self.low) and not self.exact:
            return Verdict.UNCLEAR
        low, high = (self.found, self.found) if self.exact else (self.low, self.high)
        worst, best = (low, high) if self.at_least else (high, low)
        if self._good(worst):
            return Verdict.KEPT
        return Verdict.UNCLEAR if self._good(best) else Verdict.BROKEN

    def _good(self, value: float) -> bool:
        return value >= self.wanted if self.at_least else value <= self.wanted


Times = Mapping[str, Mapping[str, Samples]]

_RATIOS = (
    ("nearest 5 of 500, beside scipy", NEAREST_FEW, "scipy", 80.0),
    ("nearest 5 of 500, beside networkx", NEAREST_FEW, "networkx", 1500.0),
    ("matrix on one thread, beside scipy", MATRIX, "scipy", 50.0),
    ("path, beside scipy", PATH, "scipy", 100.0),
    ("all nodes, beside scipy", REACH, "scipy", 8.0),
)
_TIMES = (
    ("nearest 5 of 500 with turns", NEAREST_FEW, 0.3),
    ("matrix with turns", MATRIX, 100.0),
    ("new weights with turns", WEIGHTS, 200.0),
    ("weights of a neighbourhood", LOCAL, 20.0),
)


def promises(times: Times, extra_bytes: int | None, nodes: int, start: Start | None) -> list[Promise]:
    """All promises that concern what was asked of the run; those whose measure failed count as not measured.

    Parameters
    ----------
    times : mapping
        By kind and contender; kinds that were not asked are absent.
    extra_bytes : int, optional
        Of one more set of weights.
    nodes : int
        Base nodes of the network; memory is reckoned for a city of 140,020.
    start : Start, optional
        Of a new process.
    """
    found = [_ratio(times, *row) for row in _RATIOS if row[1] in times]
    found += [_time(times, *row) for row in _TIMES if row[1] in times]
    nan = float("nan")
    if extra_bytes is not None:
        megabytes = extra_bytes / 1e6 * MEMORY_NODES / nodes
        found.append(
            Promise("memory of new weights, at 140,020 nodes", 10.0, megabytes, nan, nan, False, "MB", exact=True)
        )
    if start is not None:
        words = "first query of a new process"
        found.append(Promise(words, 50.0, start.first_query_s * 1e3, *start.first_query_interval_ms, False, "ms"))
    return found


def exit_code(found: Sequence[Promise]) -> int:
    """0 only when something was promised and all of it is kept."""
    return 0 if found and all(promise.verdict is Verdict.KEPT for promise in found) else 1


def _ratio(times: Times, words: str, kind: str, peer: str, wanted: float) -> Promise:
    nan = float("nan")
    if peer not in times[kind] or OURS not in times[kind]:
        return Promise(words, wanted, nan, nan, nan, True, "×")
    found = ratio(times[kind][peer], times[kind][OURS])
    return Promise(words, wanted, found.value, found.low, found.high, True, "×")


def _time(times: Times, words: str, kind: str, wanted_ms: float) -> Promise:
    nan = float("nan")
    samples = times[kind].get(OURS)
    if samples is None:
        return Promise(words, wanted_ms, nan, nan, nan, False, "ms")
    low, high = median_interval(samples.seconds) or (nan, nan)
    return Promise(words, wanted_ms, samples.median * 1e3, low * 1e3, high * 1e3, False, "ms")

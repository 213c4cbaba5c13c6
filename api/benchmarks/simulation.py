"""What simulated days cost: processor time an incident, where it goes, and memory.

Days are played untouched for the time; one more day is played with a look at the clock around each port of the desk, for
the parts. A part is counted without the parts within it.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

import numpy as np

from api.benchmarks.timing import median_interval
from api.simulating.days import Days, staged
from api.simulating.stage import Stage
from dispatch.choosing.arrivals import Floats
from dispatch.choosing.rules import Rule, name_of
from dispatch.choosing.situation import Situation
from dispatch.unit import GUANGZHOU_TIME

Clock = Callable[[], float]
LEAST = 20  # incidents in an hour that is timed by itself
PER_DAY = 1500.0


@dataclass
class Cost:
    """What was measured.

    Parameters
    ----------
    incidents : int
        Reported on the days that were played untouched.
    seconds : float
        Processor time of those days.
    hours_ms : list of float
        Processor milliseconds an incident, hour by hour; quiet hours left out.
    days_ms : list of float
        The same day by day.
    parts_ms : dict of str to float
        Milliseconds an incident of each part, on the day of the parts.
    peak_mb : float
        Most memory the process ever held.
    """

    incidents: int = 0
    seconds: float = 0.0
    hours_ms: list[float] = field(default_factory=list)
    days_ms: list[float] = field(default_factory=list)
    parts_ms: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0

    @property
    def mean_ms(self) -> float:
        """Milliseconds an incident over all days."""
        return 1e3 * self.seconds / max(self.incidents, 1)

    @property
    def median_ms(self) -> float:
        """Of the hours."""
        return float(np.median(self.hours_ms)) if self.hours_ms else float("nan")

    @property
    def interval_ms(self) -> tuple[float, float] | None:
        """Of the median, 95 %."""
        return median_interval(self.hours_ms)

    @property
    def year_min(self) -> float:
        """Minutes of one core that a year of `PER_DAY` incidents a day would take."""
        return self.mean_ms * PER_DAY * 365 / 60_000


class Parts:
    """Seconds spent in named parts, each without those within it."""

    def __init__(self, clock: Clock) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._inner = [0.0]

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Count what happens meanwhile as a part."""
        began = self._clock()
        self._inner.append(0.0)
        try:
            yield
        finally:
            whole = self._clock() - began
            self.seconds[name] = self.seconds.get(name, 0.0) + whole - self._inner.pop()
            self._inner[-1] += whole

    def timed(self, name: str, do: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, counted."""

        @wraps(do)
        def counted(*args: Any, **kwargs: Any) -> Any:
            with self.within(name):
                return do(*args, **kwargs)

        return counted


class _Watched:
    """Any object, some of whose methods are counted."""

    def __init__(self, inner: Any, parts: Parts, names: dict[str, str]) -> None:
        self._inner = inner
        for method, name in names.items():
            setattr(self, method, parts.timed(name, getattr(inner, method)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


@dataclass(frozen=True)
class _TimedRule:
    """A rule under its own name."""

    rule: Rule
    parts: Parts

    @property
    def name(self) -> str:
        return name_of(self.rule)

    def __call__(self, s: Situation) -> Floats:
        with self.parts.within("price"):
            return self.rule(s)


def measure(days: int, *, per_day: float = PER_DAY, seed: int = 1, clock: Clock = time.process_time) -> Cost:
    """Play ``days`` ordinary dry days, and one more for the parts.

    Parameters
    ----------
    days : int
    per_day : float
        The fleet grows with it.
    seed : int
    clock : callable
        Seconds of processor time.
    """
    plan = Days(first=date(2026, 3, 2), days=days + 1, per_day=per_day, weather="dry")
    played, cost = staged(plan, seed), Cost()
    heard = [0]
    _count_calls(played, heard)
    began = datetime(2026, 3, 2, tzinfo=GUANGZHOU_TIME)
    for day in range(days):
        before_s, before_n = cost.seconds, heard[0]
        for hour in range(24):
            _hour(played, began + timedelta(days=day, hours=hour + 1), heard, cost, clock)
        cost.days_ms.append(1e3 * (cost.seconds - before_s) / max(heard[0] - before_n, 1))
    cost.incidents = heard[0]
    cost.parts_ms = _parts(played, began + timedelta(days=days + 1), heard, clock)
    cost.peak_mb = _peak_mb()
    return cost


def _hour(played: Stage, until: datetime, heard: list[int], cost: Cost, clock: Clock) -> None:
    n, since = heard[0], clock()
    played.play_until(until)
    spent_s = clock() - since
    cost.seconds += spent_s
    if heard[0] - n >= LEAST:
        cost.hours_ms.append(1e3 * spent_s / (heard[0] - n))


def _parts(played: Stage, until: datetime, heard: list[int], clock: Clock) -> dict[str, float]:
    parts, simulation, n = Parts(clock), played.simulation, heard[0]
    desk = simulation.desk
    log: Any = _Watched(desk.log, parts, {"append": "log and next steps", "jobs_since": "jobs"})
    fleet: Any = _Watched(desk.fleet, parts, {"states": "units", "shops": "units"})
    simulation.desk = replace(
        desk,
        travel_times=parts.timed("roads", desk.travel_times),
        onward=parts.timed("roads to shops", desk.onward) if desk.onward else None,
        fleet=fleet,
        log=log,
        rule=_TimedRule(desk.priced_by, parts),
    )
    simulation.dispatcher = parts.timed("decide", simulation.dispatcher)
    with parts.within("take reports, answer, drive"):
        played.play_until(until)
    return {name: 1e3 * s / max(heard[0] - n, 1) for name, s in sorted(parts.seconds.items(), key=lambda p: -p[1])}


def _count_calls(played: Stage, heard: list[int]) -> None:
    desk = played.simulation.desk
    find = desk.geocode

    def found(*args: Any, **kwargs: Any) -> Any:
        heard[0] += 1
        return find(*args, **kwargs)

    played.simulation.desk = replace(desk, geocode=found)


def _peak_mb() -> float:
    """Of this process; the system counts in KiB, on macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10

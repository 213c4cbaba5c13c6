"""The desk's steps, timed and traced at its ports: `dispatch` itself knows nothing of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from api.observing.metrics import desk_step_s
from api.observing.tracing import span
from dispatch.desk import Desk
from dispatch.events import Event
from dispatch.log import EventLog

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Time one step, whether it ends well or not."""
    began = time.perf_counter()
    try:
        with span(f"desk {name}"):
            yield
    finally:
        desk_step_s.labels(name).observe(time.perf_counter() - began)


def timed(name: str, work: Callable[P, R]) -> Callable[P, R]:
    """The same function, its calls seen as a step."""

    @wraps(work)
    def seen(*args: P.args, **kwargs: P.kwargs) -> R:
        with step(name):
            return work(*args, **kwargs)

    return seen


class SeenLog:
    """An event log whose appending is seen as a step; all else is the log's own."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def append(self, events: Sequence[Event], *, after: int) -> None:
        """Append, as the log does."""
        with step("append"):
            self._log.append(events, after=after)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def observed(desk: Desk) -> Desk:
    """The same desk, with its steps seen: geocode, travel times, choose, append."""
    return replace(
        desk,
        geocode=timed("geocode", desk.geocode),
        travel_times=timed("travel_times", desk.travel_times),
        travel_between=timed("travel_times", desk.travel_between) if desk.travel_between else None,
        rule=timed("choose", desk.priced_by),
        log=cast(EventLog, SeenLog(desk.log)),
    )

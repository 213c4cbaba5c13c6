"""Logs of a simulation: one that tells of what was written, and one that forgets what is over."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast

from dispatch.bookings import day_of
from dispatch.events import Event
from dispatch.incident import Incident
from dispatch.log import EventLog, MemoryLog

KEPT = timedelta(days=7)  # longer than any policy counts jobs for
Hear = Callable[[Sequence[Event]], None]


class _HeardLog:
    """Passes everything on to a log; who listens hears of each append that was accepted."""

    def __init__(self, log: Any, hear: Hear) -> None:
        self._log = log
        self._hear = hear

    def append(self, events: Sequence[Event], *, after: int) -> None:
        self._log.append(events, after=after)
        self._hear(events)

    def append_all(self, parts: Sequence[tuple[Sequence[Event], int]]) -> None:
        self._log.append_all(parts)
        for events, _ in parts:
            self._hear(events)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._log, name)
        setattr(self, name, found)  # so that it is looked up once
        return found


def heard(log: EventLog, hear: Hear) -> EventLog:
    """The same log; ``hear`` is called with what was appended, after it was accepted."""
    return cast(EventLog, _HeardLog(log, hear))


class BriefLog(MemoryLog):
    """A `MemoryLog` that forgets an incident once it is closed: a year fits into memory.

    Parameters
    ----------
    tally : callable
        Told of each incident as it closes, before it is forgotten.
    """

    def __init__(self, tally: Callable[[Incident], None]) -> None:
        super().__init__()
        self._tally = tally
        self._day = date.min

    def append(self, events: Sequence[Event], *, after: int) -> None:
        """Add events of one incident, all or none."""
        super().append(events, after=after)
        key = events[0].incident_id
        state = self._states[key]
        if state.closed_at is not None:
            self._tally(state)
            del self._states[key], self._histories[key]
            self._forget(state.closed_at)

    def _forget(self, now: datetime) -> None:
        """Once a day, let go of jobs and bookings that nobody asks about any more."""
        if day_of(now) > self._day:
            self._day = day_of(now)
            self._jobs.forget(now - KEPT)
            self._bookings.forget(self._day - KEPT)

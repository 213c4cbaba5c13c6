"""One process of the service: forked anew when it ends or hangs, at once the first time, then with a pause that grows."""

import logging
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from api.service.pulse import Pulse
from dispatch.errors import Unavailable

log = logging.getLogger(__name__)

YOUNG_S = 10.0  # a process that ended before it was so old died young
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0)  # before the next start, by how many died young in a row


class Process(Protocol):
    """What a crew needs of a process."""

    @property
    def pid(self) -> int | None:
        """Its number."""

    @property
    def exitcode(self) -> int | None:
        """None while it runs; below 0 for the signal that killed it."""

    def kill(self) -> None:
        """End it at once."""


P = TypeVar("P", bound=Process)


class Member(Generic[P]):
    """A place in the crew and the process that fills it.

    Parameters
    ----------
    name : str
        What people call it.
    fork : callable
        Starts a process that does this work.
    now_s : float
        Seconds of a clock that never goes back, here and in `look`.
    pulse : Pulse or None
        What the process says of itself; without one, that it runs is enough.
    """

    def __init__(self, name: str, fork: Callable[[], P], now_s: float, pulse: Pulse | None = None) -> None:
        self.name = name
        self._fork = fork
        self._pulse = pulse
        self._died_young = 0
        self._due_s: float | None = None
        self.process = fork()
        self._began_s = now_s

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self.process.exitcode is None

    def renew(self) -> P:
        """Start another process in this place; returns the one before, for somebody else to end."""
        before, self.process = self.process, self._fork()
        return before

    def put_back(self, before: P) -> P:
        """Take the process back that `renew` returned; returns the new one, for somebody else to end."""
        new, self.process = self.process, before
        return new

    def look(self, now_s: float) -> None:
        """Fork it anew when it has ended and its pause is over; end it where it hangs.

        Raises
        ------
        Unavailable
            When it has died young too often in a row: something is wrong that starting it again does not mend.
        """
        if self.is_alive:
            if self._pulse and self._pulse.has_stopped(now_s):
                log.error("%s: %s has hung for too long and is killed", self.name, self.process.pid)
                self.process.kill()
                self._pulse.begin_anew()  # said once, however long it takes to die
            return
        if self._due_s is None:
            self._due_s = now_s + self._pause_s(now_s)
        if now_s >= self._due_s:
            self._due_s, self._began_s = None, now_s
            if self._pulse:
                self._pulse.begin_anew()  # what the one before said is nothing that this one has said
            self.process = self._fork()
            log.warning("%s: started again as %s", self.name, self.process.pid)

    def _pause_s(self, now_s: float) -> float:
        lived_s, ended = now_s - self._began_s, self.process.exitcode
        self._died_young = self._died_young + 1 if lived_s < YOUNG_S else 0
        if self._died_young >= len(PAUSES_S):
            raise Unavailable(
                f"The {self.name} process ended {self._died_young} times in a row within {YOUNG_S:.0f} s of its start, "
                f"the last time with {ended}: see the lines above, mend what they name, and start the service again."
            )
        pause_s = PAUSES_S[self._died_young]
        log.warning("%s ended with %s after %.0f s; next start in %.1f s", self.name, ended, lived_s, pause_s)
        return pause_s

"""In a rush a report is taken first and foretold later: the caller waits for the number, nobody for the forecast.

A forecast weighs the whole fleet, most of what a report costs. Each worker makes `PER_S` of them with the report, and
`AT_ONCE` after a quiet time; beyond that the background does it, `dispatch.catching_up`.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from dispatch.desk import Desk

PER_S = 4.0
AT_ONCE = 100.0


class Allowance:
    """A bucket that fills with time.

    Parameters
    ----------
    clock : callable
        Seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left, self._at = AT_ONCE, clock()

    def take(self) -> bool:
        """Whether there is one left, which is then taken."""
        now = self._clock()
        self._left, self._at = min(AT_ONCE, self._left + PER_S * (now - self._at)), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


_forecasts = Allowance()


def unhurried(desk: Desk, allowance: Allowance = _forecasts) -> Desk:
    """The desk as it is, or in a rush one that leaves forecasts at the report to the background."""
    if allowance.take():
        return desk
    return replace(desk, forecasting=replace(desk.forecasting, foresees=False))

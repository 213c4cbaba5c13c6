"""What follows a try: there, again later, the next channel, or given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.message import Came, Means, Outcome, State
from dispatch.policy.message_rules import FIRST_WAIT_S, LONGEST_WAIT_S


@dataclass(frozen=True, slots=True)
class Next:
    """How a message stands after a try.

    ``at`` is when it is tried again, None where it has ended; ``on`` is which of its channels, counted from 0.
    """

    state: State
    at: datetime | None = None
    on: int = 0


def after(
    outcome: Outcome, *, tries: int, on: int, channels: tuple[Means, ...], now: datetime, until: datetime,
    most: int, jitter: float,
) -> Next:  # fmt: skip
    """Say what follows a try.

    Parameters
    ----------
    outcome : Outcome
    tries : int
        How many came before this one on the same channel.
    on : int
        Which channel it was.
    channels : tuple of Means
    now, until : datetime
        Nothing is tried once ``until`` has come.
    most : int
        Tries on one channel.
    jitter : float
        From 0 to 1: waits are that share longer, so that not all who failed together come back together.
    """
    if outcome.came is Came.THERE:
        return Next(State.SENT)
    last = on + 1 >= len(channels)
    if outcome.came is Came.LATER and tries + 1 < most:
        wait_s = min(FIRST_WAIT_S * 2**tries, LONGEST_WAIT_S) * (1 + jitter)
        at = now + timedelta(seconds=wait_s)
        if at < until:
            return Next(State.WAITING, at, on)
    if not last and now < until:
        return Next(State.WAITING, now, on + 1)
    if outcome.reached:
        return Next(State.SENT)
    return Next(State.NOBODY if outcome.came is Came.NOBODY and on == 0 else State.FAILED)

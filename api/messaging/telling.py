"""A channel that says when it does not get through, and when it does again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dispatch.degradations import Degradations, Part
from dispatch.message import Came, Channel, Outcome, Outgoing


@dataclass(frozen=True, slots=True)
class Telling:
    """A `dispatch.message.Channel` that notes what became of each try; a refused message says nothing of the channel.

    Parameters
    ----------
    channel : Channel
    part : Part
        What is away when it does not get through.
    degradations : Degradations
    clock : callable
        The wall clock.
    """

    channel: Channel
    part: Part
    degradations: Degradations
    clock: Callable[[], datetime]

    def send(self, message: Outgoing) -> Outcome:
        """Send it."""
        outcome = self.channel.send(message)
        if outcome.came is Came.LATER:
            self.degradations.lost(self.part, self.clock())
        elif outcome.came is Came.THERE:
            self.degradations.back(self.part)
        return outcome

"""The lock on every channel that leaves the house: nothing simulated passes."""

from dataclasses import dataclass

from dispatch.message import Came, Channel, Outcome, Outgoing


@dataclass(frozen=True, slots=True)
class RealCases:
    """A `dispatch.message.Channel` that hands on what is of a real case and refuses the rest.

    `api.messaging.post` never gives it anything simulated; should it once do so, it ends here.
    """

    channel: Channel

    def send(self, message: Outgoing) -> Outcome:
        """Send it, unless it is simulated."""
        if message.simulated:
            return Outcome(Came.REFUSED, "simulated: never sent", message.reached)
        return self.channel.send(message)

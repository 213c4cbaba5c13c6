"""Whether a process still goes on, told by itself to whoever watches over it: one that hangs is as bad as one that died."""

from multiprocessing.context import ForkContext

STOPPED_AFTER_S = 180.0  # a step takes a second, the longest seen 20
MOST_BETWEEN_LOOKS_S = 1.0  # a watcher that was held up itself has seen nothing meanwhile


class Pulse:
    """A count in memory that both share; made before the fork.

    Parameters
    ----------
    context : multiprocessing context
        That of the fork.
    """

    def __init__(self, context: ForkContext) -> None:
        self._count = context.Value("Q", 0, lock=False)
        self._seen = 0
        self._looked_s = 0.0
        self._still_s = 0.0

    def beat(self) -> None:
        """Say that one goes on."""
        self._count.value += 1

    def begin_anew(self) -> None:
        """Forget what was seen: another process begins, which may take its time until its first beat."""
        self._count.value = self._seen = 0
        self._still_s = 0.0

    def has_stopped(self, now_s: float) -> bool:
        """Whether one that has beaten no longer does.

        Parameters
        ----------
        now_s : float
            Seconds of a clock that never goes back.
        """
        passed_s, self._looked_s = min(now_s - self._looked_s, MOST_BETWEEN_LOOKS_S), now_s
        count = self._count.value
        self._still_s = self._still_s + passed_s if count == self._seen else 0.0
        self._seen = count
        return count > 0 and self._still_s > STOPPED_AFTER_S

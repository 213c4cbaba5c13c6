"""What is to happen, by time: a heap of actions."""

from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

Action = Callable[[datetime], None]


class Agenda:
    """Actions in order of time; those of one moment in the order they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Action]] = []
        self._ties = count()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, at: datetime, action: Action) -> None:
        """Let ``action`` happen at ``at``; it is called with that moment."""
        heappush(self._heap, (at, next(self._ties), action))

    def run_until(self, until: datetime) -> None:
        """Do all that is due by ``until``, with what it entails; an action that fails is off the agenda."""
        while self._heap and self._heap[0][0] <= until:
            at, _, action = heappop(self._heap)
            action(at)

"""How many jobs each unit has taken lately: what fairness is reckoned from."""

from bisect import bisect_left, insort
from collections import Counter
from datetime import datetime


class JobCounts:
    """Jobs accepted, counted from a moment on; quick where the moments asked for move on little by little."""

    def __init__(self) -> None:
        self._jobs: list[tuple[datetime, str]] = []  # by when the incident was reported: the unit
        self._first = 0  # of those counted
        self._since: datetime | None = None
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, reported_at: datetime, unit_id: str) -> None:
        """A unit has accepted a job of an incident that was reported at a moment."""
        insort(self._jobs, (reported_at, unit_id))
        if self._since is None or reported_at < self._since:
            self._first += 1
        else:
            self._counts[unit_id] += 1

    def since(self, moment: datetime) -> dict[str, int]:
        """Jobs of incidents reported since ``moment``, by unit; those without any left out."""
        first = bisect_left(self._jobs, moment, key=lambda job: job[0])
        if first < self._first or self._since is None:
            self._counts = Counter(unit_id for _, unit_id in self._jobs[first:])
        else:
            self._counts.subtract(unit_id for _, unit_id in self._jobs[self._first : first])
        self._first, self._since = first, moment
        return {unit_id: n for unit_id, n in self._counts.items() if n}

    def forget(self, before: datetime) -> None:
        """Count no more what was reported before ``before``."""
        gone = bisect_left(self._jobs, before, key=lambda job: job[0])
        since = self._since
        del self._jobs[:gone]
        self._first, self._since, self._counts = 0, None, Counter()
        if since is not None:
            self.since(since)

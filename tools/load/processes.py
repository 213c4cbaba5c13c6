"""What each process of the service uses: processor time and memory, read from /proc."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(slots=True)
class Watched:
    """One process, or the whole of PostgreSQL, through a run."""

    name: str
    at_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    mb: list[float] = field(default_factory=list)

    def share(self) -> float:
        """Processors used, 1.0 is one core."""
        return (self.cpu_s[-1] - self.cpu_s[0]) / max(1e-9, self.at_s[-1] - self.at_s[0])

    def slope(self) -> float:
        """MB an hour through the second half of the run."""
        half = len(self.at_s) // 2
        return float(np.polyfit(self.at_s[half:], self.mb[half:], 1)[0] * 3600) if len(self.at_s) - half > 2 else 0.0


def children(pid: int) -> list[int]:
    """Processes that a process has started."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def used(pid: int, *, with_ended: bool = False) -> tuple[float, float]:
    """Seconds of processor and MB of private memory of a process; zeros once it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        private = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0, 0.0
    ticks = sum(map(int, fields[11 : 15 if with_ended else 13]))
    return ticks / TICKS, (int(private[1]) - int(private[2])) * PAGE_MB


class Watch:
    """The processes of the service, by what they do."""

    def __init__(self, supervisor: int, postmaster: int) -> None:
        web_and_background = children(supervisor)
        names = [f"worker {n}" for n in range(1, len(web_and_background))] + ["background"]
        self._pids = dict(zip(names, web_and_background, strict=True))
        self._postmaster = postmaster
        self.watched = {name: Watched(name) for name in [*names, "PostgreSQL"]}

    def look(self, at_s: float) -> None:
        """Read them all once."""
        for name, pid in self._pids.items():
            self._add(name, at_s, *used(pid))
        parts = [used(self._postmaster, with_ended=True), *(used(p) for p in children(self._postmaster))]
        self._add("PostgreSQL", at_s, sum(p[0] for p in parts), sum(p[1] for p in parts))

    def _add(self, name: str, at_s: float, cpu_s: float, mb: float) -> None:
        one = self.watched[name]
        one.at_s.append(at_s)
        one.cpu_s.append(cpu_s)
        one.mb.append(mb)

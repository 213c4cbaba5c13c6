"""Whether the probability stated at assignment came true."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dispatch.reporting.line import Line
from dispatch.shares import Share, share
from dispatch.vocabulary import Verdict

EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """Promises whose stated probability lay in one band, ``stated`` its mean; ``kept`` is what came of them."""

    low: float
    high: float
    stated: float | None
    kept: Share

    @property
    def agrees(self) -> bool | None:
        """Whether the stated mean lies inside the interval of what came true; None without n."""
        if self.stated is None or self.kept.low is None or self.kept.high is None:
            return None
        return self.kept.low <= self.stated <= self.kept.high


def foretold(lines: Sequence[Line]) -> tuple[Foretold, ...]:
    """Compare by bands of the stated probability; empty where none was stated of a promise that is due.

    A band takes its upper edge and not its lower one, the first takes both.
    """
    due = [
        (line.p_kept, line.record.verdict is Verdict.KEPT)
        for line in lines
        if line.p_kept is not None and line.record.verdict in (Verdict.KEPT, Verdict.MISSED)
    ]
    if not due:
        return ()
    found = []
    for low, high in pairwise(EDGES):
        band = [(p, kept) for p, kept in due if low < p <= high or p == low == 0.0]
        stated = sum(p for p, _ in band) / len(band) if band else None
        kept = share(sum(kept for _, kept in band), len(band))
        found.append(Foretold(low=low, high=high, stated=stated, kept=kept))
    return tuple(found)

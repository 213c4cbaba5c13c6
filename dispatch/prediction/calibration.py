"""Were the probabilities right? Stated chances beside what came, for our own events, simulated days and imported logs alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dispatch.auditing.shares import Share, share
from dispatch.events import SHARES
from dispatch.prediction.learned import BAND_OF_HOUR
from dispatch.prediction.moments import Moment
from dispatch.prediction.scores import Brier, Flags, Floats, brier, coverage, crps_of_quantiles
from dispatch.prediction.trips import Statement

TENTHS = 10
ENOUGH = 30  # statements in a group, below which it says nothing
INTERVALS: Mapping[float, tuple[float, float]] = {0.5: (0.25, 0.75), 0.8: (0.10, 0.90), 0.9: (0.05, 0.95)}


@dataclass(frozen=True, slots=True)
class Tenth:
    """Statements of about the same probability, and how many of those promises were kept.

    Parameters
    ----------
    low, high : float
        Bounds of the probabilities.
    stated : float or None
        Their mean; None for n = 0.
    seen : Share
        Kept, with n and Wilson interval.
    """

    low: float
    high: float
    stated: float | None
    seen: Share

    @property
    def gap(self) -> float | None:
        """Seen less stated; above 0 where the forecast was too modest. None below `ENOUGH` statements."""
        if self.stated is None or self.seen.p is None or self.seen.n < ENOUGH:
            return None
        return self.seen.p - self.stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How a set of statements did.

    Parameters
    ----------
    n : int
        Those with a probability, among them ``simulated``; ``unstated`` had none as nobody could go.
    kept : Share
        Promises kept among the n.
    stated : float or None
        Mean of the probabilities.
    tenths : tuple of Tenth
        By probability: 0 to 0.1, …, 0.9 to 1.
    score : Brier or None
    crps_s : float or None
        Mean over those with quantiles and an arrival; see `dispatch.prediction.scores.crps_of_quantiles`.
    covered : mapping
        By nominal share of an interval (0.5, 0.8, 0.9): how many arrivals fell into it. Nobody ever there is outside.
    """

    n: int
    simulated: int
    unstated: int
    kept: Share
    stated: float | None
    tenths: tuple[Tenth, ...]
    score: Brier | None
    crps_s: float | None
    covered: Mapping[float, Share] = field(default_factory=dict)

    @property
    def enough(self) -> bool:
        """Whether there are enough statements to say anything."""
        return self.n >= ENOUGH

    @property
    def worst_gap(self) -> float | None:
        """The largest gap of a tenth, whichever way; None where none has enough statements."""
        gaps = [abs(t.gap) for t in self.tenths if t.gap is not None]
        return max(gaps, default=None)


def calibrate(statements: Sequence[Statement]) -> Calibration:
    """Check statements; see `calibrate_by` for groups of them."""
    said = [s for s in statements if s.p_kept is not None]
    p, kept = np.array([s.p_kept for s in said], dtype=np.float64), np.array([s.kept for s in said], dtype=np.bool_)
    with_times = [s for s in said if len(s.quantiles_s) == len(SHARES)]
    quantiles_s = np.array([s.quantiles_s for s in with_times], dtype=np.float64).reshape(-1, len(SHARES))
    arrived_s = np.array([s.arrived_s for s in with_times], dtype=np.float64)
    return Calibration(
        n=len(said),
        simulated=sum(s.simulated for s in said),
        unstated=len(statements) - len(said),
        kept=share(int(kept.sum()), len(said)),
        stated=float(p.mean()) if len(p) else None,
        tenths=reliability(p, kept),
        score=brier(p, kept, tenth_of(p)),
        crps_s=_mean_crps_s(quantiles_s, arrived_s),
        covered=_covered(quantiles_s, arrived_s) if with_times else {},
    )


def calibrate_by(
    statements: Iterable[Statement], key: Callable[[Statement], str] = lambda s: s.moment.value
) -> dict[str, Calibration]:
    """Check statements by group: `by_zone`, `by_band`, or by moment as it is."""
    groups: dict[str, list[Statement]] = {}
    for s in statements:
        groups.setdefault(key(s), []).append(s)
    return {name: calibrate(groups[name]) for name in sorted(groups)}


def by_zone(s: Statement) -> str:
    """Zone of the promise."""
    return s.zone or "unknown"


def by_band(s: Statement) -> str:
    """Band of hours of the statement; see `dispatch.prediction.learned.BANDS`."""
    return BAND_OF_HOUR[s.conditions.hour]


def reliability(p: Floats, kept: Flags) -> tuple[Tenth, ...]:
    """Stated against seen by tenths of probability: what a reliability diagram draws."""
    group = tenth_of(p)
    return tuple(_tenth(p[group == k], kept[group == k], k / TENTHS, (k + 1) / TENTHS) for k in range(TENTHS))


def reliability_by_rank(p: Floats, kept: Flags, groups: int = TENTHS) -> tuple[Tenth, ...]:
    """The same in groups of as many statements each, from the least probable to the most."""
    order = np.argsort(p, kind="stable")
    parts = [part for part in np.array_split(order, groups) if len(part)]
    return tuple(_tenth(p[part], kept[part], float(p[part].min()), float(p[part].max())) for part in parts)


def tenth_of(p: Floats) -> npt.NDArray[np.intp]:
    """Which tenth each probability lies in, 0 to 9; 1 lies in the last."""
    return np.minimum((p * TENTHS).astype(np.intp), TENTHS - 1)


def at(statements: Iterable[Statement], moment: Moment) -> list[Statement]:
    """Those of one moment."""
    return [s for s in statements if s.moment is moment]


def _tenth(p: Floats, kept: Flags, low: float, high: float) -> Tenth:
    return Tenth(low, high, float(p.mean()) if len(p) else None, share(int(kept.sum()), len(p)))


def _mean_crps_s(quantiles_s: Floats, arrived_s: Floats) -> float | None:
    there = np.isfinite(arrived_s)
    if not there.any():
        return None
    return float(crps_of_quantiles(quantiles_s[there], SHARES, arrived_s[there]).mean())


def _covered(quantiles_s: Floats, arrived_s: Floats) -> dict[float, Share]:
    at_share = {p: quantiles_s[:, k] for k, p in enumerate(SHARES)}
    return {nominal: coverage(at_share[low], at_share[high], arrived_s) for nominal, (low, high) in INTERVALS.items()}

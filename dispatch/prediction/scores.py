"""How good forecasts were, as numbers: Brier score with its parts, CRPS, coverage of intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from dispatch.auditing.shares import Share, share

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Brier:
    """A Brier score and what it is made of: ``score == reliability - resolution + uncertainty + within``.

    A. H. Murphy, "A new vector partition of the probability score", Journal of Applied Meteorology 12, 1973; ``within`` is
    what is left as the groups hold forecasts that are not quite alike (D. B. Stephenson and others, "Two extra components in the
    Brier score decomposition", Weather and Forecasting 23, 2008).

    Parameters
    ----------
    n : int
    score : float
        Mean squared difference, 0 is best.
    reliability : float
        What the stated probabilities are off by; 0 is best.
    resolution : float
        How well they tell incidents apart; the higher the better.
    uncertainty : float
        Of what came, whoever forecasts.
    within : float
    """

    n: int
    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def brier(p: Floats, kept: Flags, group: npt.NDArray[np.intp]) -> Brier | None:
    """The Brier score of probabilities ``p`` (n,) for ``kept`` (n,), taken apart by ``group`` (n,); None for n = 0."""
    n = len(p)
    if n == 0:
        return None
    came = kept.astype(np.float64)
    size = np.bincount(group).astype(np.float64)
    some = size > 0
    size = size[some]
    said, seen = (np.bincount(group, of)[some] / size for of in (p, came))
    base = float(came.mean())
    score = float(((p - came) ** 2).mean())
    reliability = float((size * (said - seen) ** 2).sum() / n)
    resolution = float((size * (seen - base) ** 2).sum() / n)
    uncertainty = base * (1 - base)
    return Brier(n, score, reliability, resolution, uncertainty, score - reliability + resolution - uncertainty)


def crps_lognormal(median_s: Floats, log_sd: Floats, seen_s: Floats) -> Floats:
    """Continuous ranked probability score of lognormals, in seconds; 0 is best.

    S. Baran and S. Lerch, "Log-normal distribution based ensemble model output statistics models for probabilistic wind-speed
    forecasting", QJRMS 141, 2015: y (2F(y) - 1) - 2 e^(m + s²/2) (N(w - s) + N(s / sqrt 2) - 1), w = (ln y - m) / s.
    """
    w = (np.log(seen_s) - np.log(median_s)) / log_sd
    mean_s = median_s * np.exp(log_sd**2 / 2)
    return np.asarray(seen_s * (2 * ndtr(w) - 1) - 2 * mean_s * (ndtr(w - log_sd) + ndtr(log_sd / sqrt(2)) - 1))


def crps_of_quantiles(quantiles_s: Floats, shares: Sequence[float], seen_s: Floats) -> Floats:
    """The same of any distribution by its quantiles (n, q): twice the mean pinball loss, each share standing for its part of (0, 1).

    With ninety-nine quantiles it is the CRPS to about a per cent; with the seven that events keep it is a coarser score of the
    same kind (T. Gneiting and R. Ranjan, JBES 29, 2011), good for comparing forecasts on the same quantiles.
    """
    p = np.array(shares)
    late_s = seen_s[:, None] - quantiles_s
    loss = np.where(late_s >= 0, p * late_s, (p - 1) * late_s)
    edges = np.concatenate([[0.0], (p[1:] + p[:-1]) / 2, [1.0]])
    return np.asarray(2 * (loss * np.diff(edges)).sum(axis=1))


def coverage(low_s: Floats, high_s: Floats, seen_s: Floats) -> Share:
    """How many arrivals (n,) fell between two quantiles, with n and Wilson interval."""
    return share(int(((low_s <= seen_s) & (seen_s <= high_s)).sum()), len(seen_s))

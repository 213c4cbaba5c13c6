"""Whether today is a slow day: what the trips that have ended tell of those to come, beyond what is learned of such days.

The level of all trips (a logarithm, 0 is usual) is the sum of a slow part, which lasts about a day, and a quick one of about two
hours; each falls back to 0 as an Ornstein-Uhlenbeck process. A trip that has ended shows the level with its own luck upon it,
which a Kalman filter takes off (R. E. Kalman, "A new approach to linear filtering and prediction problems", Journal of Basic
Engineering 82, 1960): few trips move it little. A trip counts at its end, not at its departure: of those that set off a short
while ago only the quick ones have ended, of those that end all have.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
MEMORY_S = np.array([24 * 3600.0, 2 * 3600.0])
AHEAD_S = 900.0  # a forecast is for trips that are on the road about so much later
LARGEST_SCORE = 2.5  # slower trips, and quicker ones, count as so slow: closed roads and mistakes are not the city
LEAST_LEFT = 0.5  # of a spread, at least, that is left when today is known


@dataclass(frozen=True, slots=True)
class Varying:
    """How far times differ from what is usual of them: standard deviations of the two parts of the level; 0 if not known."""

    slow_sd: float = 0.0
    quick_sd: float = 0.0

    @property
    def variances(self) -> Floats:
        """(2,) of the two parts before any trip of the day has ended."""
        return np.array([self.slow_sd**2, self.quick_sd**2])


@dataclass(frozen=True, slots=True)
class Today:
    """What is known of the level now.

    Parameters
    ----------
    log_level : float
        By how much longer trips take than usual, as a logarithm.
    known : float
        By how much the variance of a trip's logarithm is less for that; at least 0.
    """

    log_level: float = 0.0
    known: float = 0.0


@dataclass(frozen=True, eq=False, slots=True)
class Level:
    """The level as it was known after each trip.

    Parameters
    ----------
    varying : Varying
    ended_s : (n,) float64
        When each trip ended, in seconds of any clock; rising.
    means : (n, 2) float64
        Of both parts, just after.
    covariances : (n, 2, 2) float64
    """

    varying: Varying
    ended_s: Floats
    means: Floats
    covariances: Floats

    def at(self, now_s: Floats) -> tuple[Floats, Floats]:
        """(m,) log-level and (m,) variance known, see `Today`, from what ended **before** each moment (m,)."""
        last = np.searchsorted(self.ended_s, now_s, side="left") - 1
        some = last >= 0
        log_levels, known = np.zeros(len(now_s)), np.zeros(len(now_s))
        if some.any():
            gone_s = now_s[some] - self.ended_s[last[some]] + AHEAD_S
            keep = np.exp(-gone_s[:, None] / MEMORY_S)
            log_levels[some] = (keep * self.means[last[some]]).sum(axis=1)
            told = np.diag(self.varying.variances) - self.covariances[last[some]]
            known[some] = np.maximum(np.einsum("mi,mij,mj->m", keep, told, keep), 0.0)
        return log_levels, known


def level(ended_s: Floats, slow: Floats, variance: Floats, varying: Varying) -> Level:
    """Filter trips.

    Parameters
    ----------
    ended_s : (n,) float64
        Rising.
    slow : (n,) float64
        Logarithm of true over foretold seconds of travel.
    variance : (n,) float64
        Of it, the level included; above 0.
    varying : Varying
    """
    usual = varying.variances
    if not usual.any():  # nothing to find
        return Level(varying, ended_s[:0], np.empty((0, 2)), np.empty((0, 2, 2)))
    own = np.maximum(variance - usual.sum(), LEAST_LEFT**2 * variance)
    shown = np.clip(slow, -LARGEST_SCORE * np.sqrt(variance), LARGEST_SCORE * np.sqrt(variance))
    means, covariances = np.zeros((len(slow), 2)), np.zeros((len(slow), 2, 2))
    keep = np.exp(-np.diff(ended_s, prepend=ended_s[:1])[:, None] / MEMORY_S)
    mean, covariance = np.zeros(2), np.diag(usual)
    for k in range(len(slow)):
        mean = keep[k] * mean
        covariance = covariance * np.outer(keep[k], keep[k]) + np.diag(usual * (1 - keep[k] ** 2))
        gain = covariance.sum(axis=1) / (covariance.sum() + own[k])
        mean = mean + gain * (shown[k] - mean.sum())
        covariance = covariance - np.outer(gain, covariance.sum(axis=0))
        means[k], covariances[k] = mean, covariance
    return Level(varying, ended_s, means, covariances)


def narrowed(log_sds: Floats, known: Floats | float) -> Floats:
    """Spreads of travel when so much of their variance is known; a good deal is left always."""
    return np.asarray(np.sqrt(np.maximum(log_sds**2 - known, (LEAST_LEFT * log_sds) ** 2)))

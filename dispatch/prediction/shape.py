"""How the true distribution of arrivals differs in shape from the lognormal that is reckoned with.

A forecast says with which probability F(t) somebody is there by t. If its shape were right, the normal scores
z = Phi^-1(F(arrival)) would be normal. What they really are is a rising curve through a few knots, straight beyond them, and
Phi(h(Phi^-1(F(t)))) is right again: recalibration of the probability integral transform (A. P. Dawid, "Statistical theory:
the prequential approach", JRSS A 147, 1984; V. Kuleshov and others, "Accurate uncertainties for deep learning using calibrated
regression", ICML 2018), on the normal scale so that tails stay tails.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from dispatch.errors import InvalidInput

Floats = npt.NDArray[np.float64]
LARGEST_SCORE = 8.0  # 6e-16 of a normal distribution lies beyond
LEAST_STEP = 1e-3


@dataclass(frozen=True, slots=True)
class Shape:
    """A rising curve from normal scores as forecast to normal scores as they are.

    Parameters
    ----------
    forecast, real : tuple of float
        Knots, both rising; at least two.
    """

    forecast: tuple[float, ...] = (-1.0, 1.0)
    real: tuple[float, ...] = (-1.0, 1.0)

    def __post_init__(self) -> None:
        steps = [np.diff(knots) for knots in (self.forecast, self.real)]
        if len(self.forecast) != len(self.real) or len(self.forecast) < 2 or any((s <= 0).any() for s in steps):
            raise InvalidInput("A shape needs two or more knots, as many forecast as real, both rising.")

    @property
    def is_plain(self) -> bool:
        """Whether it changes nothing."""
        return self.forecast == self.real

    def p(self, p: Floats) -> Floats:
        """Probabilities as they are, of those forecast; 0 and 1 stay."""
        return p if self.is_plain else np.asarray(ndtr(_straight_on(_scores(p), self.forecast, self.real)))

    def shares(self, p: Floats) -> Floats:
        """The inverse: which share of the forecast distribution lies below the true quantile of ``p``."""
        return p if self.is_plain else np.asarray(ndtr(_straight_on(_scores(p), self.real, self.forecast)))


def _scores(p: Floats) -> Floats:
    return np.asarray(np.clip(ndtri(p), -LARGEST_SCORE, LARGEST_SCORE))


def _straight_on(x: Floats, knots: tuple[float, ...], values: tuple[float, ...]) -> Floats:
    """Interpolate; beyond the first and the last knot go on as steeply as between the last two."""
    at, to = np.array(knots), np.array(values)
    slope = np.diff(to) / np.diff(at)
    found = np.interp(x, at, to)
    found = np.where(x < at[0], to[0] + slope[0] * (x - at[0]), found)
    return np.asarray(np.where(x > at[-1], to[-1] + slope[-1] * (x - at[-1]), found))


PLAIN = Shape()

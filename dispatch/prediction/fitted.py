"""Everything an arrival is forecast with at one moment: the policy's assumptions, or what trips have taught."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dispatch.arrival import Forecast
from dispatch.policy.policy import ArrivalModel
from dispatch.prediction.shape import PLAIN, Shape

Floats = npt.NDArray[np.float64]
PRIOR = "prior"
USUAL_PACE_MPS = 7.0  # of a trip in a straight line, by road seconds
SOFT_S = 180.0  # so much of a trip says nothing of its pace yet
MOST_PACE = 2.0  # quicker trips, and half as quick ones, count as so quick


@dataclass(frozen=True, slots=True)
class Fitted:
    """What an arrival is forecast with.

    Parameters
    ----------
    model : ArrivalModel
        Turnout, and the spread of travel by length.
    factor_minutes, factors : tuple of float
        By how much longer trips take than the network tells, by the length it tells; straight between, level beyond.
    pace_power : float
        The same by the pace in a straight line, against `USUAL_PACE_MPS`: quick trips are those on expressways.
    rest_power : float
        Of the slowness of a trip so far, by which the rest of it is slow too.
    rest_factor : float
        What came of that for one trip.
    shape : Shape
    name : str
        `PRIOR`, or the fingerprint of the learned file.
    """

    model: ArrivalModel = field(default_factory=ArrivalModel)
    factor_minutes: tuple[float, ...] = (1.0,)
    factors: tuple[float, ...] = (1.0,)
    pace_power: float = 0.0
    rest_power: float = 0.0
    rest_factor: float = 1.0
    shape: Shape = PLAIN
    name: str = PRIOR

    def slowness(self, travel_s: Floats, straight_m: Floats | None = None) -> Floats:
        """By how much longer trips take than told; 1 where no road leads."""
        reached = np.isfinite(travel_s)
        told_s = np.where(reached, travel_s, 0.0)
        found = np.interp(told_s / 60, self.factor_minutes, self.factors) * self.rest_factor
        if straight_m is not None and self.pace_power:
            found = found * pace_ratio(told_s, straight_m) ** self.pace_power
        return np.where(reached, found, 1.0)

    def so_far(self, elapsed_s: Floats, covered_s: Floats, slow: Floats | float = 1.0) -> Floats:
        """Logarithm of by how much slower than usual trips have been; near 0 as long as they have hardly begun.

        Usual is ``slow`` times what is reckoned with.
        """
        usual_s = slow * covered_s * np.interp(covered_s / 60, self.factor_minutes, self.factors)
        return np.asarray(np.log((elapsed_s + SOFT_S) / (usual_s + SOFT_S)))

    def stated(self, p: Floats) -> Floats:
        """Probabilities as they are stated: nothing is certain before it has happened."""
        most = self.model.p_most
        return np.clip(p, 1 - most, most)


def pace_ratio(travel_s: Floats, straight_m: Floats) -> Floats:
    """Pace of trips in a straight line against the usual one, within `MOST_PACE`; what has no length is usual."""
    known = (travel_s > 0) & (straight_m > 0)
    pace = np.where(known, straight_m, USUAL_PACE_MPS) / np.where(known, travel_s, 1.0)
    return np.asarray(np.clip(pace / USUAL_PACE_MPS, 1 / MOST_PACE, MOST_PACE))


@dataclass(frozen=True, slots=True)
class Reshaped:
    """A forecast in the shape that arrivals really have."""

    plain: Forecast
    shape: Shape

    @property
    def median_s(self) -> float:
        """Seconds; half of such arrivals are sooner."""
        return self.quantile_s(0.5)

    def p_within(self, seconds: float) -> float:
        """Probability, 0 to 1, of arriving within ``seconds``; 0 when none are left."""
        return float(self.shape.p(np.array(self.plain.p_within(seconds)))) if seconds > 0 else 0.0

    def quantile_s(self, p: float) -> float:
        """Seconds within which a share ``p`` (0 < p < 1) of such arrivals happen."""
        return self.plain.quantile_s(float(self.shape.shares(np.array(p))))


def reshaped(forecast: Forecast, shape: Shape) -> Forecast:
    """``forecast`` in another shape; itself where the shape changes nothing."""
    return forecast if shape.is_plain else Reshaped(forecast, shape)

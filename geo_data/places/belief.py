"""How likely the true place lies where: each candidate a share of belief, spread about its point.

A candidate's belief is spread with the density ``s² / (pi (r² + s²)²)`` at r metres from its point: half within s, nine
tenths within 3 s, and a long tail, as places have that bear another name than one thought. It is the stereographic image of
the uniform density on a sphere, discs are caps of it, and so the share within any disc has a closed form. s is a third of
the candidate's radius, so that the radius holds nine tenths. How the kinds of evidence compare is fitted by
``python -m tools.fit_geocoder`` (maximum likelihood of the true places of real addresses and junction stops,
leave-one-out); run it after changing what proposes candidates.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_data.roads.network import Floats
from geo_data.roads.plane import Points

LEAST_SPREAD_M = 60.0  # known points are themselves true to about 100 m
CITY_SPREAD_M = 20_000.0
WRONG_DISTRICT = 0.05  # tables and callers do name a wrong district, so it weighs and does not forbid
TOWN_M = 6_000.0  # half of what is said to be in a town lies so near: belief falls off from there as above
GOOD_WITHIN_M = 500.0
NEAR_M = np.array([150.0, GOOD_WITHIN_M, 1500.0])  # a good answer has much belief within each of these
RADII_M = np.geomspace(50.0, 80_000.0, 60)
HELD = 0.9
LEAST_GAIN = 0.06  # belief for each e-fold of the radius; a wider circle that gains less only covers rivals far away
MOST_CENTRES = 24  # of all candidates only the likeliest can be the answer

# Too rare in the cases to be fitted: they outweigh all else that is said, for whoever reads a number off a sign, tells
# both ends, or names a station as one (地铁…站), knows where he is. A post outweighs its road and no more, as it is often
# rounded: with metres from a mark told beside it, the mark is the better.
STATED = {"pole": 8.0, "between": 8.0, "post": 4.0, "station": 6.0}


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is fitted, as natural logarithms of odds.

    Parameters
    ----------
    levels : mapping of kind to float
        Of a candidate of that kind and of weight 1.
    unknown, unknown_in_district : float
        Of "somewhere else in the city", with no district or town told, and with one.
    """

    levels: Mapping[str, float]
    unknown: float
    unknown_in_district: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What candidates say, as arrays over n candidates.

    Parameters
    ----------
    kinds : list of str
    points : (n, 2) float64
        Metres in the plane.
    weight : (n,) float64
        Trust in the candidate among those of its kind, the agreement with all else that was said included.
    radius_m : (n,) float64
    anchored : bool
        A district, a town or a phone is told.
    drawn : bool
        A drawn road is told, which is known however long.
    """

    kinds: list[str]
    points: Points
    weight: Floats
    radius_m: Floats
    anchored: bool
    drawn: bool


@dataclass(frozen=True, slots=True)
class Belief:
    """Shares of belief of n candidates, and their spreads in metres; the rest, ``unknown``, lies anywhere in the city."""

    points: Points
    share: Floats
    spread_m: Floats
    unknown: float

    def within(self, gap_m: Floats, limit_m: float | Floats) -> Floats:
        """Belief within ``limit_m`` of points that lie ``gap_m``, shape (..., n), from the candidates."""
        return np.asarray((self.share * share_within(gap_m, self.spread_m, limit_m)).sum(axis=-1))

    def radius_m(self, centre: Points) -> float:
        """Radius of the disc about ``centre`` that holds nine tenths of the belief, or of the last that was worth its size."""
        held = self.within(np.hypot(*(self.points - centre).T), RADII_M[:, None])
        held += self.unknown * share_within(np.hypot(*centre), CITY_SPREAD_M, RADII_M)  # about the plane's middle
        worth = RADII_M[np.argmax(held - LEAST_GAIN * np.log(RADII_M))]
        return float(min(worth, np.exp(np.interp(HELD, held, np.log(RADII_M)))))

    def best(self) -> tuple[npt.NDArray[np.int64], Floats]:
        """Candidates that may be the answer, the one with most belief about it first, and the belief within 500 m of each."""
        likely = np.argsort(-self.share, kind="stable")[:MOST_CENTRES]
        gap_m = np.hypot(*(self.points[likely, None] - self.points[None]).transpose(2, 0, 1))
        near = self.within(gap_m, NEAR_M[:, None, None])
        order = np.argsort(-near.sum(axis=0), kind="stable")
        return likely[order], near[NEAR_M.searchsorted(GOOD_WITHIN_M), order]


def share_within(gap_m: Floats | float, spread_m: Floats | float, limit_m: Floats | float) -> Floats:
    """Share of a spread belief that lies within ``limit_m`` of a point ``gap_m`` from its own."""
    excess = np.square(limit_m) - np.square(gap_m) - np.square(spread_m)
    return np.asarray(0.5 * (1 + excess / np.sqrt(excess**2 + 4 * np.square(limit_m) * np.square(spread_m))))


def believe(heard: Heard, beliefs: Beliefs) -> Belief:
    """Share out the belief among what is ``heard``."""
    odds = heard.weight * np.exp([beliefs.levels[kind] for kind in heard.kinds])
    rest = float(np.exp(beliefs.unknown_in_district if heard.anchored else beliefs.unknown))
    whole = float(odds.sum()) + rest
    return Belief(heard.points, odds / whole, spread_of(heard.radius_m), rest / whole)


def spread_of(radius_m: Floats) -> Floats:
    """Spread in metres of a belief of which the radius is meant to hold nine tenths."""
    return np.asarray(np.hypot(radius_m / 3, LEAST_SPREAD_M))


def agreement_with_town(gap_m: Floats) -> Floats:
    """Factor on the weight of what lies ``gap_m`` from the town told."""
    return np.asarray((1 + np.square(gap_m / TOWN_M)) ** -2)

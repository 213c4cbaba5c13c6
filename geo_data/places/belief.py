"""How likely the true place lies where: each candidate a share of belief, spread about its point.

A candidate's belief is spread with the density ``s² / (pi (r² + s²)²)`` at r metres from its point: half within s, nine
tenths within 3 s, and a long tail, as places have that bear another name than one thought. It is the stereographic image of
the uniform density on a sphere, discs are caps of it, and so the share within any disc has a closed form.
The numbers below are fitted by ``python -m tools.fit_geocoder`` (maximum likelihood of the true places of real addresses and
junction stops, leave-one-out); run it after changing what proposes candidates.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo_data.network import Floats
from geo_data.plane import Points

LEAST_SPREAD_M = 60.0  # known points are themselves true to about 100 m
CITY_SPREAD_M = 20_000.0
TOWN_M = 6_000.0  # a town and what is still said to be in it
GOOD_WITHIN_M = 500.0
NEAR_M = np.array([150.0, GOOD_WITHIN_M, 1500.0])  # a good answer has much belief within each of these
RADII_M = np.geomspace(50.0, 80_000.0, 60)
HELD = 0.9
LEAST_GAIN = 0.06  # belief for each e-fold of the radius; a wider circle that gains less only covers rivals far away
MOST_CENTRES = 40  # of all candidates only the likeliest can be the answer


@dataclass(frozen=True, slots=True)
class Trust:
    """How far one kind of evidence is to be believed.

    Parameters
    ----------
    level : float
        Natural logarithm of its share of belief against the other kinds, at weight 1.
    sharpness : float
        Power of the candidate's own weight.
    spread : float
        Factor on a third of the candidate's radius.
    blur : float
        How fast the spread grows as the weight falls: power of one over the weight.
    """

    level: float
    sharpness: float = 1.0
    spread: float = 1.0
    blur: float = 0.0


# Too rare in the cases to be fitted: they outweigh all else that is said, for whoever reads a number off a sign, or tells
# both ends, knows where he is. Their radius is stated, so their spread only parts them from each other.
STATED = {"pole": Trust(8.0), "between": Trust(8.0), "post": Trust(6.0)}


@dataclass(frozen=True, slots=True)
class Beliefs:
    """All fitted numbers.

    Parameters
    ----------
    kinds : mapping of kind to Trust
    wrong_district, far_from_town, off_road : float
        What contradictions cost, in natural logarithms: a district; a town `TOWN_M` away (ln 2 times this); the power of
        the agreement with the roads named.
    unknown, unknown_in_district : float
        Level of "somewhere else in the city", with no district or town told, and with one.
    """

    kinds: dict[str, Trust]
    wrong_district: float = 2.3
    far_from_town: float = 1.0
    off_road: float = 1.0
    unknown: float = -1.5
    unknown_in_district: float = -3.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What candidates say, as arrays over n candidates.

    Parameters
    ----------
    kinds : list of str
    points : (n, 2) float64
        Metres in the plane.
    weight, radius_m : (n,) float64
    wrong_district : (n,) float64
        1 where the district told is another.
    town_gap_m : (n,) float64
        To the town told; 0 where none is.
    off_road : (n,) float64
        Natural logarithm of the agreement with the roads told.
    anchored : bool
        A district, a town or a phone is told.
    """

    kinds: list[str]
    points: Points
    weight: Floats
    radius_m: Floats
    wrong_district: Floats
    town_gap_m: Floats
    off_road: Floats
    anchored: bool


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
        near = np.array([self.within(gap_m, limit) for limit in NEAR_M])
        order = np.argsort(-near.sum(axis=0), kind="stable")
        return likely[order], near[NEAR_M.searchsorted(GOOD_WITHIN_M), order]


def share_within(gap_m: Floats | float, spread_m: Floats | float, limit_m: Floats | float) -> Floats:
    """Share of a spread belief that lies within ``limit_m`` of a point ``gap_m`` from its own."""
    excess = np.square(limit_m) - np.square(gap_m) - np.square(spread_m)
    return np.asarray(0.5 * (1 + excess / np.sqrt(excess**2 + 4 * np.square(limit_m) * np.square(spread_m))))


def believe(heard: Heard, beliefs: Beliefs) -> Belief:
    """Share out the belief among what is ``heard``."""
    odds, spread_m = odds_of(heard, beliefs)
    rest = float(np.exp(beliefs.unknown_in_district if heard.anchored else beliefs.unknown))
    whole = float(odds.sum()) + rest
    return Belief(heard.points, odds / whole, spread_m, rest / whole)


def odds_of(heard: Heard, beliefs: Beliefs) -> tuple[Floats, Floats]:
    """Odds of each candidate against the others, and its spread in metres, both (n,)."""
    rows = {kind: i for i, kind in enumerate(beliefs.kinds)}
    table = np.array([(one.level, one.sharpness, one.spread, one.blur) for one in beliefs.kinds.values()])
    level, sharpness, spread, blur = table[[rows[kind] for kind in heard.kinds]].T
    told = np.log(np.maximum(heard.weight, 1e-4))
    score = level + sharpness * told + beliefs.off_road * heard.off_road
    score -= beliefs.wrong_district * heard.wrong_district
    score -= beliefs.far_from_town * np.log1p((heard.town_gap_m / TOWN_M) ** 2)
    spread_m = np.hypot(spread * np.exp(-blur * told) * heard.radius_m / 3, LEAST_SPREAD_M)
    return np.exp(score), np.asarray(spread_m)

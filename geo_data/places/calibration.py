"""How far an answer may be trusted: its radius and its confidence, both read off the belief (see `geo_data.places.belief`).

Run ``python -m tools.measure_geocoder`` after changing anything here, in the weighing or in the proposals.
"""

from dispatch.vocabulary import Confidence
from geo_data.places.address import SpokenPlace
from geo_data.places.offset import UNSURE_SHARE
from geo_data.places.weighing import Weighed

SURE, LIKELY = 0.9, 0.5  # belief within 500 m
SHARP_M = 250.0  # an estate is not one point, and roads drawn further apart do not surely meet
LOW_RADIUS_M = 3000.0
STATES_RADIUS = frozenset({"pole", "between", "post"})


def radius_m(found: Weighed, spoken: SpokenPlace) -> float:
    """Radius in metres meant to hold the true place nine times in ten; of a rival, were it the right one."""
    stated = found.radius_m is None or found.candidate.kind in STATES_RADIUS
    radius = found.candidate.radius_m if stated or found.radius_m is None else found.radius_m
    return radius + (UNSURE_SHARE if spoken.offset_direction else 1.0) * (spoken.offset_m or 0.0)


def confidence_of(found: Weighed, radius: float) -> Confidence:
    """Confidence by the belief and the radius.

    HIGH is a point that was named, with `SURE` of the belief or more within 500 m of it: that is 90 of 100 at the least,
    by the geocoder's own belief. How many truly lie so near is measured (docs/geocoding.md), and is not what is meant here.
    """
    if found.candidate.exact and found.score >= SURE and found.candidate.radius_m <= SHARP_M:
        return Confidence.HIGH
    if found.score < LIKELY or radius > LOW_RADIUS_M:
        return Confidence.LOW
    return Confidence.MEDIUM

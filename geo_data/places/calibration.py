"""How far an answer may be trusted: radius and confidence, fitted to what the measurement script finds.

The figures are the nine-in-ten errors of leave-one-out runs on Guangzhou addresses and junction stops, by kind of
evidence and score; run ``tools/measure_geocoder.py`` after changing anything here or in the weighing.
"""

import re

from dispatch.vocabulary import Confidence
from geo_data.places.address import SpokenPlace
from geo_data.places.offset import UNSURE_SHARE
from geo_data.places.weighing import Weighed

STRETCH = {
    "name": 1.5,
    "road": 1.6,
    "number": 2.4,
    "corner": 1.75,
    "between": 1.0,
    "pole": 1.0,
    "told corner": 1.8,
    "post": 1.0,
    "town": 1.0,
    "district": 1.0,
}
NO_DISTRICT_STRETCH = 1.8  # every second road name is given twice in eleven districts
NAME_ON_UNKNOWN_ROAD_M = 1500.0
LOW_SCORE, LOW_RADIUS_M = 0.4, 3000.0
HIGH_SCORE, HIGH_RADIUS_M = 0.8, 450.0
HIGH_NAME_RADIUS_M = 350.0  # an estate or a campus is not one point
UNREAD_NUMBER = re.compile(r"\d号(?!线)")


def radius_m(found: Weighed, spoken: SpokenPlace) -> float:
    """Radius in metres meant to hold the true place nine times in ten."""
    candidate = found.candidate
    radius = candidate.radius_m * STRETCH[candidate.kind]
    vague = candidate.kind == "road" or (candidate.kind == "name" and found.score < HIGH_SCORE)
    if vague and not (spoken.district or spoken.town):
        radius *= NO_DISTRICT_STRETCH
    if candidate.kind == "name" and _has_an_open_road(spoken):
        radius = max(radius, NAME_ON_UNKNOWN_ROAD_M)
    return (
        radius + UNSURE_SHARE * (spoken.offset_m or 0.0)
        if spoken.offset_direction
        else radius + (spoken.offset_m or 0.0)
    )


def confidence_of(found: Weighed, radius: float) -> Confidence:
    """Confidence by score, kind and radius; HIGH is meant to be within 500 m in 97 of 100."""
    most_m = HIGH_NAME_RADIUS_M if found.candidate.kind == "name" else HIGH_RADIUS_M
    if found.candidate.exact and found.score >= HIGH_SCORE and radius <= most_m:
        return Confidence.HIGH
    if found.score < LOW_SCORE or radius > LOW_RADIUS_M:
        return Confidence.LOW
    return Confidence.MEDIUM


def _has_an_open_road(spoken: SpokenPlace) -> bool:
    """Whether the words name roads or a number that the place does not explain: it only says which part of town."""
    return spoken.number is not None or len(spoken.roads) > 1 or UNREAD_NUMBER.search(spoken.text) is not None

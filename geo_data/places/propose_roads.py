"""What roads propose: where two of them meet, and places along each."""

from collections.abc import Iterator
from itertools import combinations
from math import exp

import numpy as np

from geo_data.places.address import SpokenPlace
from geo_data.places.address_words import ENDS_A_WORD, ROUTE_NUMBER
from geo_data.places.candidate import Candidate, Sources
from geo_data.places.gazetteer import INSIDE_A_WORD
from geo_data.places.place_evidence import town_stem
from geo_data.places.road_names import base_name

TOLD_CORNER_RADIUS_M = 150.0
CORNER_RADIUS_M = (500.0, 400.0, 200.0)  # by how many of the two roads are drawn
FADES_M = (2500.0, 1200.0, 400.0)  # of roads that come no closer
SECOND_M = (2500.0, 1200.0, 60.0)  # where they only come near, while they come closer elsewhere
NOT_LAST = 0.8  # the road told last is the one the place is on


def corners(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """Where two named roads meet, as drawn and as places tell."""
    marked = 1.0 if spoken.junction else 0.3 if spoken.number is None else 0.1
    for a, b in combinations(spoken.roads[:4], 2):
        text = f"{a} / {b}"
        for point in sources.evidence.corners.get(frozenset((base_name(a), base_name(b))), ()):
            yield Candidate(point, TOLD_CORNER_RADIUS_M, marked, text, "corner")
        names_a, names_b = sources.roads.of_corner(a, b)
        if names_a and names_b and names_a != names_b and not _are_one(a, b, sources):
            drawn = sources.roads.shape(names_a).drawn + sources.roads.shape(names_b).drawn
            met = sources.roads.meetings(names_a, names_b)
            closest = marked * (0.8, 0.85, 0.95)[drawn] * exp(-met[0].gap_m / FADES_M[drawn])
            for meeting in met:
                trust = closest * exp(-(meeting.gap_m - met[0].gap_m) / SECOND_M[drawn])
                yield Candidate(meeting.point, CORNER_RADIUS_M[drawn] + meeting.gap_m, trust, text, "corner")


def _are_one(a: str, b: str, sources: Sources) -> bool:
    """Whether one of two names is the route number of the other: S41机场高速 is one road."""
    if not (ROUTE_NUMBER.fullmatch(a) or ROUTE_NUMBER.fullmatch(b)):
        return False
    ours, theirs = (sources.roads.edges(sources.roads.names.resolve(name)) for name in (a, b))
    return len(np.intersect1d(ours, theirs)) > 0


def along_roads(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """Some points along each named road, each for the part of the road about it."""
    town = town_stem(spoken.town) if spoken.town else None
    for road, shape in sources.shapes_of(spoken).items():
        told = 1.0 if road == (spoken.numbered_road or spoken.roads[-1]) else NOT_LAST
        told *= INSIDE_A_WORD if _inside_a_word(road, spoken.text) else 1.0
        for stretch in sources.stretches.of(shape, spoken.district, town):
            weight = told * (0.6 + 0.4 * stretch.share) / len(stretch.spots)
            for point in stretch.spots:
                yield Candidate(point, stretch.spot_radius_m, weight, road, "road", exact=False)


def _inside_a_word(road: str, text: str) -> bool:
    """Whether a name begins inside a word: 花园路 in 城市花园路口."""
    at = text.find(road)
    return at > 0 and "\u4e00" <= text[at - 1] <= "\u9fff" and text[at - 1] not in ENDS_A_WORD

"""Every place the words may mean, each from one piece of evidence, with a radius and a first weight."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from geo_data.places.address import SpokenPlace
from geo_data.places.candidate import Candidate, Sources
from geo_data.places.place_evidence import town_stem
from geo_data.places.propose_between import between
from geo_data.places.propose_names import named, of_ramps
from geo_data.places.propose_points import numbered, on_poles, posted
from geo_data.places.propose_roads import along_roads, corners
from geo_data.places.propose_stems import of_stems

TOWN_RADIUS_M = 3500.0


def candidates(spoken: SpokenPlace, sources: Sources) -> list[Candidate]:
    """Collect what each kind of evidence proposes for ``spoken``."""
    if poles := list(on_poles(spoken, sources)):
        return poles  # nothing else is told as exactly
    stretch = list(between(spoken, sources))
    if stretch:  # the names of its ends are used up
        spoken = replace(spoken, text=",".join(spoken.landmarks))
    makers = (named, of_ramps, of_stems, corners, numbered, posted, along_roads, _towns, _districts)
    return [*stretch, *(candidate for maker in makers for candidate in maker(spoken, sources))]


def with_town(spoken: SpokenPlace, sources: Sources) -> SpokenPlace:
    """Read 市桥街 in front of another road as the town it also is, where no town is told."""
    first = spoken.roads[0] if len(spoken.roads) > 1 else ""
    stem = town_stem(first)
    if spoken.town or stem == first or stem not in sources.evidence.towns or first == spoken.numbered_road:
        return spoken
    if not re.search(rf"{re.escape(first)}道?[^口与和/(]", spoken.text):
        return spoken
    return replace(spoken, town=first, roads=spoken.roads[1:], junction=len(spoken.roads) > 2 and spoken.junction)


def _towns(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    points = sources.evidence.towns.get(town_stem(spoken.town)) if spoken.town else None
    if points:
        yield Candidate(np.median(points, axis=0), TOWN_RADIUS_M, 1.0, spoken.town or "", "region", exact=False)


def _districts(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    if spoken.district and spoken.district in sources.districts:
        centre, radius = sources.districts[spoken.district]
        yield Candidate(centre, radius, 1.0, spoken.district, "region", exact=False, district=spoken.district)

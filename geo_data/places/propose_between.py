"""…与…之间: what lies halfway between two ends."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from geo_data.places.address import SpokenPlace, parse
from geo_data.places.candidate import Candidate, Sources
from geo_data.places.road_index import STEP_M
from geo_data.roads.plane import Points

END_RADIUS_M, END_REACH_M = 60.0, 300.0
LONGEST_STRETCH_M = 8000.0
SURE_NAME_SHARE = 0.8


def between(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """Halfway between the two ends on the road named first, else between two places: the shortest such stretch."""
    if spoken.between is None:
        return
    road = next((name for name in spoken.roads if sources.roads.names.resolve(name)), "")
    first, second = (_end_points(end, road, sources) for end in spoken.between)
    gaps = {(i, j): float(np.hypot(*(a - b))) for (i, a), (j, b) in product(enumerate(first), enumerate(second))}
    if not gaps or min(gaps.values()) > LONGEST_STRETCH_M:
        return
    i, j = min(gaps, key=lambda pair: gaps[pair])
    middle = (first[i] + second[j]) / 2
    if road:
        shape = sources.roads.shape(sources.roads.names.resolve(road))
        middle = np.asarray(shape.points[shape.tree.query(middle)[1]])
    told = f"{'与'.join(spoken.between)}之间"
    text = f"{road}({told})" if road else told
    yield Candidate(middle, gaps[i, j] / 2 + END_RADIUS_M, 1.0, text, "between")


def _end_points(end: str, road: str, sources: Sources) -> list[Points]:
    """Where a road named as the end meets ``road``, else where the place of that name lies."""
    told = parse(end, sources.roads.names.known)
    if road and told.roads and not told.metro:
        names, other = sources.roads.of_corner(road, told.roads[-1])
        if names and other and other != names:
            met = sources.roads.meetings(names, other)
            reach = min(END_REACH_M, met[0].gap_m + STEP_M)
            return [meeting.point for meeting in met if meeting.gap_m <= reach]
    found = sources.gazetteer.search(f"地铁{told.metro}站" if told.metro else end, limit=3)
    sure = [match for match in found if match.name_share >= SURE_NAME_SHARE]
    return [sources.gazetteer.points[match.place] for match in sure]

"""Weighing candidates: each against all that was said, and together where several speak for one spot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import hypot

import numpy as np

from dispatch.location import Position
from geo_data.places.address import SpokenPlace
from geo_data.places.belief import WRONG_DISTRICT, Heard, agreement_with_town, believe
from geo_data.places.candidate import Candidate, Sources
from geo_data.places.fitted import FITTED
from geo_data.places.offset import moved
from geo_data.places.place_evidence import town_stem
from geo_data.places.proposals import candidates, with_town
from geo_data.places.road_index import RoadShape
from geo_data.roads.network import Floats
from geo_data.roads.plane import Points, point_of, positions_of

OFF_ROAD = 0.35
ROAD_REACH_M = 400.0
UNDRAWN_REACH_M = 1500.0
FAR_FROM_PHONE = 0.2
WORTH_NAMING = 0.25  # of the best score
AS_GOOD = 0.9  # of the best score
KNOWN_WITHIN_M = 2000.0
LEAST_KNOWN = 0.3  # with less belief about the answer, and no district to hold on to, it is a guess

DistrictOf = Callable[[Position], str | None]


@dataclass(frozen=True, eq=False, slots=True)
class Weighed:
    """A candidate with its score.

    Parameters
    ----------
    candidate : Candidate
    score : float
        Belief that the true place is within 500 m of it, 0 to 1.
    share : float
        Belief that it is this candidate, 0 to 1.
    radius_m : float or None
        Radius that holds nine tenths of all belief; None where another candidate is the answer.
    """

    candidate: Candidate
    score: float
    share: float = 0.0
    radius_m: float | None = None


def weigh(
    spoken: SpokenPlace,
    sources: Sources,
    district_of: DistrictOf,
    phone: tuple[Position, float] | None = None,
) -> list[Weighed]:
    """Candidates for ``spoken`` inside the service area, best first; ``phone`` is a point and its accuracy in metres."""
    inside, heard = hear(spoken, sources, district_of, phone)
    if not inside:
        return []
    belief = believe(heard, FITTED)
    order, good = belief.best()
    scores = dict(zip(order.tolist(), good.tolist(), strict=True))
    # Between a point that was named and a stretch of road beside it, the point is the answer.
    leader = next((i for i in scores if inside[i].exact and scores[i] >= AS_GOOD * good[0]), int(order[0]))
    first = belief.points[leader]
    if (
        not (heard.anchored or heard.drawn)
        and belief.within(np.hypot(*(belief.points - first).T), KNOWN_WITHIN_M) < LEAST_KNOWN
    ):
        return []
    share = belief.share.tolist()
    best = Weighed(inside[leader], scores[leader], share[leader], belief.radius_m(first))
    return [best, *(Weighed(inside[i], score, share[i]) for i, score in scores.items() if i != leader)]


def hear(
    spoken: SpokenPlace, sources: Sources, district_of: DistrictOf, phone: tuple[Position, float] | None = None
) -> tuple[list[Candidate], Heard]:
    """Candidates inside the service area and what each says of itself and against the rest."""
    spoken = with_town(spoken, sources)
    shapes = sources.shapes_of(spoken)
    proposed = candidates(spoken, sources)
    told = np.array([told_point(one, spoken, shapes) for one in proposed]).reshape(-1, 2)
    districts = [district_of(position) for position in positions_of(told)]
    kept = [i for i, district in enumerate(districts) if district]
    inside = [proposed[i] for i in kept]
    start, points = np.array([one.point for one in inside]).reshape(-1, 2), told[kept]
    agreement = _agreement_with_phone(inside, points, phone) * _agreement_with_roads(
        spoken, shapes, inside, start, points
    )
    if spoken.district:
        wrong = [spoken.district not in (districts[i], proposed[i].district) for i in kept]
        agreement *= np.where(wrong, WRONG_DISTRICT, 1.0)
    if towns := sources.evidence.towns.get(town_stem(spoken.town)) if spoken.town else None:
        agreement *= agreement_with_town(np.hypot(*(points - np.median(towns, axis=0)).T))
    weight, radius_m = np.array([(one.weight, one.radius_m) for one in inside]).reshape(-1, 2).T
    return inside, Heard(
        [one.kind for one in inside],
        points,
        weight * agreement,
        radius_m,
        anchored=bool(spoken.district or spoken.town or phone),
        drawn=any(shape.drawn for shape in shapes.values()),
    )


def gap_m(candidate: Candidate, point: Points) -> float:
    """Metres between a candidate and a point."""
    return hypot(*(candidate.point - point).tolist())


def told_point(candidate: Candidate, spoken: SpokenPlace, shapes: dict[str, RoadShape]) -> Points:
    """The candidate's point, so many metres on where that is told."""
    on_its_own = candidate.kind == "post" and spoken.landmarks  # the metres are from the landmark
    from_it = candidate.exact or candidate.kind == "stem"  # 往南300米 is told from a point, if only a namesake
    if not (spoken.offset_m and spoken.offset_direction and from_it) or on_its_own:
        return candidate.point
    return moved(candidate.point, spoken.offset_m, spoken.offset_direction, shapes.values())


def _agreement_with_roads(
    spoken: SpokenPlace, shapes: dict[str, RoadShape], inside: Sequence[Candidate], start: Points, points: Points
) -> Floats:
    """Agreement of each candidate with the roads named; a house number is on its road anyway.

    Metres told from a corner lead away from one of its roads, from a landmark to one: the nearer end counts.
    """
    agreement = np.ones(len(points))
    numbers = np.array([one.kind == "number" for one in inside], dtype=bool)
    ends = [start, points] if spoken.offset_m else [points]
    for road, shape in shapes.items():
        reach = ROAD_REACH_M if shape.drawn else UNDRAWN_REACH_M
        gaps = np.min([shape.tree.query(end)[0] for end in ends], axis=0)
        factor = OFF_ROAD + (1 - OFF_ROAD) * np.exp(-0.5 * (gaps / reach) ** 2)
        agreement *= np.where(numbers & (road == spoken.numbered_road), 1.0, factor)
    return agreement


def _agreement_with_phone(inside: Sequence[Candidate], points: Points, phone: tuple[Position, float] | None) -> Floats:
    if phone is None:
        return np.ones(len(points))
    at, accuracy_m = phone
    reach = np.array([one.radius_m for one in inside]) + accuracy_m
    off = np.hypot(*(points - point_of(at)).T) / reach
    return np.asarray(FAR_FROM_PHONE + (1 - FAR_FROM_PHONE) * np.exp(-0.5 * off**2))

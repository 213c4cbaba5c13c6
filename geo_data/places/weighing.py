"""Weighing candidates: each against all that was said."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, hypot

import numpy as np

from dispatch.location import Position
from geo_data.places.address import SpokenPlace
from geo_data.places.offset import moved
from geo_data.places.place_evidence import town_stem
from geo_data.places.proposals import Candidate, Sources, candidates
from geo_data.places.road_index import RoadShape
from geo_data.places.stretches import TOWN_REACH_M
from geo_data.plane import Points, point_of, position_of

WRONG_DISTRICT = 0.1  # tables do name a wrong district, so it weighs and does not forbid
WRONG_TOWN = 0.4
OFF_ROAD = 0.35
ROAD_REACH_M = 400.0
UNDRAWN_REACH_M = 1500.0
FAR_FROM_PHONE = 0.2
WORTH_NAMING = 0.25  # of the best score
LEAST_SCORE = 0.25  # below, and with no district to hold on to, a name is a guess


@dataclass(frozen=True, eq=False, slots=True)
class Weighed:
    """A candidate with its score.

    Parameters
    ----------
    candidate : Candidate
    score : float
        How well it agrees with all that was said, 0 to 1.
    """

    candidate: Candidate
    score: float


def weigh(
    spoken: SpokenPlace,
    sources: Sources,
    district_of: Callable[[Position], str | None],
    phone: tuple[Position, float] | None = None,
) -> list[Weighed]:
    """Candidates for ``spoken`` inside the service area, best first; ``phone`` is a point and its accuracy in metres."""
    shapes = sources.shapes_of(spoken)
    towns = sources.evidence.towns.get(town_stem(spoken.town), []) if spoken.town else []
    town = np.median(towns, axis=0) if towns else None
    anywhere = not (spoken.district or spoken.town or phone)
    scored: list[tuple[int, Weighed]] = []
    floor, best = LEAST_SCORE if anywhere else 0.0, 0.0
    # The weight is the most a candidate can score: from the weightiest down, until none can be worth naming.
    for i, candidate in sorted(enumerate(candidates(spoken, sources)), key=lambda one: -one[1].weight):
        if candidate.weight < floor or candidate.weight < WORTH_NAMING * best:
            break
        at = _told_point(candidate, spoken, shapes)
        district = district_of(position_of(at))
        if district is None:
            continue
        score = candidate.weight
        if spoken.district and spoken.district not in (district, candidate.district):
            score *= WRONG_DISTRICT
        if town is not None and candidate.exact and gap_m(candidate, town) > 1.5 * TOWN_REACH_M:
            score *= WRONG_TOWN
        if candidate.exact:
            score *= _agreement_with_roads(candidate.point, at, shapes)
        if phone is not None:
            score *= _agreement_with_phone(candidate, *phone)
        if score >= LEAST_SCORE or not anywhere:
            scored.append((i, Weighed(candidate, score)))
            best = max(best, score)
    return [one for _, one in sorted(scored, key=lambda one: (-one[1].score, one[0]))]


def gap_m(candidate: Candidate, point: Points) -> float:
    """Metres between a candidate and a point."""
    return hypot(*(candidate.point - point).tolist())


def _told_point(candidate: Candidate, spoken: SpokenPlace, shapes: dict[str, RoadShape]) -> Points:
    """The candidate's point, so many metres on where that is told."""
    if not (spoken.offset_m and spoken.offset_direction and candidate.exact):
        return candidate.point
    return moved(candidate.point, spoken.offset_m, spoken.offset_direction, shapes.values())


def _agreement_with_roads(start: Points, at: Points, shapes: dict[str, RoadShape]) -> float:
    agreement = 1.0
    for shape in shapes.values():
        reach = ROAD_REACH_M if shape.drawn else UNDRAWN_REACH_M
        gap_m = shape.gap_m(start)
        if at is not start:  # metres told from a corner lead away from one of its roads, from a landmark to one
            gap_m = min(gap_m, shape.gap_m(at))
        agreement *= OFF_ROAD + (1 - OFF_ROAD) * exp(-0.5 * (gap_m / reach) ** 2)
    return agreement


def _agreement_with_phone(candidate: Candidate, phone: Position, accuracy_m: float) -> float:
    off = gap_m(candidate, point_of(phone)) / (candidate.radius_m + accuracy_m)
    return FAR_FROM_PHONE + (1 - FAR_FROM_PHONE) * float(np.exp(-0.5 * off**2))

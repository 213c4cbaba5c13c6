"""Every place the words may mean, each from one piece of evidence, with a radius and a first weight."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geo_data.address import SpokenPlace
from geo_data.gazetteer import Gazetteer
from geo_data.house_numbers import locate_number
from geo_data.place_evidence import Evidence, town_stem
from geo_data.plane import Points, point_of
from geo_data.road_index import RoadIndex, RoadShape
from geo_data.road_names import base_name

# Radius in metres that holds the true scene nine times in ten when the named place is the right one.
PLACE_RADIUS_M = {
    "metro_station": 300.0,
    "railway_station": 500.0,
    "airport": 2500.0,
    "port": 800.0,
    "university": 700.0,
    "town": 3500.0,
    "village": 900.0,
}
OTHER_PLACE_RADIUS_M = 250.0
SMALLEST_NAME_SHARE = 0.62
DRAWN_CORNER_RADIUS_M, TOLD_CORNER_RADIUS_M = 200.0, 150.0


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """One place the words may mean.

    Parameters
    ----------
    point : (2,) array
        Metres in the plane.
    radius_m : float
        Meant to hold the true place nine times in ten, were this candidate right.
    weight : float
        How far this evidence alone is to be believed, 0 to 1.
    text : str
        What was matched.
    exact : bool
        A point was named; False for a whole road, town or district.
    district : str or None
        Where the tables say so.
    """

    point: Points
    radius_m: float
    weight: float
    text: str
    exact: bool = True
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """All the tables that candidates come from."""

    gazetteer: Gazetteer
    roads: RoadIndex
    evidence: Evidence
    districts: dict[str, tuple[Points, float]]

    def shapes_of(self, spoken: SpokenPlace) -> dict[str, RoadShape]:
        """Shapes of the roads that ``spoken`` names and the tables know."""
        resolved = {road: self.roads.names.resolve(road) for road in spoken.roads}
        return {road: self.roads.shape(names) for road, names in resolved.items() if names}


def candidates(spoken: SpokenPlace, sources: Sources) -> list[Candidate]:
    """Collect what each kind of evidence proposes for ``spoken``."""
    makers = (_named, _corners, _numbered, _whole_roads, _towns, _districts)
    return [candidate for maker in makers for candidate in maker(spoken, sources)]


def _named(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    queries = dict.fromkeys([*spoken.landmarks, *spoken.text.split(",")])
    if spoken.metro:
        queries = {f"地铁{spoken.metro}站": None} | queries
    for query in queries:
        for match in sources.gazetteer.search(query):
            if match.name_share < SMALLEST_NAME_SHARE:
                continue
            place = sources.gazetteer.places[match.place]
            sure = match.name_share**2 * (0.45 + 0.55 * match.text_share)
            if spoken.metro and place.kind == "metro_station" and spoken.metro in place.name:
                sure = max(sure, 0.95)
            radius = PLACE_RADIUS_M.get(place.kind, OTHER_PLACE_RADIUS_M)
            yield Candidate(
                point_of(place.position),
                radius / max(0.3, match.name_share),
                sure,
                place.name,
                exact=place.kind != "town",
                district=place.district or None,
            )


def _corners(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    marked = 0.9 if spoken.junction else 0.6 if spoken.number is None else 0.3
    for a, b in combinations(spoken.roads[:4], 2):
        text = f"{a} / {b}"
        for point in sources.evidence.corners.get(frozenset((base_name(a), base_name(b))), ()):
            yield Candidate(point, TOLD_CORNER_RADIUS_M, marked, text)
        names_a, names_b = sources.roads.names.resolve(a), sources.roads.names.resolve(b)
        if names_a and names_b and names_a != names_b:
            drawn = sources.roads.shape(names_a).drawn and sources.roads.shape(names_b).drawn
            for meeting in sources.roads.meetings(names_a, names_b):
                radius = (DRAWN_CORNER_RADIUS_M if drawn else 2 * DRAWN_CORNER_RADIUS_M) + meeting.gap_m
                trust = marked * (0.95 if drawn else 0.8) * np.exp(-meeting.gap_m / 800)
                yield Candidate(meeting.point, radius, float(trust), text)


def _numbered(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    if spoken.number is None or spoken.numbered_road is None:
        return
    for name in dict.fromkeys((spoken.numbered_road, *sources.roads.names.resolve(spoken.numbered_road))):
        if known := sources.evidence.numbers.get(name):
            found = locate_number(spoken.number, known)
            weight = 0.9 if found.known else 0.8 if found.radius_m < 800 else 0.5
            exact = found.radius_m < 1000
            yield Candidate(found.point, found.radius_m, weight, f"{name}{spoken.number}号", exact=exact)


def _whole_roads(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    for road, shape in sources.shapes_of(spoken).items():
        centre = shape.points[shape.tree.query(np.median(shape.points, axis=0))[1]]
        reach = np.quantile(np.hypot(*(shape.points - centre).T), 0.9)
        last = 0.45 if road == (spoken.numbered_road or spoken.roads[-1]) else 0.35
        yield Candidate(centre, float(reach) + 250.0, last * float(np.exp(-reach / 20_000)), road, exact=False)


def _towns(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    points = sources.evidence.towns.get(town_stem(spoken.town)) if spoken.town else None
    if points:
        yield Candidate(np.median(points, axis=0), 3500.0, 0.25, spoken.town or "", exact=False)


def _districts(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    if spoken.district and spoken.district in sources.districts:
        centre, radius = sources.districts[spoken.district]
        yield Candidate(centre, radius, 0.05, spoken.district, exact=False, district=spoken.district)

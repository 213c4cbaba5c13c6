"""Every place the words may mean, each from one piece of evidence, with a radius and a first weight."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np

from geo_data.builtin.kilometres import Post, posts_at
from geo_data.builtin.places import Place
from geo_data.builtin.road_aliases import road_aliases
from geo_data.places.address import SpokenPlace, parse
from geo_data.places.address_words import DISTRICT, ROUTE_NUMBER
from geo_data.places.carriageway import BEARING_DEG
from geo_data.places.gazetteer import Gazetteer, NameMatch
from geo_data.places.house_numbers import locate_number
from geo_data.places.lamp_poles import LampPoles
from geo_data.places.levels import RAMPS
from geo_data.places.place_evidence import Evidence, town_stem
from geo_data.places.place_names import spellings
from geo_data.places.road_index import STEP_M, RoadIndex, RoadShape
from geo_data.places.road_names import base_name
from geo_data.places.stretches import Stretches
from geo_data.plane import Points, point_of

# Radius in metres that holds the true scene nine times in ten when the named place is the right one.
PLACE_RADIUS_M = {
    "metro_station": 300.0,
    "railway_station": 500.0,
    "airport": 2500.0,
    "port": 800.0,
    "service_area": 2000.0,
    "toll_gate": 1000.0,
    "university": 700.0,
    "park": 700.0,
    "industrial": 500.0,
    "estate": 400.0,
    "town": 3500.0,
    "village": 900.0,
    "junction": 400.0,
    "bridge": 500.0,
    "tunnel": 600.0,
}
OTHER_PLACE_RADIUS_M = 250.0
SMALLEST_NAME_SHARE = 0.35
TOLD_CORNER_RADIUS_M = 150.0
CORNER_RADIUS_M = (500.0, 400.0, 200.0)  # by how many of the two roads are drawn
INSIDE_A_WORD = 0.6  # 新沙路口 in 高新沙路口 is hardly meant
UNEXPLAINED_M = 6500.0
NEAR_ONLY = 0.6
BRIDGE_END = re.compile(
    r"(?:桥|隧道)(?P<way>[东南西北])(?:岸|侧|端|桥脚|桥头)?(?![东南西北行往向至到方])|(?:桥|隧道)(?:头|脚|端|口)"
)
BRIDGE_END_RADIUS_M = 1000.0  # approaches are counted as the bridge
AT_A_JUNCTION = re.compile(r"路口|交叉口")
AT_A_CORNER = re.compile(r"路口|村口|交叉口|桥|立交|隧道")
POST_WEIGHT = 0.9
ONE_OF_SEVERAL_POSTS = 0.7  # a number of several roads, or a count that may begin at either end
NAMESAKE_STATION = 2.0
POLE_RADIUS_M, POLE_WEIGHT = 30.0, 0.97
BETWEEN_WEIGHT = 0.95
END_RADIUS_M, END_REACH_M = 60.0, 300.0
LONGEST_STRETCH_M = 8000.0
SURE_NAME_SHARE, WHOLE_SHARE = 0.8, 0.999
RAMPS_RADIUS_M, RAMPS_WEIGHT = 400.0, 0.85
AREAS = frozenset({"town"})


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
    kind : str
        The evidence: ``pole``, ``between``, ``name``, ``corner``, ``told corner``, ``number``, ``post``, ``road``,
        ``town`` or ``district``.
    exact : bool
        A point was named; False for a whole road, town or district.
    district : str or None
        Where the tables say so.
    """

    point: Points
    radius_m: float
    weight: float
    text: str
    kind: str
    exact: bool = True
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """All the tables that candidates come from."""

    gazetteer: Gazetteer
    roads: RoadIndex
    evidence: Evidence
    districts: dict[str, tuple[Points, float]]
    stretches: Stretches
    poles: LampPoles

    def shapes_of(self, spoken: SpokenPlace) -> dict[str, RoadShape]:
        """Shapes of the roads that ``spoken`` names and the tables know."""
        resolved = {road: self.roads.names.resolve(road) for road in spoken.roads}
        return {road: self.roads.shape(names) for road, names in resolved.items() if names}


def candidates(spoken: SpokenPlace, sources: Sources) -> list[Candidate]:
    """Collect what each kind of evidence proposes for ``spoken``."""
    if poles := list(_on_poles(spoken, sources)):
        return poles  # nothing else is told as exactly
    stretch = list(_between(spoken, sources))
    if stretch:  # the names of its ends are used up
        spoken = replace(spoken, text=",".join(spoken.landmarks))
    makers = (_named, _of_ramps, _corners, _numbered, _posted, _whole_roads, _towns, _districts)
    return [*stretch, *(candidate for maker in makers for candidate in maker(spoken, sources))]


def _on_poles(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    for place in sources.poles.find(spoken.pole, spoken.roads) if spoken.pole else ():
        point = point_of(place.position)
        yield Candidate(point, POLE_RADIUS_M, POLE_WEIGHT, place.name, "pole", district=place.district or None)


def _between(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
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
    yield Candidate(middle, gaps[i, j] / 2 + END_RADIUS_M, BETWEEN_WEIGHT, text, "between")


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
    return [point_of(sources.gazetteer.places[match.place].position) for match in sure]


def _of_ramps(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """An interchange that the network knows by the name of its ramps."""
    for name in spoken.landmarks:
        points = sources.roads.ramps(name)
        if len(points):
            yield Candidate(np.median(points, axis=0), RAMPS_RADIUS_M, RAMPS_WEIGHT, name, "name")


def _named(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    queries, guesses = _queries(spoken)
    corner = AT_A_CORNER if spoken.level is None else AT_A_JUNCTION  # 桥底 tells a level
    at_a_corner = corner.search(spoken.text) is not None
    found = {
        query: [match for match in sources.gazetteer.search(query) if match.name_share >= SMALLEST_NAME_SHARE]
        for query in queries
    }
    whole = {match.name for name in (*spoken.landmarks, *guesses) for match in found[name] if _is_whole(match)}
    beyond = _beyond_the_district(spoken.text)
    for query, matches in found.items():
        for match in matches:
            if query in guesses and not _is_whole(match):
                continue  # a guess at how it is spelled must be right to the letter
            if any(_is_a_piece(match, name) for name in whole):
                continue  # 火村服务区 is neither 火村 nor 仙村服务区
            if beyond and not _shares_a_pair(match.name, beyond):
                continue  # 增城站 is not said by 增城区某路
            place = sources.gazetteer.places[match.place]
            if place.kind == "junction" and (len(spoken.roads) > 1 or spoken.between):
                continue  # where two named roads meet, the roads themselves tell better
            station = spoken.metro and place.kind == "metro_station"
            if station or _is_a_place(place, spoken) or not _is_a_road(match.name, sources):
                point = sources.gazetteer.points[match.place]
                candidate = _named_candidate(match, place, point, spoken, at_a_corner=at_a_corner)
                yield _at_the_end(candidate, place, spoken, sources)


def _queries(spoken: SpokenPlace) -> tuple[list[str], set[str]]:
    """What to look up by name, and which of it nobody said: other spellings of what was said."""
    forms = [form for name in spoken.landmarks for form in spellings(name)]
    forms += [f"{name}立交" for name in spoken.landmarks if spoken.level in RAMPS and not name.endswith("立交")]
    station = [f"地铁{spoken.metro}站"] if spoken.metro else []
    return list(dict.fromkeys([*station, *forms, *spoken.text.split(",")])), set(forms) - set(spoken.landmarks)


def _beyond_the_district(text: str) -> str:
    """What ``text`` says beside its district; empty where it says no district, or nothing else."""
    rest = DISTRICT.sub(" ", text)
    return rest if rest != text and rest.strip(" ,广州市") else ""


def _shares_a_pair(name: str, text: str) -> bool:
    return any(name[i : i + 2] in text for i in range(len(name) - 1))


def _is_whole(match: NameMatch) -> bool:
    return match.name_share >= WHOLE_SHARE and match.text_share >= WHOLE_SHARE


def _is_a_piece(match: NameMatch, whole: str) -> bool:
    """Whether the match only comes from the characters of a name that was told whole."""
    if match.name == whole:
        return False
    return match.name in whole or (match.name_share < WHOLE_SHARE and _shares_a_pair(match.name, whole))


def _named_candidate(
    match: NameMatch, place: Place, point: Points, spoken: SpokenPlace, *, at_a_corner: bool
) -> Candidate:
    sure = match.name_share**2 * (0.3 + 0.7 * match.text_share) * (1.0 if match.at_start else INSIDE_A_WORD)
    if spoken.metro and place.kind == "metro_station" and spoken.metro in place.name:
        sure = 0.95
    if at_a_corner and not AT_A_CORNER.search(place.name):
        sure *= NEAR_ONLY  # 邓村路口 is where the road to 邓村 leaves, not 邓村
    if spoken.junction and len(spoken.roads) > 1 and spoken.offset_direction:
        sure *= NEAR_ONLY  # the metres are told from the corner
    exact = place.kind not in AREAS
    radius = PLACE_RADIUS_M.get(place.kind, OTHER_PLACE_RADIUS_M)
    if place.kind == "metro_station" and not spoken.metro and "站" not in spoken.text:
        radius *= NAMESAKE_STATION  # a station bears the name of what it is near
    if exact:  # what name and text do not share leaves room for a neighbour or a namesake
        radius += UNEXPLAINED_M * (1 - min(1.0, sure))
    else:
        sure *= NEAR_ONLY
    return Candidate(point, radius, sure, place.name, "name", exact=exact, district=place.district or None)


def _at_the_end(candidate: Candidate, place: Place, spoken: SpokenPlace, sources: Sources) -> Candidate:
    """琶洲大桥南 is the southern end of the bridge as drawn, 洛溪桥脚 either end."""
    end = BRIDGE_END.search(spoken.text) if place.kind in ("bridge", "tunnel") else None
    if end is None:
        return candidate
    point, names = candidate.point, sources.roads.names.resolve(place.name)
    if end["way"] and names:
        bearing = np.radians(BEARING_DEG[end["way"]])
        points = sources.roads.shape(names).points
        point = points[(points @ np.array([np.sin(bearing), np.cos(bearing)])).argmax()]
    return replace(candidate, point=point, radius_m=max(candidate.radius_m, BRIDGE_END_RADIUS_M))


def _is_a_place(place: Place, spoken: SpokenPlace) -> bool:
    """Whether a place named like a road is meant as a place: 猎德大桥 always, 车陂路口 by its last character."""
    return place.kind in ("bridge", "tunnel") or (place.kind == "junction" and spoken.junction)


def _is_a_road(name: str, sources: Sources) -> bool:
    """Whether a stop is only named for its road: it tells where the road is, and no more."""
    known = sources.roads.names.known
    return name in known or name[:-1] in known


def _corners(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    marked = 0.9 if spoken.junction else 0.6 if spoken.number is None else 0.3
    for a, b in combinations(spoken.roads[:4], 2):
        text = f"{a} / {b}"
        for point in sources.evidence.corners.get(frozenset((base_name(a), base_name(b))), ()):
            yield Candidate(point, TOLD_CORNER_RADIUS_M, marked, text, "told corner")
        names_a, names_b = sources.roads.of_corner(a, b)
        if names_a and names_b and names_a != names_b and not _are_one(a, b, sources):
            drawn = sources.roads.shape(names_a).drawn + sources.roads.shape(names_b).drawn
            for meeting in sources.roads.meetings(names_a, names_b):
                radius = CORNER_RADIUS_M[drawn] + meeting.gap_m
                trust = (
                    marked * (0.8, 0.85, 0.95)[drawn] * float(np.exp(-meeting.gap_m / (2500.0, 1200.0, 400.0)[drawn]))
                )
                yield Candidate(meeting.point, radius, trust, text, "corner")


def _are_one(a: str, b: str, sources: Sources) -> bool:
    """Whether one of two names is the route number of the other: S41机场高速 is one road."""
    if not (ROUTE_NUMBER.fullmatch(a) or ROUTE_NUMBER.fullmatch(b)):
        return False
    ours, theirs = (sources.roads.edges(sources.roads.names.resolve(name)) for name in (a, b))
    return len(np.intersect1d(ours, theirs)) > 0


def _numbered(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    if spoken.number is None or spoken.numbered_road is None:
        return
    for name in dict.fromkeys((spoken.numbered_road, *sources.roads.names.resolve(spoken.numbered_road))):
        if known := sources.evidence.numbers.get(name):
            found = locate_number(spoken.number, known)
            weight = 0.9 if found.known else 0.8 if found.radius_m < 800 else 0.55
            exact = found.radius_m < 1000
            yield Candidate(found.point, found.radius_m, weight, f"{name}{spoken.number}号", "number", exact=exact)


def _posted(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    if spoken.kilometre_post is None:
        return
    shapes = sources.shapes_of(spoken)
    for road in spoken.roads:
        meant = (road, *sources.roads.names.resolve(road), *(one.road for one in road_aliases().get(road, ())))
        posts = {post for name in meant for post in posts_at(name, spoken.kilometre_post)}
        weight = POST_WEIGHT if len(posts) == 1 else ONE_OF_SEVERAL_POSTS
        for post in sorted(posts, key=lambda post: (post.road, post.position.lat)):
            point = _on_the_road(post, shapes.get(road))
            text = f"{post.road}K{spoken.kilometre_post:g}"
            yield Candidate(point, post.uncertainty_m, weight, text, "post")


def _on_the_road(post: Post, shape: RoadShape | None) -> Points:
    """Where the post stands on the road as this network has it."""
    point = point_of(post.position)
    if shape is None or shape.gap_m(point) > post.uncertainty_m:
        return point
    return np.asarray(shape.points[shape.tree.query(point)[1]])


def _whole_roads(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    town = town_stem(spoken.town) if spoken.town else None
    for road, shape in sources.shapes_of(spoken).items():
        last = 0.5 if road == (spoken.numbered_road or spoken.roads[-1]) else 0.4
        for stretch in sources.stretches.of(shape, spoken.district, town):
            weight = last * (0.6 + 0.4 * stretch.share)
            yield Candidate(stretch.centre, stretch.radius_m, weight, road, "road", exact=False)


def _towns(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    points = sources.evidence.towns.get(town_stem(spoken.town)) if spoken.town else None
    if points:
        yield Candidate(np.median(points, axis=0), 3500.0, 0.2, spoken.town or "", "town", exact=False)


def _districts(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    if spoken.district and spoken.district in sources.districts:
        centre, radius = sources.districts[spoken.district]
        yield Candidate(centre, radius, 0.08, spoken.district, "district", exact=False, district=spoken.district)

"""Places whose names are said, whole or nearly."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from geo_data.builtin.places import Place
from geo_data.places.address import SpokenPlace
from geo_data.places.candidate import Candidate, Sources
from geo_data.places.carriageway import BEARING_DEG
from geo_data.places.clauses import clauses
from geo_data.places.gazetteer import INSIDE_A_WORD, NameMatch
from geo_data.places.levels import RAMPS
from geo_data.places.place_names import plain_name, spellings
from geo_data.places.propose_stems import aside

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
WHOLE_SHARE = 0.999
WHOLE = 0.95  # weight of a name that is all there in the text, and all there is of it
NEAR_ONLY = 0.6
BRIDGE_END = re.compile(
    r"(?:桥|隧道)(?P<way>[东南西北])(?:岸|侧|端|桥脚|桥头)?(?![东南西北行往向至到方])|(?:桥|隧道)(?:头|脚|端|口)"
)
BRIDGE_END_RADIUS_M = 1000.0  # approaches are counted as the bridge
AT_A_JUNCTION = re.compile(r"路口|交叉口")
AT_A_CORNER = re.compile(r"路口|村口|交叉口|桥|立交|隧道")
NAMESAKE_STATION = 2.0
RAMPS_RADIUS_M = 400.0
AREAS = frozenset({"town"})
CROSSINGS = frozenset({"bridge", "tunnel"})


def of_ramps(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """An interchange that the network knows by the name of its ramps."""
    for name in spoken.landmarks:
        points = sources.roads.ramps(name)
        if len(points):
            yield Candidate(np.median(points, axis=0), RAMPS_RADIUS_M, 1.0, name, "whole name")


def named(spoken: SpokenPlace, sources: Sources) -> Iterator[Candidate]:
    """Places by name, each by the words that tell it best."""
    queries, guesses = _queries(spoken)
    found = {
        query: [match for match in sources.gazetteer.search(query) if match.name_share >= SMALLEST_NAME_SHARE]
        for query in queries
    }
    whole = {match.name for name in (*spoken.landmarks, *guesses) for match in found[name] if _is_whole(match)}
    best: dict[int, Candidate] = {}
    for query, matches in found.items():
        for match in matches:
            if query in guesses and not _is_whole(match):
                continue  # a guess at how it is spelled must be right to the letter
            if any(_is_a_piece(match, name) for name in whole):
                continue  # 火村服务区 is neither 火村 nor 仙村服务区
            if _is_meant(match, sources.gazetteer.places[match.place], spoken, sources):
                candidate = _candidate(match, spoken, sources, query)
                if match.place not in best or candidate.weight > best[match.place].weight:
                    best[match.place] = candidate
    yield from best.values()


def _queries(spoken: SpokenPlace) -> tuple[list[str], set[str]]:
    """What to look up by name, and which of it nobody said: other spellings of what was said."""
    forms = [form for name in spoken.landmarks for form in spellings(name)]
    forms += [f"{name}立交" for name in spoken.landmarks if spoken.level in RAMPS and not name.endswith("立交")]
    station = [f"地铁{spoken.metro}站"] if spoken.metro else []
    return list(dict.fromkeys([*station, *forms, *clauses(spoken)])), set(forms) - set(spoken.landmarks)


def _is_whole(match: NameMatch) -> bool:
    return match.name_share >= WHOLE_SHARE and match.text_share >= WHOLE_SHARE


def _is_a_piece(match: NameMatch, whole: str) -> bool:
    """Whether the match only comes from the characters of a name that was told whole."""
    if match.name == whole:
        return False
    return match.name in whole or (match.name_share < WHOLE_SHARE and _shares_a_pair(match.name, whole))


def _shares_a_pair(name: str, text: str) -> bool:
    return any(name[i : i + 2] in text for i in range(len(name) - 1))


def _is_meant(match: NameMatch, place: Place, spoken: SpokenPlace, sources: Sources) -> bool:
    """Whether the place is meant by its name, and not the road it is named for."""
    if place.kind == "junction" and (len(spoken.roads) > 1 or spoken.between):
        return False  # where two named roads meet, the roads themselves tell better
    station = spoken.metro and place.kind == "metro_station"
    return bool(station) or _is_a_place(place, spoken) or not _is_a_road(match.name, sources)


def _is_a_place(place: Place, spoken: SpokenPlace) -> bool:
    """Whether a place named like a road is meant as a place: 猎德大桥 always, 车陂路口 by its last character."""
    return place.kind in CROSSINGS or (place.kind == "junction" and spoken.junction)


def _is_a_road(name: str, sources: Sources) -> bool:
    """Whether a stop is only named for its road: it tells where the road is, and no more."""
    return any(form in sources.roads.names.known for form in (name, name.removesuffix("口"), name[:-1]))


def _candidate(match: NameMatch, spoken: SpokenPlace, sources: Sources, said: str) -> Candidate:
    place, point = sources.gazetteer.places[match.place], sources.gazetteer.points[match.place]
    exact = place.kind not in AREAS
    radius = PLACE_RADIUS_M.get(place.kind, OTHER_PLACE_RADIUS_M)
    if place.kind == "metro_station" and not spoken.metro and "站" not in spoken.text:
        radius *= NAMESAKE_STATION  # a station bears the name of what it is near
    weight = _weight(match, place, spoken)
    station = spoken.metro and place.kind == "metro_station" and spoken.metro in place.name
    kind = "station" if station else "whole name" if exact and weight >= WHOLE else "name"
    if exact:
        radius /= weight  # what name and text do not share leaves room for a neighbour or a namesake
        point = aside(point, plain_name(said), match.name)
    candidate = Candidate(point, radius, weight, place.name, kind, exact=exact, district=place.district or None)
    return _at_the_end(candidate, place, spoken, sources) if place.kind in CROSSINGS else candidate


def _weight(match: NameMatch, place: Place, spoken: SpokenPlace) -> float:
    sure = match.name_share**2 * (0.3 + 0.7 * match.text_share) * (1.0 if match.at_start else INSIDE_A_WORD)
    if spoken.metro and place.kind == "metro_station" and spoken.metro in place.name:
        sure = WHOLE
    corner = AT_A_CORNER if spoken.level is None else AT_A_JUNCTION  # 桥底 tells a level
    if corner.search(spoken.text) and not AT_A_CORNER.search(place.name):
        sure *= NEAR_ONLY  # 邓村路口 is where the road to 邓村 leaves, not 邓村
    if spoken.junction and len(spoken.roads) > 1 and spoken.offset_direction:
        sure *= NEAR_ONLY  # the metres are told from the corner
    return sure


def _at_the_end(candidate: Candidate, place: Place, spoken: SpokenPlace, sources: Sources) -> Candidate:
    """琶洲大桥南 is the southern end of the bridge as drawn, 洛溪桥脚 either end."""
    end = BRIDGE_END.search(spoken.text)
    if end is None:
        return candidate
    point, names = candidate.point, sources.roads.names.resolve(place.name)
    if end["way"] and names:
        bearing = np.radians(BEARING_DEG[end["way"]])
        points = sources.roads.shape(names).points
        point = points[(points @ np.array([np.sin(bearing), np.cos(bearing)])).argmax()]
    return replace(candidate, point=point, radius_m=max(candidate.radius_m, BRIDGE_END_RADIUS_M))

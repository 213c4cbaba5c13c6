"""The parser of spoken places: text in, parts out; it knows the language and the road names it is given, no map."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from itertools import pairwise

from geo_data.places.accident_site import scene_clauses
from geo_data.places.address_words import (
    AREA_WORDS,
    BARE_DISTRICT,
    CORNER,
    CROSSING,
    DIRECTION,
    DISTRICT,
    GENERIC_ROAD,
    GENERIC_WORD,
    HOME_PREFIX,
    INSIDE_A_NAME,
    ISLAND_OR_STREET,
    KILOMETRE_POST,
    LEADING,
    LINK,
    METRO,
    NAMED_FOR_A_ROAD,
    NEARBY,
    NOT_A_NAME,
    NUMBER,
    OF_A_PLACE,
    OF_A_ROAD,
    OFFSET,
    PART_OF_A_WORD,
    ROUTE_NUMBER,
    TOWN,
    TOWN_STREET,
    VILLAGE,
    district_named,
    other_city,
)
from geo_data.places.between import end_name, stretch_ends
from geo_data.places.lamp_poles import POLE, pole_code
from geo_data.places.levels import Level, level_of
from geo_data.places.wording import normalise, place_clauses

LONGEST_NAME = 14


@dataclass(frozen=True, slots=True)
class SpokenPlace:
    """What a text says about where; every part may be missing.

    Parameters
    ----------
    text : str
        The normalised clauses that speak of a place.
    district, town : str or None
        As named, e.g. ``天河区`` and ``石楼镇``.
    roads : tuple of str
        In the order named.
    junction : bool
        The words say that the first two roads meet, or that the only road meets another (``宝业路口``).
    number : int or None
        House number on ``numbered_road``.
    numbered_road : str or None
    metro : str or None
        Station name without 地铁 and 站.
    landmarks : tuple of str
        What remains when the other parts are taken out.
    relation : str or None
        How the place lies to the landmark or road, e.g. ``对面``.
    offset_m, offset_direction : float or None, str or None
        ``往东200米``.
    travel_direction : str or None
        ``由东向西``, ``北行``.
    kilometre_post : float or None
        ``K12+300`` is 12.3.
    other_city : str or None
        A city or a district of a city that is not ours.
    between : tuple of two str or None
        The roads or places that the scene lies between, on the first of ``roads``.
    level : Level or None
        Above or below a bridge, main or side carriageway, tunnel, ramp.
    pole : str or None
        Number of a lamp pole, as `geo_data.places.lamp_poles` compares it.
    """

    text: str
    district: str | None = None
    town: str | None = None
    roads: tuple[str, ...] = ()
    junction: bool = False
    number: int | None = None
    numbered_road: str | None = None
    metro: str | None = None
    landmarks: tuple[str, ...] = ()
    relation: str | None = None
    offset_m: float | None = None
    offset_direction: str | None = None
    travel_direction: str | None = None
    kilometre_post: float | None = None
    other_city: str | None = None
    between: tuple[str, str] | None = None
    level: Level | None = None
    pole: str | None = None


@dataclass(slots=True)
class _Road:
    name: str
    start: int
    end: int


@dataclass(slots=True)
class _Scan:
    """A clause whose understood parts are blanked out one after the other."""

    text: str
    roads: list[_Road] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.search(self.text)
        if match:
            self.blank(match.start(), match.end())
        return match

    def blank(self, start: int, end: int) -> None:
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]


def parse(text: str, known_roads: frozenset[str] = frozenset()) -> SpokenPlace:
    """Read the parts of a place out of what somebody said.

    Parameters
    ----------
    text : str
        As it came, tails about the accident included.
    known_roads : frozenset of str
        Names that are found first, the longest before the shorter; unknown roads are told by their endings.

    Returns
    -------
    SpokenPlace
    """
    plain = normalise(text)
    told = _parse_clauses(place_clauses(plain), known_roads)
    scene_words = scene_clauses(plain)
    if not scene_words:
        return told
    scene = _parse_clauses(scene_words, known_roads)
    if not (scene.roads or scene.landmarks or scene.metro):
        return told
    return replace(scene, district=scene.district or told.district, town=scene.town or told.town)


def _parse_clauses(clauses: list[str], known_roads: frozenset[str]) -> SpokenPlace:
    joined = ",".join(clauses)
    if not clauses:
        return SpokenPlace(text=joined)
    spoken = reduce(_merge, [_parse_clause(clause, known_roads) for clause in clauses])
    elsewhere = other_city(joined)
    return spoken if len(clauses) == 1 and not elsewhere else replace(spoken, text=joined, other_city=elsewhere)


def _merge(first: SpokenPlace, later: SpokenPlace) -> SpokenPlace:
    """Fill what ``first`` lacks from ``later``; a second clause rarely corrects the first."""
    numbered = first if first.number is not None else later
    return replace(
        first,
        district=first.district or later.district,
        town=first.town or later.town,
        roads=tuple(dict.fromkeys(first.roads + later.roads)),
        junction=first.junction or later.junction,
        number=numbered.number,
        numbered_road=numbered.numbered_road,
        metro=first.metro or later.metro,
        landmarks=first.landmarks + later.landmarks,
        relation=first.relation or later.relation,
        offset_m=first.offset_m if first.offset_m is not None else later.offset_m,
        offset_direction=first.offset_direction or later.offset_direction,
        travel_direction=first.travel_direction or later.travel_direction,
        kilometre_post=first.kilometre_post if first.kilometre_post is not None else later.kilometre_post,
        between=first.between or later.between,
        level=first.level or later.level,
        pole=first.pole or later.pole,
    )


def _parse_clause(clause: str, known_roads: frozenset[str]) -> SpokenPlace:
    scan = _Scan(clause)
    while scan.take(HOME_PREFIX):
        pass
    pole = _take_pole(scan, known_roads)
    named = scan.take(DISTRICT)
    between = _take_between(scan, known_roads)
    metro = scan.take(METRO)  # before the roads: most stations bear the name of one
    _take_known_roads(scan, known_roads)
    level = _take_level(scan, clause)
    travel, offset, post = scan.take(DIRECTION), scan.take(OFFSET), scan.take(KILOMETRE_POST)
    if travel:
        scan.take(DIRECTION)  # "往广州方向 北行" says it twice
    district = _take_district(scan, named)
    scan.take(AREA_WORDS)
    town = scan.take(TOWN) or (scan.take(TOWN_STREET) if district else None)
    villages = _take_villages(scan)
    _take_generic_roads(scan)
    numbered = _take_number(scan, clause)
    relation = NEARBY.search(scan.text) or NEARBY.search(clause)
    roads = tuple(dict.fromkeys(road.name for road in scan.roads))
    junction, landmarks = _is_junction(scan, clause, numbered), villages + _landmarks(scan.text)
    return SpokenPlace(
        text=clause,
        district=district,
        town=town.group(1) + town.group(2) if town else None,
        roads=roads or tuple(end for end in between or () if _is_road(end, known_roads)),
        junction=junction,
        number=numbered[1] if numbered else None,
        numbered_road=numbered[0] if numbered else None,
        metro=next(name for name in metro.groups() if name) if metro else None,
        landmarks=landmarks
        if landmarks or (junction and len(roads) > 1)
        else tuple(road for road in roads if CROSSING.search(road)),
        relation=relation.group() if relation else None,
        offset_m=_metres(offset) if offset else None,
        offset_direction=offset.group("to") if offset else None,
        travel_direction=travel.group() if travel else None,
        kilometre_post=_kilometres(post) if post else None,
        between=between,
        level=level,
        pole=pole_code(pole) if pole else None,
    )


def _take_pole(scan: _Scan, known_roads: frozenset[str]) -> re.Match[str] | None:
    """The number of a lamp pole; the 路 of 天河路灯杆 is left to the road that it ends."""
    match = POLE.search(scan.text)
    if match is None:
        return None
    start = match.start()
    ends_a_road = any(scan.text[max(0, start + 1 - n) : start + 1] in known_roads for n in range(2, LONGEST_NAME + 1))
    scan.blank(start + ends_a_road, match.end())
    return match


def _take_between(scan: _Scan, known_roads: frozenset[str]) -> tuple[str, str] | None:
    """The two ends of a stretch; what stands before the first of them is left for the other parts."""
    found = stretch_ends(scan.text)
    if found is None:
        return None
    (start, stop), second, (_, end) = found
    before = _Scan(" " * start + scan.text[start:stop])
    _take_known_roads(before, known_roads)
    _take_generic_roads(before)
    rest = before.roads[-1].end if before.roads else start
    if stop - rest < 2:  # nothing but a corner behind the last road: this is the end meant
        rest = before.roads[-1].start
    ends = end_name(scan.text[rest:stop].strip(" 上的在")), end_name(scan.text[slice(*second)].strip())
    scan.blank(rest, end)
    return ends


def _is_road(name: str, known_roads: frozenset[str]) -> bool:
    return name in known_roads or GENERIC_ROAD.fullmatch(name) is not None


def _take_level(scan: _Scan, clause: str) -> Level | None:
    found = level_of(clause)
    if found is None:
        return None
    for span in found[1]:
        scan.blank(*span)
    return found[0]


def _take_known_roads(scan: _Scan, known_roads: frozenset[str]) -> None:
    text, done, lengths = scan.text, 0, lengths_by_start(known_roads)
    for at in range(len(text) - 1):
        if at < done or not (possible := lengths.get(text[at : at + 2])):
            continue
        for end in (at + length for length in possible if at + length <= len(text)):
            if text[at:end] in known_roads and _stands_alone(text, at, end):
                scan.roads.append(_Road(text[at:end], at, end))
                scan.blank(at, end)
                done = end
                break


@lru_cache(maxsize=8)
def lengths_by_start(known_roads: frozenset[str]) -> dict[str, list[int]]:
    """How long the known names are that begin with two characters, the longest first."""
    lengths: dict[str, set[int]] = {}
    for name in known_roads:
        if 2 <= len(name) <= LONGEST_NAME:
            lengths.setdefault(name[:2], set()).add(len(name))
    return {start: sorted(some, reverse=True) for start, some in lengths.items()}


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name is no part of a longer one: 内环 in 内环路口 is not, S4 in S43 and 开创大道 in 开创大道立交 are."""
    if OF_A_PLACE.match(text, start) and INSIDE_A_NAME.search(text[:start]):
        return False
    return not (NAMED_FOR_A_ROAD.match(text, end) or (end - start <= 2 and PART_OF_A_WORD.match(text, end)))


def _take_district(scan: _Scan, found: re.Match[str] | None) -> str | None:
    while scan.take(DISTRICT) or scan.take(HOME_PREFIX):  # "广州市番禺区广州市番禺区…" happens
        pass
    found = found or scan.take(BARE_DISTRICT)
    return district_named(found.group(1)) if found else None


def _take_villages(scan: _Scan) -> tuple[str, ...]:
    villages = []
    while match := scan.take(VILLAGE):
        villages += ISLAND_OR_STREET.split(match.group(1))
    return tuple(villages)


def _take_generic_roads(scan: _Scan) -> None:
    for pattern in (ROUTE_NUMBER, GENERIC_ROAD):
        while match := scan.take(pattern):
            scan.roads.append(_Road(match["name"], match.start("name"), match.end()))
    scan.roads.sort(key=lambda road: road.start)


def _take_number(scan: _Scan, clause: str) -> tuple[str, int] | None:
    for road in reversed(scan.roads):
        match = NUMBER.match(clause, road.end)
        if match and scan.text[match.start(1)] != " ":  # else it is the number of a lamp pole
            scan.blank(road.end, match.end())
            return road.name, int(match.group(1))
    return None


def _is_junction(scan: _Scan, clause: str, numbered: tuple[str, int] | None) -> bool:
    corner = False
    for road in scan.roads:
        match = CORNER.match(clause, road.end)
        if match and not (numbered and numbered[0] == road.name):
            scan.blank(match.start(), match.end())
            corner = True
    return corner or any(LINK.fullmatch(clause[a.end : b.start]) for a, b in pairwise(scan.roads))


def _landmarks(text: str) -> tuple[str, ...]:
    pieces = NEARBY.sub(" ", text)
    pieces = NOT_A_NAME.sub(" ", pieces)
    named = (OF_A_ROAD.sub("", LEADING.sub("", piece)) for piece in pieces.split())
    return tuple(name for name in named if len(name) > 1 and not name.isdigit() and not GENERIC_WORD.fullmatch(name))


def _metres(offset: re.Match[str]) -> float:
    return float(offset.group("amount")) * (1000 if offset.group("unit") in ("公里", "km", "KM") else 1)


def _kilometres(post: re.Match[str]) -> float:
    whole, part = post.group("km"), post.group("m")
    return float(whole) + (int(part) / 1000 if part else 0)

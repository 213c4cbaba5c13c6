"""What known places tell of roads: which roads pass them, the house numbers on a road, the corners two roads make."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from geo_data.builtin.places import Place
from geo_data.places.address import SpokenPlace, lengths_by_start, parse
from geo_data.places.road_names import base_name
from geo_data.places.wording import normalise
from geo_data.roads.plane import Points, point_of

MOST_KEPT = 65_536
TELLING = re.compile(r"[路街巷道线速架镇]|[GSXY]\d")  # every road that is not known has one of these, and every town
Corner = frozenset[str]  # base names of the two roads


@dataclass(frozen=True, slots=True)
class Evidence:
    """Facts about roads drawn from places.

    Parameters
    ----------
    mentions : list of (road name, point)
        The road passes near the point.
    numbers : mapping of road name to list of (number, point)
    corners : mapping of two base names to the points where places say they meet
    towns : mapping of town name to the points of places said to be in it
    """

    mentions: list[tuple[str, Points]] = field(default_factory=list)
    numbers: dict[str, list[tuple[int, Points]]] = field(default_factory=dict)
    corners: dict[Corner, list[Points]] = field(default_factory=dict)
    towns: dict[str, list[Points]] = field(default_factory=dict)


def evidence_of(places: Sequence[Place], known_roads: frozenset[str]) -> Evidence:
    """Read the names and addresses of ``places`` for what they say about roads and towns."""
    evidence = Evidence()

    @lru_cache(MOST_KEPT)  # many places say where they are in the same words
    def read(name: str) -> SpokenPlace | None:
        return parse(name, known_roads) if may_tell_roads(name, known_roads) else None

    for place in places:
        if place.kind == "junction":  # its position was read off the roads, so it is no evidence of them
            continue
        point = point_of(place.position)
        for name in (place.name, *place.aliases):
            if spoken := read(name):
                _note(evidence, spoken, point)
        if place.kind == "town":
            evidence.towns.setdefault(town_stem(place.name), []).insert(0, point)
    return evidence


def may_tell_roads(text: str, known_roads: frozenset[str]) -> bool:
    """Whether `parse` may find a road or a town in the text: a quick look, for most names tell of neither."""
    plain = normalise(text)
    starts = lengths_by_start(known_roads)
    return TELLING.search(plain) is not None or any(plain[i : i + 2] in starts for i in range(len(plain) - 1))


def town_stem(name: str) -> str:
    """Town name without the word for its kind: ``石楼镇`` is ``石楼``."""
    for ending in ("街道办事处", "街道办", "街道", "镇政府", "镇", "街"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name[: -len(ending)]
    return name


def _note(evidence: Evidence, spoken: SpokenPlace, point: Points) -> None:
    for road in spoken.roads:
        if len(road) > 2:
            evidence.mentions.append((road, point))
    if spoken.numbered_road is not None and spoken.number is not None:
        evidence.numbers.setdefault(spoken.numbered_road, []).append((spoken.number, point))
    if spoken.junction and len(spoken.roads) > 1:
        corner = frozenset(base_name(road) for road in spoken.roads[:2])
        evidence.corners.setdefault(corner, []).append(point)
    if spoken.town:
        evidence.towns.setdefault(town_stem(spoken.town), []).append(point)

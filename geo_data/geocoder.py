"""Words become a place with an uncertainty: candidates are weighed on all the evidence at once, never by first match."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dispatch.errors import InvalidInput, OutsideServiceArea
from dispatch.location import Location, NotLocated, Position
from dispatch.report import LONGEST_TEXT
from dispatch.vocabulary import Confidence, MatchCode
from geo_data.address import SpokenPlace, parse
from geo_data.builtin.places import Place
from geo_data.candidates import Candidate, Sources, candidates
from geo_data.gazetteer import Gazetteer
from geo_data.network import Network
from geo_data.phone_point import combine, phone_location
from geo_data.place_evidence import evidence_of, town_stem
from geo_data.plane import Points, point_of, position_of
from geo_data.road_index import RoadIndex, RoadShape

DistrictOf = Callable[[Position], str | None]

WRONG_DISTRICT = 0.35  # callers and tables do name a wrong district, so it weighs and does not forbid
WRONG_TOWN = 0.6
TOWN_REACH_M = 6000.0
OFF_ROAD = 0.3
ROAD_REACH_M = 350.0
RIVAL = 0.6  # a rival this close in weight makes the answer ambiguous
HIGH, MEDIUM = 0.62, 0.3
DEFAULT_ACCURACY_M = 50.0
MOST_ALTERNATIVES = 5


@dataclass(frozen=True, eq=False, slots=True)
class _Scored:
    candidate: Candidate
    score: float


class Geocoder:
    """Finds the place of an accident from words, from a phone's point, or from both.

    Parameters
    ----------
    network : Network
        Where the named roads run.
    places : sequence of Place
        Built-in places and a company's own; addresses are aliases.
    district_of : callable
        The district of a position, None outside the city.
    """

    def __init__(self, network: Network, places: Sequence[Place], district_of: DistrictOf) -> None:
        known = RoadIndex(network).names.known
        evidence = evidence_of(places, known)
        roads = RoadIndex(network, evidence.mentions)
        self._sources = Sources(Gazetteer(places), roads, evidence, _district_circles(places))
        self._district_of = district_of

    def geocode(
        self, text: str, *, hint: Position | None = None, hint_accuracy_m: float | None = None
    ) -> Location | NotLocated:
        """Find the place that ``text`` speaks of.

        Parameters
        ----------
        text : str
            A caller's words, 1 to 2000 characters; tails about the accident do no harm.
        hint : Position or None
            Where the caller's phone is.
        hint_accuracy_m : float or None
            Radius the phone states; 50 m where it states none.

        Returns
        -------
        Location or NotLocated
            The best place with its rivals, or why there is none and what to ask.

        Raises
        ------
        InvalidInput
            When the text is empty or too long.
        OutsideServiceArea
            When the phone's point lies outside the city.
        """
        _check(text)
        accuracy_m = hint_accuracy_m if hint_accuracy_m is not None else DEFAULT_ACCURACY_M
        if hint is not None and self._district_of(hint) is None:
            raise OutsideServiceArea(
                f"定位点 ({hint.lon:.5f}, {hint.lat:.5f}) 在广州市以外,超出服务范围:请核对经纬度的先后与坐标系。"
                "(The point is outside Guangzhou: check the order of longitude and latitude, and the datum.)"
            )
        spoken = parse(text, self._sources.roads.names.known)
        if spoken.other_city:
            return NotLocated(f"超出服务范围:地点在{spoken.other_city},不在广州市。")
        found = self._scored(spoken, hint, accuracy_m)
        if not found:
            return phone_location(hint, accuracy_m, self._district_of(hint)) if hint else NotLocated(_ask(spoken))
        location = self._location(found, spoken)
        return combine(location, hint, accuracy_m, self._district_of(hint)) if hint else location

    def _scored(self, spoken: SpokenPlace, hint: Position | None, accuracy_m: float) -> list[_Scored]:
        """Weigh every candidate against all that was said, best first."""
        shapes = self._sources.shapes_of(spoken)
        towns = self._sources.evidence.towns.get(town_stem(spoken.town), []) if spoken.town else []
        near = point_of(hint) if hint else None
        scored = []
        for candidate in candidates(spoken, self._sources):
            score = candidate.weight
            if spoken.district and not self._is_in(candidate, spoken.district):
                score *= WRONG_DISTRICT
            if towns and candidate.exact:
                score *= WRONG_TOWN if _gap(candidate, np.median(towns, axis=0)) > TOWN_REACH_M else 1.0
            if candidate.exact:
                score *= _agreement_with_roads(candidate, shapes)
            if near is not None:
                score *= 0.2 + 0.8 * float(
                    np.exp(-0.5 * (_gap(candidate, near) / (candidate.radius_m + accuracy_m)) ** 2)
                )
            scored.append(_Scored(candidate, score))
        return sorted(scored, key=lambda one: -one.score)

    def _is_in(self, candidate: Candidate, district: str) -> bool:
        return (candidate.district or self._district_of(position_of(candidate.point))) == district

    def _location(self, found: list[_Scored], spoken: SpokenPlace) -> Location:
        best = found[0]
        rivals = _distinct(found)
        unclear = bool(rivals) and rivals[0].score > RIVAL * best.score
        code = MatchCode.GOOD if best.candidate.exact else MatchCode.UP_HIERARCHY
        extra = spoken.offset_m or 0.0
        location = self._plain(best, extra, code)
        if unclear and best.candidate.exact:
            location = replace(location, match_code=MatchCode.AMBIGUOUS, confidence=_lower(location.confidence))
        alternatives = tuple(self._plain(rival, extra, MatchCode.AMBIGUOUS) for rival in rivals[:MOST_ALTERNATIVES])
        return replace(location, alternatives=alternatives)

    def _plain(self, scored: _Scored, extra_m: float, code: MatchCode) -> Location:
        candidate = scored.candidate
        position = position_of(candidate.point)
        radius = candidate.radius_m + extra_m
        return Location(
            position=position,
            match_code=code,
            confidence=_confidence(scored.score, radius),
            uncertainty_m=round(radius, 0),
            matched_text=candidate.text,
            district=self._district_of(position) or candidate.district,
        )


def _check(text: str) -> None:
    if not text.strip():
        raise InvalidInput(
            "地点为空:请写明道路、路口或附近的地标。(The text is empty: say the road, junction or landmark.)"
        )
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"文字超过 {LONGEST_TEXT} 字:请只写地点。(The text is too long: give the place only.)")


def _ask(spoken: SpokenPlace) -> str:
    if spoken.roads:
        return f"未找到“{'、'.join(spoken.roads[:3])}”:请问所在的区、相交的道路或附近的地标?"
    return "文字中没有认得的地点:请问所在的区、道路与路口,或附近的地标、地铁站?"


def _gap(candidate: Candidate, point: Points) -> float:
    return float(np.hypot(*(candidate.point - point)))


def _agreement_with_roads(candidate: Candidate, shapes: dict[str, RoadShape]) -> float:
    agreement = 1.0
    for shape in shapes.values():
        reach = ROAD_REACH_M if shape.drawn else 2.5 * ROAD_REACH_M
        gap = shape.gap_m(candidate.point)
        agreement *= OFF_ROAD + (1 - OFF_ROAD) * float(np.exp(-0.5 * (gap / reach) ** 2))
    return agreement


def _distinct(found: list[_Scored]) -> list[_Scored]:
    """Other places than the best and than each other, worth naming."""
    kept = [found[0]]
    for one in found[1:]:
        if one.score < 0.25 * found[0].score or len(kept) > MOST_ALTERNATIVES:
            break
        if one.candidate.exact and all(
            _gap(one.candidate, other.candidate.point) > max(300.0, other.candidate.radius_m) for other in kept
        ):
            kept.append(one)
    return kept[1:]


def _confidence(score: float, radius_m: float) -> Confidence:
    if score >= HIGH and radius_m <= 500:
        return Confidence.HIGH
    return Confidence.MEDIUM if score >= MEDIUM and radius_m <= 2500 else Confidence.LOW


def _lower(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW


def _district_circles(places: Sequence[Place]) -> dict[str, tuple[Points, float]]:
    points: dict[str, list[Points]] = {}
    for place in places:
        if place.district:
            points.setdefault(place.district, []).append(point_of(place.position))
    circles = {}
    for district, members in points.items():
        centre = np.median(members, axis=0)
        reach = float(np.quantile(np.hypot(*(np.array(members) - centre).T), 0.9))
        circles[district] = (centre, max(3000.0, 1.2 * reach))
    return circles

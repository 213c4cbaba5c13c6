"""Words become a place with an uncertainty: candidates are weighed on all the evidence at once, never by first match."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from dispatch.errors import InvalidInput, OutsideServiceArea
from dispatch.location import Location, NotLocated, Position
from dispatch.report import LONGEST_TEXT
from dispatch.vocabulary import Confidence, MatchCode
from geo_data.builtin.places import Place
from geo_data.places.address import SpokenPlace, parse
from geo_data.places.address_words import DISTRICTS
from geo_data.places.belief import GOOD_WITHIN_M
from geo_data.places.calibration import confidence_of, radius_m
from geo_data.places.candidate import Candidate, Sources
from geo_data.places.carriageway import bearing_deg, is_divided, on_lane
from geo_data.places.gazetteer import Gazetteer
from geo_data.places.lamp_poles import LampPoles
from geo_data.places.phone_point import combine, phone_location
from geo_data.places.place_evidence import evidence_of
from geo_data.places.question import best_question
from geo_data.places.reverse import ReverseGeocoder
from geo_data.places.road_index import RoadIndex
from geo_data.places.road_levels import RoadLevels
from geo_data.places.sounds import LATIN_NAME, Sounds
from geo_data.places.stems import Stems
from geo_data.places.stretches import Stretches
from geo_data.places.weighing import WORTH_NAMING, Weighed, gap_m, told_point, weigh
from geo_data.roads.network import Network
from geo_data.roads.plane import Points, point_of, position_of

DistrictOf = Callable[[Position], str | None]

GUANGZHOU = "广州市"
ENGLISH = {GUANGZHOU: "Guangzhou"}
NOT_TYPED = frozenset({"company", "shop", "office", "building", "bus_stop", "address", "lamp_pole"})  # too many names
GOOD_SCORE = 0.45  # below, the name only tells the part of town
RIVAL = 0.6  # a rival this close in weight makes the answer ambiguous
DEFAULT_ACCURACY_M = 50.0
MOST_ALTERNATIVES = 5
NEXT_DOOR_M, SAME_PART_M = 300.0, 3000.0  # nearer, another point or another road is no rival
NAMES_A_GOAL = 0.6  # of a name's information that 往…方向 must hold


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
    city : str
        Where we are. What the words say of other cities is understood in Guangzhou only.
    """

    def __init__(
        self, network: Network, places: Sequence[Place], district_of: DistrictOf, city: str = GUANGZHOU
    ) -> None:
        self._city = city
        district_of = lru_cache(maxsize=200_000)(district_of)  # the same places are weighed again and again
        known = RoadIndex(network).names.known
        evidence = evidence_of(places, known)
        roads = RoadIndex(network, evidence.mentions)
        stretches = Stretches(district_of, evidence.towns)
        poles = LampPoles(places)
        gazetteer = Gazetteer(poles.rest)
        self._sources = Sources(
            gazetteer, roads, evidence, Stems(gazetteer.names()), _district_circles(gazetteer), stretches, poles
        )
        self._network, self._district_of = network, district_of

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
            When the phone's point lies outside the city, unless the words name another city too.
        """
        _check(text)
        accuracy_m = hint_accuracy_m if hint_accuracy_m is not None else DEFAULT_ACCURACY_M
        spoken = parse(
            self._typed.in_characters(text) if LATIN_NAME.search(text) else text, self._sources.roads.names.known
        )
        if spoken.other_city and self._city == GUANGZHOU:
            return NotLocated(self._elsewhere(spoken.other_city, hint), city=spoken.other_city)
        if hint is not None:
            self._check_inside(hint)
        found = weigh(spoken, self._sources, self._district_of, (hint, accuracy_m) if hint else None)
        if not found:
            return self.at_phone(hint, accuracy_m) if hint else NotLocated(_ask(spoken))
        location = self._location(found, spoken)
        return combine(location, hint, accuracy_m, self._district_of(hint)) if hint else location

    def _elsewhere(self, city: str, hint: Position | None) -> str:
        """That the words speak of another city; what to ask where the phone contradicts them."""
        district = self._district_of(hint) if hint else None
        if hint is None or district is None:
            return f"超出服务范围:地点在{city},不在广州市。"
        words = self.words_at(hint)
        near = f",{words}" if words else ""
        return f"文字说在{city},手机定位却在广州市{district}{near}:请问事故在{city}还是在广州?"

    def at_phone(self, point: Position, accuracy_m: float | None) -> Location:
        """Where a phone is, told in words; raises `OutsideServiceArea` outside the city."""
        self._check_inside(point)
        accuracy_m = DEFAULT_ACCURACY_M if accuracy_m is None else accuracy_m
        return phone_location(point, accuracy_m, self._district_of(point), self.words_at(point))

    def _check_inside(self, point: Position) -> None:
        if self._district_of(point) is None:
            raise OutsideServiceArea(
                f"定位点 ({point.lon:.5f}, {point.lat:.5f}) 在{self._city}以外,超出服务范围:请核对经纬度的先后与坐标系。"
                f"(The point is outside {ENGLISH.get(self._city, self._city)}: check the order of longitude and "
                "latitude, and the datum.)"
            )

    def words_at(self, position: Position) -> str:
        """Words for a position, e.g. ``天河路(体育西路路口以东约120米),近天河城``; empty where nothing named is near."""
        return self._reverse.words(point_of(position))

    @cached_property
    def _typed(self) -> Sounds:
        """What people may type in pinyin: roads, and the places that many people know."""
        known = (place.name for place in self._sources.gazetteer.places if place.kind not in NOT_TYPED)
        return Sounds([*sorted(self._sources.roads.names.known), *known])

    @cached_property
    def _reverse(self) -> ReverseGeocoder:
        return ReverseGeocoder(self._network, self._sources.gazetteer.places)

    def _location(self, found: list[Weighed], spoken: SpokenPlace) -> Location:
        best = found[0]
        rivals = _distinct(found)
        clear = not rivals and best.candidate.exact
        unclear = bool(rivals) and rivals[0].score > RIVAL * best.score
        code = MatchCode.GOOD if best.candidate.exact and best.score >= GOOD_SCORE else MatchCode.UP_HIERARCHY
        location = self._plain(best, spoken, code)
        if unclear and best.candidate.exact:
            location = replace(location, match_code=MatchCode.AMBIGUOUS, confidence=_lower(location.confidence))
        others = [self._plain(rival, spoken, MatchCode.AMBIGUOUS) for rival in rivals[:MOST_ALTERNATIVES]]
        alternatives = tuple(replace(other, confidence=_lower(other.confidence)) for other in others)
        question = best_question(
            best,
            rivals[:MOST_ALTERNATIVES],
            spoken,
            divided=clear and self._is_divided(best, spoken),
            levels=self._open_levels(best, spoken) if clear and spoken.level is None else "",
        )
        return replace(location, alternatives=alternatives, question=question)

    def _plain(self, scored: Weighed, spoken: SpokenPlace, code: MatchCode) -> Location:
        candidate = scored.candidate
        point, bearing = self._told_point(candidate, spoken)
        position, radius = position_of(point), radius_m(scored, spoken)
        if spoken.level:  # were the level misheard, the place would still be where the words lead
            radius = max(radius, gap_m(candidate, point) - (spoken.offset_m or 0.0))
        return Location(
            position=position,
            match_code=code,
            confidence=confidence_of(scored, radius),
            uncertainty_m=float(round(radius)),
            matched_text=f"{candidate.text}({spoken.level})" if candidate.exact and spoken.level else candidate.text,
            district=self._district_of(position) or candidate.district,
            bearing_deg=bearing,
        )

    def _is_divided(self, found: Weighed, spoken: SpokenPlace) -> bool:
        """Whether the side of the road is still open."""
        asked = spoken.travel_direction is None
        return asked and is_divided(self._network, self._edges_of(spoken), found.candidate.point)

    def _open_levels(self, found: Weighed, spoken: SpokenPlace) -> str:
        return self._levels.open_levels(self._edges_of(spoken), found.candidate.point) if spoken.roads else ""

    @cached_property
    def _levels(self) -> RoadLevels:
        return RoadLevels(self._network)

    def _edges_of(self, spoken: SpokenPlace) -> npt.NDArray[np.int64]:
        roads = self._sources.roads
        return roads.edges(tuple(name for road in spoken.roads for name in roads.names.resolve(road)))

    def _told_point(self, candidate: Candidate, spoken: SpokenPlace) -> tuple[Points, float | None]:
        """The candidate's point, so many metres on, at the level and on the carriageway that leads the way told; and that way.

        The way is None where no carriageway of its own leads there.
        """
        point = told_point(candidate, spoken, self._sources.shapes_of(spoken))
        bearing = bearing_deg(spoken.travel_direction, point, self._place_of) if spoken.travel_direction else None
        level = self._levels.point(spoken.level, self._edges_of(spoken), point, bearing) if spoken.level else None
        if level is not None:
            return level, None
        lane = on_lane(self._network, self._edges_of(spoken), point, bearing) if bearing is not None else None
        return (point, None) if lane is None else (lane, bearing)

    def _place_of(self, name: str) -> Points | None:
        if name in DISTRICTS and DISTRICTS[name] in self._sources.districts:
            return self._sources.districts[DISTRICTS[name]][0]
        found = self._sources.gazetteer.search(name, limit=1)
        sure = found and found[0].name_share >= NAMES_A_GOAL
        return point_of(self._sources.gazetteer.places[found[0].place].position) if sure else None


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


def _distinct(found: list[Weighed]) -> list[Weighed]:
    """Other places than the best and than each other, worth naming."""
    kept = [found[0]]
    for one in sorted(found[1:], key=lambda one: -one.score):
        if one.score < WORTH_NAMING * found[0].score or len(kept) > MOST_ALTERNATIVES:
            break
        if (one.candidate.exact or one.candidate.kind == "stem") and all(_is_apart(one, other) for other in kept):
            kept.append(one)
    return kept[1:]


def _is_apart(one: Weighed, other: Weighed) -> bool:
    """Whether one is another place than the other, and not only believed in for lying beside it."""
    near = NEXT_DOOR_M if one.candidate.exact and other.candidate.exact else SAME_PART_M
    gap = gap_m(one.candidate, other.candidate.point)
    overlap = gap < 2 * GOOD_WITHIN_M
    return gap > max(near, other.candidate.radius_m) and not (overlap and one.share < WORTH_NAMING * other.share)


def _lower(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence is Confidence.HIGH else Confidence.LOW


def _district_circles(gazetteer: Gazetteer) -> dict[str, tuple[Points, float]]:
    members: dict[str, list[int]] = {}
    for i, place in enumerate(gazetteer.places):
        if place.district:
            members.setdefault(place.district, []).append(i)
    return {district: _circle(gazetteer.points[some]) for district, some in members.items()}


def _circle(points: Points) -> tuple[Points, float]:
    centre = np.median(points, axis=0)
    reach = float(np.quantile(np.hypot(*(points - centre).T), 0.9))
    return centre, max(3000.0, 1.2 * reach)
